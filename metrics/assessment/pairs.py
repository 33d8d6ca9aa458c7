"""From what was touched to the pairs of series to be judged: joins of sorted arrays, no loop over rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import ordinals
from metrics.assessment.columns import fetch
from metrics.assessment.dictionary import Span
from metrics.detection.batch import Bools, Ints
from truthgov.periods import Grain

FIRST_REPORTED = 0
"""Stands, as a source, for the first that reported a measure in a segment."""
TOUCHED = "SELECT id, measure_id, segment_id FROM metrics_series WHERE id = ANY(%s)"
CLOSE = """
    SELECT id, measure_id, segment_id, source_id FROM metrics_series
    WHERE measure_id = ANY(%s::bigint[]) AND segment_id = ANY(%s::bigint[])"""
SCATTERED = """
    SELECT s.id, s.measure_id, s.segment_id, s.source_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(measure, segment)
    JOIN metrics_series s ON s.measure_id = wanted.measure AND s.segment_id = wanted.segment"""
ROOM = 8
"""A look-up of its own costs as much as reading so many series beside it."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Measures in segments, each with the first day from which a figure changed, in order of measures."""

    measure: Ints
    segment: Ints
    day: NDArray[np.datetime64]

    @classmethod
    def of(cls, series: Sequence[int], days: Sequence[date]) -> Self:
        """What lies behind touched series; of several days for one series the first counts."""
        known = fetch(TOUCHED, [sorted(set(series))], series="i8", measure="i8", segment="i8")
        known = known[np.argsort(known["series"])]
        first = np.full(len(known), np.datetime64("9999-01-01"))
        place, found = find(known["series"], np.asarray(series, np.int64))
        np.minimum.at(first, place[found], np.asarray(days, "M8[D]")[found])
        order = np.argsort(known["measure"], kind="stable")
        return cls(known["measure"][order], known["segment"][order], first[order])

    def ordinals(self, grains: dict[int, Grain]) -> Ints:
        """The first period changed of each, in the grain of its measure."""
        answer = np.zeros(len(self.measure), np.int64)
        grain = np.array([grains.get(measure, "") for measure in self.measure.tolist()], object)
        for each in set(grain.tolist()) - {""}:
            answer[grain == each] = ordinals(self.day[grain == each], each)
        return answer


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where to look: a span (its index in a list), a segment, and the first and last period to judge there."""

    span: Ints
    segment: Ints
    first: Ints
    last: Ints

    def rows(self, chosen: NDArray) -> Self:
        return type(self)(*(getattr(self, name)[chosen] for name in self.__match_args__))

    def __len__(self) -> int:
        return len(self.span)


@dataclass(frozen=True, slots=True)
class Pairs(Cuts):
    """Cuts in which both sides have a series."""

    kpi: Ints
    outcome: Ints


def cuts_of(touched: Touched, spans: Sequence[Span], grains: dict[int, Grain]) -> Cuts:
    """What each span has to look at anew: the segments touched on either side, from the first period it concerns."""
    firsts = touched.ordinals(grains)
    lag, begins, ends = (_column(spans, name) for name in ("lag", "first", "last"))
    joined = []
    for side, delay in (("kpi", lag), ("outcome", np.zeros_like(lag))):
        span, row = _expand(touched.measure, _column(spans, side))
        joined.append((span, touched.segment[row], firsts[row] + delay[span]))
    span, segment, first = (np.concatenate(parts) for parts in zip(*joined, strict=True))
    order = np.lexsort((first, segment, span))
    span, segment, first = span[order], segment[order], first[order]
    leads = np.ones(len(span), bool)
    leads[1:] = (span[1:] != span[:-1]) | (segment[1:] != segment[:-1])
    span, segment, first = span[leads], segment[leads], np.maximum(first[leads], begins[span[leads]])
    cuts = Cuts(span, segment, first, ends[span])
    return cuts.rows(cuts.first <= cuts.last)


def pairs_of(cuts: Cuts, spans: Sequence[Span]) -> Pairs:
    """The cuts in which both sides have a series from the source that is to be read."""
    kpi, outcome = _column(spans, "kpi")[cuts.span], _column(spans, "outcome")[cuts.span]
    shelf = _Shelf(_series_in(np.concatenate((kpi, outcome)), np.tile(cuts.segment, 2)))
    kpi_series, in_kpi = shelf.find(kpi, _column(spans, "kpi_source")[cuts.span], cuts.segment)
    outcome_series, in_outcome = shelf.find(outcome, _column(spans, "outcome_source")[cuts.span], cuts.segment)
    both = in_kpi & in_outcome
    kept = cuts.rows(both)
    return Pairs(kept.span, kept.segment, kept.first, kept.last, kpi_series[both], outcome_series[both])


def _series_in(measure: Ints, segment: Ints) -> NDArray[np.void]:
    """The series of measures in segments; where most segments are wanted of most measures, others may come along."""
    places = np.unique((measure << 32) + segment)
    measures, segments = np.unique(measure), np.unique(segment)
    close = len(measures) * len(segments) <= ROOM * len(places)
    wanted = (measures, segments) if close else (places >> 32, places & 0xFFFFFFFF)
    return fetch(
        CLOSE if close else SCATTERED, [each.tolist() for each in wanted],
        series="i8", measure="i8", segment="i8", source="i8",
    )  # fmt: skip


def find(ordered: NDArray, wanted: NDArray) -> tuple[Ints, Bools]:
    """Where each wanted value stands in an ordered array, and whether it is there at all."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return place, ordered[place] == wanted


class _Shelf:
    """Series by measure, source and segment; under FIRST_REPORTED stands the first of a measure and segment."""

    def __init__(self, series: NDArray[np.void]) -> None:
        ordered = series[np.lexsort((series["series"], series["segment"], series["measure"]))]
        leads = np.ones(len(ordered), bool)
        leads[1:] = (ordered["measure"][1:] != ordered["measure"][:-1]) | (
            ordered["segment"][1:] != ordered["segment"][:-1]
        )
        first = ordered[leads].copy()
        first["source"] = FIRST_REPORTED
        both = np.concatenate((ordered, first))
        self.rows = both[np.lexsort((both["segment"], both["source"], both["measure"]))]
        self.measures, self.sources = np.unique(self.rows["measure"]), np.unique(self.rows["source"])
        self.keys = self._key(self.rows["measure"], self.rows["source"], self.rows["segment"])[0]

    def find(self, measure: Ints, source: Ints, segment: Ints) -> tuple[Ints, Bools]:
        """The series of each, and whether there is one."""
        wanted, known = self._key(measure, source, segment)
        place, found = find(self.keys, wanted)
        return (self.rows["series"][place] if len(self.rows) else place), found & known

    def _key(self, measure: Ints, source: Ints, segment: Ints) -> tuple[Ints, Bools]:
        (row, has_row), (column, has_column) = find(self.measures, measure), find(self.sources, source)
        return ((row * len(self.sources) + column) << 32) + segment, has_row & has_column


def _expand(ordered: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Each wanted value joined with every row of an ordered array that equals it: index of wanted, index of row."""
    starts = np.searchsorted(ordered, wanted, "left")
    counts = np.searchsorted(ordered, wanted, "right") - starts
    index = np.repeat(np.arange(len(wanted)), counts)
    within = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
    return index, starts[index] + within


def _column(spans: Iterable[Span], name: str) -> Ints:
    """One number of every span."""
    if name in ("lag", "kpi", "outcome"):
        return np.array([getattr(span.look, name) for span in spans], np.int64)
    return np.array([getattr(span, name) or FIRST_REPORTED for span in spans], np.int64)
