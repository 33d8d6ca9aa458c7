"""From what was touched to where each rule has to look anew: rule, segment, and from which period on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment.calendar import days_of, ordinals
from metrics.assessment.columns import fetch
from metrics.assessment.joins import changes, expand, find, least, numbered
from metrics.assessment.spans import Spans
from metrics.assessment.wholes import NO_TREE, Tree
from metrics.detection.batch import Bools, Ints
from truthgov.periods import Grain

FIRST_REPORTED = 0
"""Stands, as a source, for the first that reported a measure in a segment."""
NONE = np.empty(0, [("series", "i8"), ("measure", "i8"), ("segment", "i8")])
TOUCHED = "SELECT id, measure_id, segment_id FROM metrics_series WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Touched:
    """Measures in segments, each with the first day from which a figure changed, in order of measures."""

    measure: Ints
    segment: Ints
    day: NDArray[np.datetime64]

    @classmethod
    def of(cls, series: Sequence[int], days: Sequence[date]) -> Self:
        """What lies behind touched series; of several days for one series the first counts."""
        touched, first = least(np.asarray(series, np.int64), days_of(days))
        known = _known(touched)
        first = first[np.searchsorted(touched, known["series"])]
        order = np.argsort(known["measure"], kind="stable")
        return cls(known["measure"][order], known["segment"][order], first[order])

    def ordinals(self, grains: dict[int, Grain]) -> Ints:
        """The first period changed of each, in the grain of its measure."""
        measures, which = self.measures
        told = [grains.get(measure) for measure in measures.tolist()]
        known = {grain for grain in told if grain is not None}
        if len(known) == 1:
            return ordinals(self.day, known.pop())
        answer, names = np.zeros(len(self.measure), np.int64), np.array(told, object)[which]
        for each in known:
            answer[names == each] = ordinals(self.day[names == each], each)
        return answer

    @property
    def measures(self) -> tuple[Ints, Ints]:
        """Each measure once, and which of them every row has."""
        leads = changes(self.measure)
        return self.measure[leads], np.cumsum(leads) - 1


_series: WeakKeyDictionary[Any, NDArray[np.void]] = WeakKeyDictionary()
"""What was touched on each connection of the driver, in order of series: none ever changes its measure or segment."""


def _known(wanted: Ints) -> NDArray[np.void]:
    """Series, in order, each with its measure and segment; without those that are not there."""
    held = _series.get(connection.connection, NONE)
    _, is_held = find(held["series"], wanted)
    missing = wanted[~is_held]
    if len(missing):
        more = fetch(TOUCHED, [missing.tolist()], series="i8", measure="i8", segment="i8")
        held = np.concatenate((held, more))
        held = _series[connection.connection] = held[np.argsort(held["series"])]
    place, found = find(held["series"], wanted)
    return held[place[found]]


def tree_for(spans: Spans) -> Tree:
    """The tree of all segments where any of the spans holds a part against its whole; else nobody asks for it."""
    return Tree.as_it_stands() if spans.where("of_whole").any() else NO_TREE


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where to look: a span (its index in a list), a segment, and the first and last period to judge there."""

    span: Ints
    segment: Ints
    first: Ints
    last: Ints

    def rows(self, chosen: slice | NDArray) -> Self:
        return type(self)(*map(itemgetter(chosen), attrgetter(*self.__match_args__)(self)))

    def __len__(self) -> int:
        return len(self.span)


class Share(NamedTuple):
    """One of so many shares of all segments: what is judged of one leans on no other's pairs."""

    number: int
    of: int

    def holds(self, segments: Ints) -> slice | Bools:
        return segments % self.of == self.number if self.of > 1 else slice(None)


ALL = Share(0, 1)


def cuts_of(touched: Touched, spans: Spans, grains: dict[int, Grain], tree: Tree, share: Share = ALL) -> Cuts:
    """What each span has to look at anew: the segments it concerns, of a share, from the first period on.

    Its rule is concerned by what was touched on either side; where the kpi is of a whole, that concerns all its parts.
    The spans of a rule look together: what touches one companion is judged beside the others too.
    """
    firsts = touched.ordinals(grains)
    delay, begins, ends = (spans.column(name) for name in ("delay", "first", "last"))
    _, rule_of = numbered(spans.column("rule"))
    joined = [
        (rule_of[span], segment, first + delay[span] * delayed)
        for span, segment, first, delayed in _touching(touched, firsts, spans, tree, share)
    ]
    rule, segment, first = (np.concatenate(parts) for parts in zip(*joined, strict=True))
    where, first = least((rule << 32) + segment, first)
    by_rule = np.argsort(rule_of, kind="stable")
    row, place = expand(rule_of[by_rule], where >> 32)
    span = by_rule[place]
    cuts = Cuts(span, (where & 0xFFFFFFFF)[row], np.maximum(first[row], begins[span]), ends[span])
    return cuts.rows(cuts.first <= cuts.last)


def _touching(
    touched: Touched, firsts: Ints, spans: Spans, tree: Tree, share: Share
) -> Iterator[tuple[Ints, Ints, Ints, bool]]:
    """Spans, each with a segment it concerns and the first period touched there; whether that is the kpi's period."""
    in_share = share.holds(touched.segment)
    measure, segment, since = touched.measure[in_share], touched.segment[in_share], firsts[in_share]
    of_whole = spans.where("of_whole")
    kpi, outcome = spans.column("kpi"), spans.column("outcome")
    for side, chosen, delayed in ((kpi, ~of_whole, True), (outcome, np.ones(len(spans), bool), False)):
        own = np.flatnonzero(chosen)
        span, row = expand(measure, side[own])
        yield own[span], segment[row], since[row], delayed
    own = np.flatnonzero(of_whole)
    if len(own):
        whole, part = tree.parts_of(touched.segment)
        whole, part = whole[share.holds(part)], part[share.holds(part)]
        span, row = expand(touched.measure, kpi[own])
        within, place = expand(whole, touched.segment[row])
        yield own[span[within]], part[place], firsts[row[within]], True
