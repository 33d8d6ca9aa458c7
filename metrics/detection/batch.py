"""What a kind is given to judge: figures as arrays of pairs × periods, and what their definitions say of them.

A missing figure is NaN and stays missing: nothing here reads it as zero, fills it or carries the last one forward.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, IntFlag
from operator import attrgetter, itemgetter
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BLOCK = 2048
"""Pairs judged at a time: a block of fifty periods stays in the processor's cache, which is worth a factor of three."""


def reach(season: int) -> int:
    """Periods before a judged one that its judgement may lean on: two seasons and twelve more, and the two before it.

    What lies before them makes no difference, so that a period is judged alike by itself and with all of history.
    """
    return 2 * season + 14


class Unit(IntEnum):
    """How a figure varies by chance: a share of a denominator, a mean or money, or a count of things."""

    FRACTION = 0
    MEAN = 1
    COUNT = 2


class Verdict(IntEnum):
    """What is said of one pair in one period. Everything from TOO_SMALL on is a suppression, and names its reason."""

    NOT_JUDGED = 0
    QUIET = 1
    FLAG = 2
    MISSING = 10
    TOO_SMALL = 11
    NO_BASELINE = 12
    CONCORDANT = 13
    BELOW_MINIMUM_EFFECT = 14
    WITHIN_NOISE = 15
    NOT_PERSISTENT = 16
    NOT_CONTROLLED = 17
    WITHIN_TOLERANCE = 18
    NOTHING_STATED = 19
    RETIRED = 20
    COMPANION_MOVED = 21
    NO_COMPANION = 22
    A_TREND = 23
    A_DETAIL = 27


class Basis(IntEnum):
    """What a finding rests on: where the figure stands (LEVEL), how it moved (TREND), both, or what its kind says.

    From REFUSED on, what cannot be so about a figure (`integrity`); from LOST on, what became of a link.
    """

    NONE = 0
    LEVEL = 1
    TREND = 2
    LEVEL_AND_TREND = 3
    COMPOSITION = 4
    BUNCHING = 5
    DENOMINATOR = 6
    HARM = 7
    SIGNS = 8
    BACKLOG = 9
    FORECAST = 10
    REFUSED = 20
    IMPOSSIBLE = 21
    FACTOR_OF_1000 = 22
    SAME_INSTANT_CONFLICT = 23
    RESTATEMENT = 24
    GAP = 25
    FROZEN = 26
    LOST = 30
    REVERSED = 31


class Mark(IntFlag):
    """What is known of a figure, or of its absence, beyond its value; codes of `Batch.marks`."""

    RESTATED = 1
    """It is not what was first reported."""
    MATERIAL_RESTATEMENT = 2
    """A restatement went beyond what the definition lets pass."""
    FACTOR_OF_1000 = 4
    """A thousand times its neighbours, or a thousandth; the figure as it stands is given all the same."""
    SAME_INSTANT_CONFLICT = 8
    """Two submissions gave different figures at one instant."""
    LATE = 16
    """It came in after it was promised."""
    GAP_BEFORE = 32
    """The period before had no figure when it came in."""
    MISSING = 64
    """There is none, though there are earlier and later ones, and nobody said why."""
    REFUSED = 128
    """A figure for this cell was refused at the door as impossible."""
    ALL_MISSING = 256
    """What is missing is the whole, or the only segment there is: no other figure says what it would have said."""
    DETAIL_MISSING = 512
    """What is missing is too small a part for the whole to be any less known."""


@dataclass(frozen=True, slots=True)
class Side:
    """One measure's figures for every pair, pairs × periods, and what its definition says, one value a pair.

    `direction` is +1 where higher is better and -1 where lower is. `target`, `red_threshold`, `min_effect` and
    `reliable_from` (the denominator below which a figure is too small to judge) are NaN where the definition is
    silent.
    """

    values: Floats
    denominators: Floats
    direction: Floats
    unit: Ints
    target: Floats
    red_threshold: Floats
    min_effect: Floats
    reliable_from: Floats
    decimals: Ints

    @classmethod
    def of(cls, values: Floats, denominators: Floats | None = None, **given: Any) -> Self:
        """Build a side from its figures, with a scalar or one value a pair for whatever else is known."""
        values = np.atleast_2d(np.asarray(values, float))
        absent = np.full(values.shape, np.nan)
        spread = {name: np.full(len(values), default) for name, default in SILENT.items()}
        for name, value in given.items():
            spread[name] = np.broadcast_to(np.asarray(value, spread[name].dtype), len(values)).copy()
        return cls(values, absent if denominators is None else np.atleast_2d(denominators).astype(float), **spread)

    def rows(self, chosen: slice | Ints) -> Self:
        """The same side for some of its pairs."""
        if isinstance(chosen, slice) and chosen == slice(0, len(self.values)):
            return self
        return type(self)(*map(itemgetter(chosen), attrgetter(*self.__match_args__)(self)))

    def delayed(self, lag: Ints) -> Self:
        """The same side with each pair's figures moved `lag` periods to the right, so that cause stands over effect."""
        if not lag.any():
            return self
        return replace(self, values=_shift(self.values, lag), denominators=_shift(self.denominators, lag))

    @property
    def sizes(self) -> Floats:
        """How many things stand behind each figure: its denominator, or the figure itself where it is a count."""
        counted = (self.unit == Unit.COUNT)[:, None] & np.isnan(self.denominators)
        return np.where(counted, self.values, self.denominators)

    def sizes_at(self, column: int) -> Floats:
        """The same for one period."""
        values, denominators = self.values[:, column], self.denominators[:, column]
        return np.where((self.unit == Unit.COUNT) & np.isnan(denominators), values, denominators)

    def sizes_in(self, columns: Ints) -> Floats:
        """The same for some periods."""
        return np.stack([self.sizes_at(column) for column in columns.tolist()], axis=1)


