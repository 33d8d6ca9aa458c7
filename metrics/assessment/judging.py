"""Pairs in, judged cells out: figures are put side by side and handed to the kind's detector."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import SEASON, reach
from metrics.assessment.echoes import Heard, hear
from metrics.assessment.figures import Figures
from metrics.assessment.origins import Origins
from metrics.assessment.pairs import Pairs
from metrics.assessment.sides import side_of
from metrics.assessment.spans import Spans
from metrics.detection.batch import Batch, Bools, Ints, Verdict, in_a_row
from metrics.detection.judgements import Judgements
from metrics.detection.kinds import KINDS
from metrics.models import Rule
from truthgov.periods import Grain

CELLS = 500_000
"""Pairs × periods judged at a time: bounds the memory that both sides and a detector's answers take."""
Name = TypeVar("Name", bound=str)
JUDGED = np.dtype([("rule", "<i8"), ("segment", "<i8"), ("verdict", "u1"), ("p", "<f8"), ("effect", "<f4")])
"""A judged cell of any rule in one period."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pairs of one kind and grain, judged; `judgements.columns[i]` is the period `ordinals[i]`."""

    kind: str
    grain: Grain
    rules: Ints
    segments: Ints
    ordinals: Ints
    judgements: Judgements

    def cells(self, ordinal: int) -> NDArray[np.void]:
        """The judged cells of one period, as JUDGED rows."""
        column = np.flatnonzero(self.ordinals == ordinal)
        if not len(column):
            return np.empty(0, JUDGED)
        verdict, p, effect = (
            figures[:, column[0]] for figures in (self.judgements.verdict, self.judgements.p, self.judgements.effect)
        )
        row = np.flatnonzero(verdict != Verdict.NOT_JUDGED)
        cells = np.empty(len(row), JUDGED)
        cells["rule"], cells["segment"] = self.rules[row], self.segments[row]
        cells["verdict"], cells["p"], cells["effect"] = verdict[row], p[row], effect[row]
        return cells


def judge(pairs: Pairs, spans: Spans) -> Iterator[Sheet]:
    """Judge pairs from their first period on: verdicts, p-values and effects. A sheet holds what starts in one season.

    Sheets come by grain and kind, each in order of their names.
    """
    return map(_judged, _asked(pairs, spans, in_full=False))


def judge_in_full(pairs: Pairs, spans: Spans) -> Iterator[tuple[Pairs, Sheet]]:
    """The same with all that evidence needs; each sheet with its pairs."""
    return ((asked.pairs, _judged(asked)) for asked in _asked(pairs, spans, in_full=True))


class Asked(NamedTuple):
    """Pairs of one kind and grain whose figures are put side by side; `beside` are those that may echo them."""

    kind: str
    grain: Grain
    pairs: Pairs
    rules: Ints
    batch: Batch
    start: int
    beside: Heard | None


def _judged(asked: Asked) -> Sheet:
    answer = KINDS[asked.kind](asked.batch)
    if asked.beside is not None:
        hear(answer, asked.batch, asked.beside)
    return Sheet(asked.kind, asked.grain, asked.rules, asked.pairs.segment, asked.start + answer.columns, answer)


def _asked(pairs: Pairs, spans: Spans, *, in_full: bool) -> Iterator[Asked]:
    rules = spans.column("rule")
    for grain, of_grain in _split(pairs, spans.named("grain")):
        figures = _figures(of_grain, spans, grain)
        for kind, of_kind in _split(of_grain, spans.named("look.kind")):
            alike, beside = _with_beside(of_kind, spans)
            sides = Sides.of(kind, alike, figures, grain, in_full=in_full)
            if kind == Rule.Kind.INTEGRITY and not in_full:
                alike = _with_gaps(alike, sides.outcome, spans, grain)
            for part, last in _parts(alike, sides.outcome, grain):
                batch, start = _batch(part, last, spans, sides, grain, in_full=in_full)
                heard = Heard(part, beside, figures, spans, start) if beside is not None else None
                yield Asked(kind, grain, part, rules[part.span], batch, start, heard)


class Sides(NamedTuple):
    """The figures that each side of some pairs is read from, on one axis of periods; `marks` are of the outcome's."""

    kpi: Figures
    outcome: Figures
    marks: NDArray[np.uint16] | None = None

    @classmethod
    def of(cls, kind: str, pairs: Pairs, figures: Figures, grain: Grain, *, in_full: bool) -> Self:
        if kind != Rule.Kind.INTEGRITY:
            return cls(figures, figures)
        origins = Origins.read(figures, pairs.outcome, grain, int(pairs.first.min()), in_full=in_full)
        return cls(origins.first, origins.standing, origins.marks)


