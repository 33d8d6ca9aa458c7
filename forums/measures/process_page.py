"""One measure in one segment as a process: its XmR chart, what is special in it, and what it says in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite

import numpy as np
from django.db.models import QuerySet

from forums.cases.sides import Standing, judge
from forums.measures.charts import process_chart, word
from forums.measures.multiples import Multiples, multiples_of
from forums.measures.processes import Charted, charted, sign_of, signs_of
from forums.measures.reliance import as_relied_on, doubts_of
from forums.models import Decision
from metrics.detection.statistics.limits import SETTLED_FROM
from metrics.detection.statistics.process import Cause, Process
from metrics.figures.courses import Course, Point, courses
from metrics.models import Measure, Rebasing, Segment
from truthgov import clock
from truthgov.figures import NO_FIGURE, Figure
from truthgov.periods import Period
from truthgov.svg import Chart
from truthgov.svg.series import as_decimal

IN_WORDS = {
    Cause.OUTSIDE: "outside the limits",
    Cause.TWO_OF_THREE: "one of two in three that are close to the same limit",
    Cause.RUN: "in a run of seven or more on one side of the mean",
    Cause.TREND: "in a trend of seven or more, each beyond the one before",
}
VARIATION = {
    "improving": "The latest figure is special-cause variation, for the better: something has changed.",
    "deteriorating": "The latest figure is special-cause variation, for the worse: something has changed.",
    "common cause": "The latest figure is common-cause variation: the process goes on as it did.",
    "not known": "There are too few figures to tell what is usual.",
}
ASSURANCE = {
    "will pass": "Left as it is, the process meets its target in every period: its limits lie on the good side of it.",
    "will fail": "Left as it is, the process misses its target in every period: its limits lie on the bad side of it.",
    "will not tell": "Left as it is, the process meets its target in some periods and misses it in others, by chance.",
    "not known": "Whether it meets a target cannot be told: it has none, or there are too few figures.",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Periods that share their limits, why these begin there, and whether so few figures stand behind them that they
    are provisional."""

    first: Period
    last: Period
    because: str
    figures: int
    centre: Figure
    lower: Figure
    upper: Figure

    @property
    def is_provisional(self) -> bool:
        return self.has_limits and self.figures < SETTLED_FROM

    @property
    def has_limits(self) -> bool:
        """Are there figures enough for any?"""
        return self.centre != NO_FIGURE


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """A figure that chance does not explain, by all rules that mark it."""

    point: Point
    figure: Figure
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class ProcessPage:
    """Everything the page shows; `course` is None while the measure is not defined or nothing has been reported."""

    segment: Segment | None
    course: Course | None = None
    chart: Chart | None = None
    standing: Standing = field(default_factory=Standing)
    variation: str = "not known"
    assurance: str = "not known"
    stretches: list[Stretch] = field(default_factory=list)
    """The latest first."""
    special: list[SpecialRow] = field(default_factory=list)
    restated: list[Point] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    rebasings: list[Rebasing] = field(default_factory=list)
    multiples: list[Multiples] = field(default_factory=list)

    @property
    def says(self) -> tuple[str, str]:
        """Variation and assurance, a sentence each."""
        return VARIATION[self.variation], ASSURANCE[self.assurance]

    @property
    def is_provisional(self) -> bool:
        """Are the limits in force provisional?"""
        return bool(self.stretches) and self.stretches[0].is_provisional

    @property
    def waiting(self) -> Rebasing | None:
        return next((each for each in self.rebasings if each.status == Rebasing.Status.PROPOSED), None)


def process_page(measure: Measure, segment: Segment | None) -> ProcessPage:
    """The page of a measure in a segment; a fixed number of queries."""
    course = courses([(measure.pk, segment)])[0] if segment else None
    if segment is None or course is None or course.latest is None:
        return ProcessPage(segment)
    points, chart, sign = course.points, charted(course, course.periods), sign_of(course.definition)
    found, decisions = chart.over(course.periods), _decisions(measure, points)
    decided = [(clock.local_day(each.decided_at), each.wording) for each in decisions]
    variation, assurance = signs_of(found, course.definition)
    return ProcessPage(
        segment=segment,
        course=course,
        chart=process_chart(course, measure.name, decided=decided),
        standing=as_relied_on(judge(course.latest), doubts_of(measure, segment, [course.latest.period])),
        variation=variation,
        assurance=assurance,
        stretches=[_stretch(course, chart, each) for each in chart.reaching(points[0].period)][::-1],
        special=_special(points, found, sign),
        restated=[point for point in points if point.restated],
        decisions=decisions,
        rebasings=list(_rebasings(measure, segment)),
        multiples=multiples_of(measure.pk, segment),
    )


def _stretch(course: Course, chart: Charted, places: range) -> Stretch:
    history, found = course.history, chart.found.at(np.array(places))
    first, last = chart.periods[places[0]], chart.periods[places[-1]]
    begins, anew = history.period(first), {each.starts_on: each for each in course.rebasings}
    because = "The first figures."
    if places[0] and begins.start in anew:
        because = f"Set anew by {anew[begins.start].approved_by}: {anew[begins.start].reason}"
    elif places[0]:
        because = f"Counted differently from version {history.definition(first).version} on."
    limited = np.flatnonzero(np.isfinite(found.upper))
    centre, lower, upper = (
        word(_decimal(each[limited[-1]]) if len(limited) else None, course.definition)
        for each in (found.centre, found.lower, found.upper)
    )
    known = int(np.isfinite(found.values).sum())
    return Stretch(begins, history.period(last), because, known, centre, lower, upper)


def _special(points: Sequence[Point], found: Process, sign: float) -> list[SpecialRow]:
    """The latest first."""
    rows = []
    for at in np.flatnonzero(found.special)[::-1].tolist():
        point, told = points[at], [IN_WORDS[cause] for cause, signs in found.marks.items() if signs[at]]
        cause = found.cause(at)
        tone = "good" if cause and cause[1] * sign > 0 else "bad"
        rows.append(SpecialRow(point, word(point.value, point.definition), "; ".join(told).capitalize(), tone))
    return rows


def _decisions(measure: Measure, points: Sequence[Point]) -> list[Decision]:
    """Those taken in the periods shown that are expected to move the measure; the latest first."""
    moving = (
        Decision.objects.with_endings()
        .filter(expectations__measure=measure)
        .select_related("meeting__forum")
        .distinct()
    )
    first, end = points[0].period.start, points[-1].period.end
    return [each for each in moving if first <= clock.local_day(each.decided_at) < end]


def _rebasings(measure: Measure, segment: Segment) -> QuerySet[Rebasing]:
    people = "proposed_by", "appointment", "approved_by", "ended_by"
    return measure.rebasings.filter(segment=segment).select_related(*people).order_by("-proposed_at", "-pk")


def _decimal(value: float) -> Decimal | None:
    return as_decimal(float(value)) if isfinite(value) else None
