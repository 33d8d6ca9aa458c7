"""One entry of the dictionary: what it means, how it went, what it stands on, and who relies on it."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from forums.cases.sides import Standing, judge
from forums.measures.charts import chart_of, word
from forums.measures.definition_versions import Version, proposed_of, terms_of, versions_of
from forums.measures.impact import Dependants
from forums.measures.lineage import LineagePage, lineage_of
from forums.measures.reliance import Doubts, as_relied_on, doubts_of
from forums.measures.roll_up_panel import RollUpPanel, roll_up_panel
from forums.models import Decision
from metrics.dictionary.deriving import derived_from
from metrics.figures.courses import Course, Point, courses
from metrics.formulas.grammar import fault
from metrics.ingestion.segments import WHOLE
from metrics.models import (
    Absence,
    Contradiction,
    Definition,
    Link,
    Measure,
    RequiredOutcome,
    Rule,
    Segment,
    Source,
    TargetCondition,
)
from metrics.models.rule import on_any_side
from metrics.trust.pages import TrustPanel, trust_panel
from truthgov.figures import Figure
from truthgov.periods import Grain, Period
from truthgov.svg import Chart

FIGURES_LISTED = 24
UNAVAILABLE_LISTED = 6
DECISIONS_LISTED = 10
ENDED = (Definition.Status.WITHDRAWN, Definition.Status.REJECTED)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A period's figure of record, with what the other sources say of it."""

    point: Point
    standing: Standing
    others: list[tuple[Source, Figure]]


class Unavailable(NamedTuple):
    """A period without a figure, and why."""

    period: Period
    said: Absence


@dataclass(frozen=True, slots=True)
class Reporting:
    """A source that reports the measure: its latest figure, and whether it is the one shown."""

    source: Source
    of_record: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """Everything the page of a measure shows."""

    measure: Measure
    segment: Segment | None
    definition: Definition | None
    terms: list[tuple[str, str]]
    versions: list[Version]
    proposed: list[Version]
    ended: list[Definition]
    is_unguarded: bool
    unreadable: str
    """Why the formula in force cannot be read, if it cannot."""
    chart: Chart | None
    standing: Standing
    figures: list[FigureRow]
    unavailable: list[Unavailable]
    sources: list[Reporting]
    shown_source: Source | None
    serves: list[Link]
    served_by: list[Link]
    rules: list[Rule]
    required_by: list[RequiredOutcome]
    derived: list[Definition]
    contradictions: list[Contradiction]
    decisions: list[Decision]
    decisions_left: int
    """How many more there are than are listed."""
    trust: TrustPanel | None
    roll_ups: RollUpPanel | None
    lineage: LineagePage | None


def measure_page(measure: Measure, segment: Segment | None) -> MeasurePage:
    """The page of a measure, its figures those of a segment; a fixed number of queries."""
    definitions = _definitions(measure)
    approved = [each for each in definitions if each.status == Definition.Status.APPROVED]
    versions = versions_of(approved)
    current = versions[0].definition if versions else None
    course = courses([(measure.pk, segment)])[0] if segment else None
    rely = _dependants(measure, definitions)
    decisions = list(_leaning(measure, definitions)[:DECISIONS_LISTED])
    listed = course.points[-FIGURES_LISTED:] if course else ()
    doubts = doubts_of(measure, segment, [point.period for point in listed]) if segment else {}
    return MeasurePage(
        measure=measure,
        segment=segment,
        definition=current,
        terms=terms_of(current) if current else [],
        versions=versions,
        proposed=proposed_of(definitions, current, course.points if course else (), rely),
        ended=[each for each in definitions if each.status in ENDED][::-1],
        is_unguarded=Definition.objects.unguarded().filter(measure=measure).exists(),
        unreadable=fault(current.derivation) if current and current.derivation else "",
        chart=chart_of(course, measure.name) if course else None,
        standing=as_relied_on(judge(course.latest), doubts) if course and course.latest else Standing(),
        figures=_figures(course, doubts) if course else [],
        unavailable=_unavailable(measure, course) if course else [],
        sources=_sources(course) if course else [],
        shown_source=course.latest.source if course and course.latest else None,
        serves=[link for link in rely.links if link.from_measure_id == measure.pk],
        served_by=[link for link in rely.links if link.to_measure_id == measure.pk],
        rules=list(rely.rules),
        required_by=list(rely.required_by),
        derived=list(rely.derived),
        contradictions=list(rely.contradictions),
        trust=trust_panel(measure, Grain(current.grain)) if current else None,
        decisions=decisions,
        decisions_left=rely.decisions - len(decisions),
        roll_ups=roll_up_panel(measure, segment, course, approved),
        lineage=lineage_of([measure], f"Lineage of {measure.name}"),
    )