def _with_gaps(pairs: Pairs, standing: Figures, spans: Spans, grain: Grain) -> Pairs:
    """The same pairs, each from the gap on that leads up to it."""
    begins = standing.gap_before(pairs.outcome, pairs.first, grain)
    return replace(pairs, first=np.maximum(begins, spans.column("first")[pairs.span]))


def _with_beside(pairs: Pairs, spans: Spans) -> tuple[Pairs, Pairs | None]:
    """The pairs that are judged, and those that may echo what is found of them, if there are any."""
    is_beside = spans.where("is_beside")[pairs.span]
    if not is_beside.any():
        return pairs, None
    return pairs.rows(~is_beside), pairs.rows(is_beside)


def _split(pairs: Pairs, names: tuple[list[Name], Ints]) -> Iterator[tuple[Name, Pairs]]:
    """The pairs of each name, in order of names; `names` are they, and which of them each span has."""
    known, which = names
    if len(known) == 1:
        yield known[0], pairs
        return
    of_pairs = which[pairs.span]
    order = of_pairs.argsort(kind="stable")
    ends = of_pairs[order].searchsorted(np.arange(len(known) + 1)).tolist()
    for name, (first, last) in zip(known, pairwise(ends), strict=True):
        if first < last:
            yield name, pairs.rows(in_a_row(order[first:last]))


def _figures(pairs: Pairs, spans: Spans, grain: Grain) -> Figures:
    lag = spans.column("lag")[pairs.span]
    series = np.concatenate((pairs.kpi, pairs.outcome))
    return Figures.read(series, np.concatenate((pairs.first - lag, pairs.first)), grain)


def _parts(pairs: Pairs, figures: Figures, grain: Grain) -> Iterator[tuple[Pairs, Ints]]:
    """Pairs that start within a season, so many cells at a time, each part with the last period to judge of each pair.

    Those of one load differ by their lags alone: together, what they share is worked out once.
    """
    last = np.minimum(pairs.last, figures.last_said(pairs.outcome))
    is_judged = last >= pairs.first
    for first, begun in _begun(pairs.first, SEASON[grain]):
        chosen = np.flatnonzero(is_judged & begun)
        judged = int(last[chosen].max(initial=first)) + 1 - first
        size = max(1, CELLS // min(judged + reach(grain), figures.end - figures.start))
        for begin in range(0, len(chosen), size):
            part = in_a_row(chosen[begin : begin + size])
            yield pairs.rows(part), last[part]


def _begun(firsts: Ints, season: int) -> Iterator[tuple[int, Bools]]:
    """The first periods from which stretches of a season each cover all of some periods, with those in each."""
    left = firsts
    while len(left):
        first = int(left.min())
        left = left[left >= first + season]
        yield first, (firsts >= first) & (firsts < first + season)


def _batch(pairs: Pairs, last: Ints, spans: Spans, sides: "Sides", grain: Grain, *, in_full: bool) -> tuple[Batch, int]:
    """The figures of pairs, from as far back as judging the first period of any may lean on."""
    span, lag = pairs.span, spans.column("lag")[pairs.span]
    axis = sides.outcome.start
    start = max(axis, int(pairs.first.min()) - reach(grain) - int(lag.max()))
    periods = np.arange(start, int(last.max()) + 1)
    window = slice(start - axis, start - axis + len(periods))
    kpi, kpi_of = side_of(sides.kpi, window, pairs.kpi, spans, span, "kpi")
    outcome, outcome_of = side_of(sides.outcome, window, pairs.outcome, spans, span, "outcome")
    batch = Batch(
        kpi,
        outcome,
        kpi_of,
        outcome_of,
        judge=(periods >= pairs.first[:, None]) & (periods <= last[:, None]),
        lag=lag,
        season=np.full(len(span), SEASON[grain]),
        one_is_enough=spans.where("one_is_enough")[span],
        expected=spans.column("look.expected", np.float64)[span],
        tolerance=spans.column("tolerance", np.float64)[span],
        shares_unit=spans.where("shares_unit")[span],
        of_parent=spans.where("of_parent")[span],
        in_full=in_full,
        marks=None if sides.marks is None else sides.marks[in_a_row(sides.outcome.rows_of(pairs.outcome)), window],
    )
    return batch, start
