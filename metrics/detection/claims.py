"""What the figures of one side claim for a judged period: on target, improving, giving way, too small to say."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from metrics.detection.batch import BLOCK, Bools, Floats, Ints, Side, in_a_row
from metrics.detection.statistics.expectation import expect
from metrics.detection.targets import beside, misses

DOUBT = 0.05
"""One-sided chance below which a claim is doubted or believed; lenient, for it only decides who is asked."""
EXACT = 1e-6
"""Share of the smallest effect that binary fractions may take off one that is exactly as large: of figures up to a
thousand million times as large they take less, in whatever unit."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One side's claim in one period, one value a pair.

    `p_worse` is NaN without a past; `withdrawn` says that the figures since then no longer make the claim.
    """

    value: Floats
    on_target: Bools
    off_target: Bools
    p_worse: Floats
    missing: Bools
    small: Bools
    withdrawn: Bools

    @property
    def readable(self) -> Bools:
        """There, and large enough to be read."""
        return ~(self.missing | self.small)

    @property
    def worsening(self) -> Bools:
        """Moving the wrong way, beyond doubt."""
        return self.p_worse <= DOUBT

    @property
    def improving(self) -> Bools:
        """Moving the right way, beyond doubt."""
        return (self.p_better <= DOUBT) & ~self.withdrawn

    @property
    def p_better(self) -> Floats:
        """Chance of having moved the right way this far."""
        return 1 - self.p_worse

    @property
    def holds(self) -> Bools:
        """On target and not giving way: a figure its function may show."""
        return self.on_target & ~self.worsening & ~self.withdrawn

    @property
    def stands(self) -> Bools:
        """On target; without a target, nothing against it."""
        return ~self.missing & ~self.off_target & (self.on_target | ~self.worsening)


def claim(side: Side, p_worse: Floats, column: int) -> Claim:
    """Read one side's claim for a period against its target, and against its own past by the chance `p_worse` gives."""
    value = side.values[:, column]
    on_target, off_target = beside(value, side.target, side.direction, side.decimals)
    return Claim(
        value=value,
        on_target=on_target,
        off_target=off_target,
        p_worse=p_worse,
        missing=np.isnan(value),
        small=side.sizes_at(column) < side.reliable_from,
        withdrawn=np.zeros(len(value), bool),
    )


def own_claim(side: Side, column: int, season: int) -> Claim:
    """Read one side's claim for a period of which nothing else is asked."""
    return claim(side, expect(side, column, season).worsened(side.direction, last=1)[:, -1], column)


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of series in many periods, each read once however many pairs lean on it: periods × series.

    Row 0 stands for whatever lies before the first period, where there are no figures.
    """

    value: Floats
    on_target: Bools
    off_target: Bools
    p_worse: Floats
    missing: Bools
    small: Bools

    @classmethod
    def of(cls, side: Side, leant_on: Iterable[tuple[int, Ints]], season: int) -> Self:
        """Read the claims of some series of a side in each of some periods."""
        series, periods = side.values.shape
        shape = periods + 1, series
        claims = cls(
            value=np.full(shape, np.nan),
            on_target=np.zeros(shape, bool),
            off_target=np.zeros(shape, bool),
            p_worse=np.full(shape, np.nan),
            missing=np.ones(shape, bool),
            small=np.zeros(shape, bool),
        )
        for column, block in in_blocks(leant_on):
            claims._write(column, block, own_claim(side.rows(block), column, season))
        return claims

    def over(self, column: int, lag: Ints, series: Ints) -> Claim:
        """The claims that stand over a period, made `lag` periods before, unless the series is in trouble by now.

        Who reports bad news today celebrates nothing, however good the figure was that led to it.
        """
        now = self._at(np.full(len(series), column), series)
        withdrawn = now.worsening | (now.off_target & ~now.improving)
        return replace(self._at(column - lag, series), withdrawn=withdrawn)

    def _at(self, columns: Ints, series: Ints) -> Claim:
        rows = np.maximum(columns, -1) + 1
        place = rows * self.value.shape[1] + series
        read = {name: getattr(self, name).take(place) for name in self.__match_args__}
        return Claim(**read, withdrawn=np.zeros(len(series), bool))

    def _write(self, column: int, block: slice | Ints, claimed: Claim) -> None:
        for name in self.__match_args__:
            getattr(self, name)[column + 1, block] = getattr(claimed, name)


def in_blocks(leant_on: Iterable[tuple[int, Ints]]) -> Iterator[tuple[int, slice | Ints]]:
    """Series that are leant on in a period, so many at a time."""
    for column, series in leant_on:
        for begin in range(0, len(series), BLOCK):
            yield column, in_a_row(series[begin : begin + BLOCK])


def leant_on(columns: Ints, lag: Ints, series: Ints, *, at_once: bool) -> Iterator[tuple[int, Ints]]:
    """The periods in which pairs lean on a series each, and on which: `lag` periods before a judged one.

    With `at_once`, in the judged one too.
    """
    judged = set(columns.tolist())
    by_lag = {each: np.unique(series[lag == each]) for each in np.unique(lag).tolist()}
    for column in sorted({column - lag for column in judged for lag in {*by_lag, 0}}):
        own = [some for lag, some in by_lag.items() if column + lag in judged or (at_once and column in judged)]
        if own and column >= 0:
            yield column, own[0] if len(own) == 1 else np.unique(np.concatenate(own))


def bad_run(side: Side, column: int, reference: Floats) -> Floats:
    """Periods in a row up to this one on the wrong side of a reference, one value a pair; a gap ends the row."""
    run = np.zeros(len(side.values))
    wrong = np.flatnonzero(misses(side.values[:, column], reference, side.direction, side.decimals))
    past, bound = side.values[wrong, : column + 1], reference[wrong, None]
    run[wrong] = run_length(misses(past, bound, side.direction[wrong, None], side.decimals[wrong, None]))
    return run


def run_length(marked: Bools) -> Floats:
    """How many marks in a row each row ends with."""
    clear = ~marked[:, ::-1]
    first = clear.argmax(axis=1)
    return np.where(clear[np.arange(len(clear)), first], first, clear.shape[1]).astype(float)


def reaches(effect: Floats, least: Floats) -> Bools:
    """Whether an effect is at least the smallest that matters; a definition that names none leaves it to chance."""
    return (effect >= least - EXACT * np.abs(least)) | np.isnan(least)
