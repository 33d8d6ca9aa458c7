"""From where to look to the pairs of series to be judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.columns import fetch
from metrics.assessment.cuts import FIRST_REPORTED, Cuts
from metrics.assessment.joins import changes, expand, find, once
from metrics.assessment.spans import Spans
from metrics.assessment.wholes import Tree
from metrics.detection.batch import Bools, Ints
from metrics.models import Rule

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
class Pairs(Cuts):
    """Cuts in which both sides have a series; the kpi's is of `kpi_segment`, the same or a whole that it is part of."""

    kpi: Ints
    outcome: Ints
    kpi_segment: Ints


def pairs_of(cuts: Cuts, spans: Spans, tree: Tree) -> Pairs:
    """The cuts in which both sides have a series from the source that is to be read."""
    kpi, outcome = spans.column("kpi")[cuts.span], spans.column("outcome")[cuts.span]
    sources = spans.column("kpi_source")[cuts.span]
    of_whole = np.flatnonzero(spans.where("of_whole")[cuts.span])
    part, whole = _wholes(tree, cuts.segment[of_whole])
    around = kpi[of_whole][part]
    shelf = _Shelf(
        _series_in(np.concatenate((kpi, outcome, around)), np.concatenate((cuts.segment, cuts.segment, whole)))
    )
    kpi_series, in_kpi = shelf.find(kpi, sources, cuts.segment)
    outcome_series, in_outcome = shelf.find(outcome, spans.column("outcome_source")[cuts.span], cuts.segment)
    kpi_segment = cuts.segment.copy()
    if len(of_whole):
        in_kpi[of_whole] = False
        series, there = shelf.find(around, sources[of_whole][part], whole)
        nearest = np.flatnonzero(there)[::-1]  # written last, the nearest stands
        place = of_whole[part[nearest]]
        kpi_series[place], kpi_segment[place], in_kpi[place] = series[nearest], whole[nearest], True
    both = in_kpi & in_outcome
    kept = cuts.rows(both)
    pairs = Pairs(
        kept.span, kept.segment, kept.first, kept.last, kpi_series[both], outcome_series[both], kpi_segment[both]
    )
    return _without_those_alone(pairs, spans)


def _wholes(tree: Tree, segments: Ints) -> tuple[Ints, Ints]:
    """Each segment (its index) with the wholes it is a part of, nearest first."""
    if not len(segments):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    part, whole = tree.wholes_of(segments)
    index, place = expand(part, segments)
    return index, whole[place]


def _without_those_alone(pairs: Pairs, spans: Spans) -> Pairs:
    """Leave out a measure judged by itself for a break where one of its companions has figures in the segment."""
    is_alone = spans.where("is_alone")[pairs.span]
    if not is_alone.any():
        return pairs
    place = (spans.column("rule")[pairs.span] << 32) + pairs.segment
    breaks = np.array([span.look.kind == Rule.Kind.DEFINITION_BREAK for span in spans], bool)
    beside, alone = once(place[breaks[pairs.span] & ~is_alone]), np.flatnonzero(is_alone)
    is_alone[alone] = find(beside, place[alone])[1]
    return pairs.rows(~is_alone)


def _series_in(measure: Ints, segment: Ints) -> NDArray[np.void]:
    """The series of measures in segments; where most segments are wanted of most measures, others may come along."""
    places = once((measure << 32) + segment)
    measures, segments = once(places >> 32), once(places & 0xFFFFFFFF)
    close = len(measures) * len(segments) <= ROOM * len(places)
    wanted = (measures, segments) if close else (places >> 32, places & 0xFFFFFFFF)
    return fetch(
        CLOSE if close else SCATTERED, [each.tolist() for each in wanted],
        series="i8", measure="i8", segment="i8", source="i8",
    )  # fmt: skip


class _Shelf:
    """Series by measure, source and segment; under FIRST_REPORTED stands the first of a measure and segment."""

    def __init__(self, series: NDArray[np.void]) -> None:
        ordered = series[np.lexsort((series["series"], series["segment"], series["measure"]))]
        first = ordered[changes(ordered["measure"]) | changes(ordered["segment"])]
        first["source"] = FIRST_REPORTED
        both = np.concatenate((ordered, first))
        self.rows = both[np.lexsort((both["segment"], both["source"], both["measure"]))]
        self.measures, self.sources = once(self.rows["measure"]), once(self.rows["source"])
        self.keys = self._key(self.rows["measure"], self.rows["source"], self.rows["segment"])[0]

    def find(self, measure: Ints, source: Ints, segment: Ints) -> tuple[Ints, Bools]:
        """The series of each, and whether there is one."""
        wanted, known = self._key(measure, source, segment)
        place, found = find(self.keys, wanted)
        return (self.rows["series"][place] if len(self.rows) else place), found & known

    def _key(self, measure: Ints, source: Ints, segment: Ints) -> tuple[Ints, Bools]:
        (row, has_row), (column, has_column) = find(self.measures, measure), find(self.sources, source)
        return ((row * len(self.sources) + column) << 32) + segment, has_row & has_column