def waiting_version(measure: Measure, version: int) -> Version | None:
    """A version that waits, with what approving it would touch, tried on the figures of the whole; None of another."""
    definitions = _definitions(measure)
    current = next((each for each in reversed(definitions) if each.status == Definition.Status.APPROVED), None)
    whole = Segment.objects.filter(key=WHOLE).first()
    course = courses([(measure.pk, whole)])[0] if whole else None
    told = proposed_of(definitions, current, course.points if course else (), _dependants(measure, definitions))
    return next((each for each in told if each.definition.version == version), None)


def _definitions(measure: Measure) -> list[Definition]:
    people = measure.definitions.select_related("proposed_by", "approved_by", "ended_by")
    return list(people.prefetch_related("comments__person").order_by("version"))


def _dependants(measure: Measure, definitions: list[Definition]) -> Dependants:
    """Who relies on the measure."""
    return Dependants(
        _links(measure), _rules(measure), _required_by(measure), _contradictions(measure),
        _leaning(measure, definitions).count(), derived_from(measure),
    )  # fmt: skip


def _figures(course: Course, doubts: Doubts) -> list[FigureRow]:
    """The latest periods, newest first."""
    rows = []
    for at in range(len(course.points) - 1, max(len(course.points) - 1 - FIGURES_LISTED, -1), -1):
        point = course.points[at]
        others = [(source, word(points[at].value, point.definition)) for source, points in course.of_source.items()
                  if source != point.source and points[at].value is not None]  # fmt: skip
        rows.append(FigureRow(point, as_relied_on(judge(point), doubts), others))
    return rows


def _unavailable(measure: Measure, course: Course) -> list[Unavailable]:
    """The latest periods of which it was said that there is no figure, and none came since, newest first."""
    known = [point.period.start for point in course.points if point.value is not None]
    since = course.points[0].period.start if course.points else date.min
    said = measure.absences.filter(segment=course.segment, period_start__gte=since).exclude(period_start__in=known)
    latest = (
        said.select_related("person").order_by("-period_start", "-pk").distinct("period_start")[:UNAVAILABLE_LISTED]
    )
    grain = Grain(course.definition.grain)
    return [Unavailable(Period.containing(each.period_start, grain), each) for each in latest]


def _sources(course: Course) -> list[Reporting]:
    shown = course.latest.source if course.latest else None
    told = []
    for source, points in course.of_source.items():
        last = next((point for point in reversed(points) if point.value is not None), None)
        told.append(Reporting(source, source == shown, judge(last) if last else Standing()))
    return told


def _links(measure: Measure) -> list[Link]:
    either = Q(from_measure=measure) | Q(to_measure=measure)
    return list(Link.objects.filter(either).select_related("from_measure", "to_measure__journey"))


def _rules(measure: Measure) -> list[Rule]:
    return list(Rule.objects.filter(on_any_side("pk", measure.pk)).with_parties())


def _required_by(measure: Measure) -> list[RequiredOutcome]:
    """In the last version of each journey's target condition; what an earlier one demanded is history."""
    latest = TargetCondition.objects.last_versions().values("pk")
    demanded = RequiredOutcome.objects.filter(measure=measure, condition__in=latest)
    return list(demanded.select_related("condition__journey"))


def _contradictions(measure: Measure) -> list[Contradiction]:
    about = Contradiction.objects.live().filter(Q(measure=measure) | Q(other_measure=measure))
    return list(
        about.by_severity().select_related("measure", "other_measure", "source", "other_source", "segment")[:20]
    )


def _leaning(measure: Measure, definitions: list[Definition]) -> QuerySet[Decision]:
    """Those that leaned on a version of it, or are expected to move it; the latest first."""
    leaning = Q(definitions__overlap=[definition.pk for definition in definitions]) | Q(expectations__measure=measure)
    return Decision.objects.with_endings().filter(leaning).select_related("meeting__forum").distinct()
