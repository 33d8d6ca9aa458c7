"""The measurement dictionary as a list: what is measured, who answers, where each figure stands."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict

from forums.cases.queue import answering
from forums.cases.sides import Standing, judge
from forums.measures.dictionary_forms import DictionaryForm
from metrics.dictionary.guarding import count_unguarded
from metrics.dictionary.holding import read_by, shown_source
from metrics.dictionary.searching import found
from metrics.figures.courses import Point, breaks
from metrics.models import Definition, Measure, Observation, Reading, Series, SeriesChunk, SourceOfRecord
from truthgov.keyset import Page, turn_to
from truthgov.periods import Grain, Period, ordinal
from truthgov.svg import Svg, draw_sparkline

PAGE_SIZE = 30
YEARS_DRAWN = 2
ORDERS = {"code": ("code",), "-code": ("-code",), "name": ("name", "code"), "-name": ("-name", "-code")}


@dataclass(frozen=True, slots=True)
class Row:
    """A measure with its latest figure of record for the whole, and its recent course."""

    measure: Measure
    answering: str
    grain: str
    standing: Standing
    course: Svg | str


@dataclass(frozen=True, slots=True)
class Dictionary:
    rows: list[Row]
    page: Page[Measure]
    filtered: bool
    unguarded: int
    """How many measures have a target without a guard; told of the whole dictionary, not of a search."""


@dataclass(slots=True)
class _Reported:
    """What is on record of a measure for the whole: its approved versions, its last figure, recent ones by period."""

    versions: list[Definition]
    series: int | None = None
    last: Observation | None = None
    held: dict[int, float] = field(default_factory=dict)


class _Reporting(NamedTuple):
    """A series of a measure for the whole, with its source and the observation behind its last figure."""

    series: int
    source: int
    figure: int | None


def dictionary(form: DictionaryForm, address: QueryDict) -> Dictionary:
    """The page of the dictionary that an address asks for, in a fixed number of queries."""
    order = ORDERS.get(address.get("sort", ""), ORDERS["code"])
    measures = search(form).select_related("function", "journey")
    page = turn_to(address.get("cursor", ""), measures, order, size=PAGE_SIZE)
    reported = _reported(page.rows)
    filtered = any(form.cleaned_data.values()) if form.is_valid() else True
    rows = [_row(measure, reported[measure.pk]) for measure in page.rows]
    return Dictionary(rows, page, filtered, 0 if filtered else count_unguarded())


def search(form: DictionaryForm) -> QuerySet[Measure]:
    """The measures that the filters leave; all of them where the filters cannot be read."""
    asked = dict(form.cleaned_data) if form.is_valid() else {}
    return found(asked.pop("q", ""), **asked)


def _reported(measures: list[Measure]) -> dict[int, _Reported]:
    """By measure, what is on record. The last figure of a series is found by its key, however long its history."""
    reported: dict[int, _Reported] = defaultdict(lambda: _Reported([]))
    for measure, versions in Definition.objects.filter(measure__in=measures).histories().items():
        reported[measure].versions = versions
    named = SourceOfRecord.objects.filter(measure__in=measures).histories()
    last = Reading.objects.filter(series=OuterRef("pk")).order_by("-period_start")
    reporting = Series.objects.filter(measure__in=measures, segment__key="{}").order_by("pk")
    of_measure: dict[int, list[_Reporting]] = defaultdict(list)
    figure = Subquery(last.values("observation_id")[:1])
    for measure, *told in reporting.values_list("measure", "pk", "source", figure):
        of_measure[measure].append(_Reporting(*told))
    _take_last_figures(reported, of_measure, named)
    _take_courses(reported)
    return reported


def _take_last_figures(
    reported: dict[int, _Reported], of_measure: dict[int, list[_Reporting]], named: dict[int, list[SourceOfRecord]]
) -> None:
    observations = Observation.objects.in_bulk(
        [each.figure for many in of_measure.values() for each in many if each.figure]
    )
    for measure, many in of_measure.items():
        last = {each.source: observations.get(each.figure or 0) for each in many}
        latest = max((figure.period_start for figure in last.values() if figure), default=None)
        if latest is None:
            continue
        source = shown_source(named.get(measure, []), [each.source for each in many], latest)
        shown = next((each for each in many if each.source == source), None)
        if shown and last[shown.source]:
            reported[measure].series, reported[measure].last = shown.series, last[shown.source]


def _take_courses(reported: dict[int, _Reported]) -> None:
    shown = {each.series: each for each in reported.values() if each.series and each.last}
    oldest = min((_drawn_from(each.last) for each in shown.values() if each.last), default=date.max)
    since = oldest.year - max(SeriesChunk.YEARS.values()) + 1
    for chunk in SeriesChunk.objects.filter(series__in=shown, first_year__gte=since):
        shown[chunk.series_id].held.update(zip(chunk.ordinals, chunk.values, strict=True))


def _drawn_from(last: Observation) -> date:
    return last.period_start.replace(year=last.period_start.year - YEARS_DRAWN + 1, month=1, day=1)


def _course(reported: _Reported, last: Observation, grain: Grain) -> list[float | None]:
    """The figures that are drawn, period after period; None where one is missing between two."""
    first = ordinal(_drawn_from(last), grain)
    drawn = [at for at in reported.held if at >= first]
    return [reported.held.get(at) for at in range(min(drawn), max(drawn) + 1)] if drawn else []


def _breaks(reported: _Reported, values: list[float | None], last: Period) -> list[int]:
    """The indices of drawn figures at which a version begins to hold that counts differently."""
    if not any(version.changes_counting for version in reported.versions):
        return []
    periods = [last.shift(at + 1 - len(values)) for at in range(len(values))]
    return breaks([Point(each, read_by(reported.versions, each.start)) for each in periods])


def _row(measure: Measure, reported: _Reported) -> Row:
    who = answering(measure)
    if not reported.versions:
        return Row(measure, who, "", Standing(words="not defined yet"), "")
    latest = reported.versions[-1]
    if reported.last is None:
        return Row(measure, who, latest.grain, Standing(), "")
    definition = read_by(reported.versions, reported.last.period_start)
    period = Period.containing(reported.last.period_start, Grain(definition.grain))
    values = _course(reported, reported.last, period.grain)
    target = None if definition.target is None else float(definition.target)
    broken = _breaks(reported, values, period)
    title = f"Recent course of {measure.name}"
    drawn = draw_sparkline(title, values, target, broken=broken) if len(values) > 1 else ""
    return Row(measure, who, latest.grain, judge(Point(period, definition, value=reported.last.value)), drawn)