SILENT: dict[str, float | int] = {
    "direction": 1.0,
    "unit": int(Unit.FRACTION),
    "target": np.nan,
    "red_threshold": np.nan,
    "min_effect": np.nan,
    "reliable_from": np.nan,
    "decimals": 4,
}


def in_a_row(rows: Ints) -> slice | Ints:
    """The same rows, as a slice where they follow each other: it copies nothing."""
    if not len(rows):
        return rows
    first, last = rows.item(0), rows.item(-1)
    follow = last - first == len(rows) - 1 and bool((rows[1:] > rows[:-1]).all())
    return slice(first, last + 1) if follow else rows


def _shift(values: Floats, lag: Ints) -> Floats:
    """Move each row right by its lag; what comes from before the first period is missing."""
    source = np.arange(values.shape[1])[None, :] - lag[:, None]
    moved = np.take_along_axis(values, np.clip(source, 0, values.shape[1] - 1), axis=1)
    return np.where((source >= 0) & (source < values.shape[1]), moved, np.nan)


@dataclass(frozen=True, slots=True)
class Batch:
    """Many pairs on one axis of periods, and which cells are to be judged.

    For `divergence` and `handoff` the `kpi` is what is claimed or passed on and the `outcome` what is served or
    received, `lag` periods later; the period judged is the outcome's. For `source_disagreement` the `kpi` is the
    source of record and the `outcome` the other source. For kinds that look at one measure the `outcome` is that
    measure in a segment, and the `kpi` the same in the whole that the segment is a part of (`mix`, `inconsistency`), or
    as first reported (`integrity`); for `definition_break` the `kpi` is the measure and the `outcome` its companion, or
    the measure again where it has none. A side that many pairs share is given once: `kpi_of` and
    `outcome_of` say which row of its side each pair has. `season` is the number of periods in a year; `one_is_enough`
    is false where a single period must never make a finding (weeks and days). `expected` and `tolerance` are
    relative: the pass-through a handoff promises, and how far from it, or from the source of record, is still
    agreement. Unless `in_full`, only verdicts, p-values and effects are asked for. `marks`, for `integrity` alone,
    holds the `Mark`s of the outcome's figures, pairs × periods. `of_parent` says that the `kpi` is the outcome's own
    measure in the whole that its segment is a part of, and no link declared the pair.
    """

    kpi: Side
    outcome: Side
    kpi_of: Ints
    outcome_of: Ints
    judge: Bools
    lag: Ints
    season: Ints
    one_is_enough: Bools
    expected: Floats
    tolerance: Floats
    shares_unit: Bools
    of_parent: Bools
    in_full: bool = True
    marks: NDArray[np.uint16] | None = None

    @classmethod
    def of(cls, kpi: Side, outcome: Side, judge: Bools | Ints | None = None, **given: Any) -> Self:
        """Build a batch; `judge` is a mask pairs × periods, an index of periods, or None for every period."""
        pairs = len(kpi.values)
        spread: dict[str, Any] = {name: np.full(pairs, default) for name, default in PLAIN.items()}
        spread["marks"] = given.pop("marks", None)
        for name, value in given.items():
            spread[name] = np.broadcast_to(np.asarray(value, spread[name].dtype), pairs).copy()
        own = np.arange(pairs)
        return cls(kpi, outcome, own, own, _mask(judge, kpi.values.shape), **spread)

    @property
    def columns(self) -> Ints:
        """The periods in which anything is to be judged."""
        return np.flatnonzero(self.judge.any(axis=0))

    def blocks(self) -> Iterator[tuple[Ints, "Batch"]]:
        """The batch in pieces of one season length, small enough for the cache, each with the pairs it holds."""
        for season in self.seasons:
            alike = np.flatnonzero(self.season == season)
            for start in range(0, len(alike), BLOCK):
                chosen = alike[start : start + BLOCK]
                yield chosen, self.rows(chosen)

    @property
    def seasons(self) -> list[int]:
        """The lengths of a year that its pairs have; nearly always one."""
        if (self.season == self.season[:1]).all():
            return self.season[:1].tolist()
        return np.unique(self.season).tolist()

    def rows(self, pairs: Ints) -> Self:
        """The same batch for some of its pairs, each with sides of its own."""
        chosen, own = in_a_row(pairs), np.arange(len(pairs))
        return type(self)(
            kpi=self.kpi.rows(in_a_row(self.kpi_of[chosen])),
            outcome=self.outcome.rows(in_a_row(self.outcome_of[chosen])),
            kpi_of=own,
            outcome_of=own,
            judge=self.judge[chosen],
            in_full=self.in_full,
            marks=None if self.marks is None else self.marks[chosen],
            **{name: getattr(self, name)[chosen] for name in PLAIN},
        )


PLAIN: dict[str, float | int | bool] = {
    "lag": 0,
    "season": 12,
    "one_is_enough": True,
    "expected": np.nan,
    "tolerance": np.nan,
    "shares_unit": False,
    "of_parent": False,
}


def _mask(judge: Bools | Ints | None, shape: tuple[int, ...]) -> Bools:
    if judge is None:
        return np.ones(shape, bool)
    if judge.dtype == bool:
        return np.broadcast_to(judge, shape)
    mask = np.zeros(shape, bool)
    mask[:, judge] = True
    return mask
