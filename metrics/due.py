"""Which figures are due: of each function and journey, for the last complete period, beside what is on record."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from metrics.holding import holding
from metrics.models import Definition, Measure, Reading, Segment, Source, SourceOfRecord
from truthgov import clock
from truthgov.models import Appointment, Person, Role, Scope
from truthgov.periods import Grain, Period

SUPPLIERS = (Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)


@dataclass(frozen=True)
class Cell:
    """A figure that is due, with what is on record; without a source where none ever delivered it."""

    measure: Measure
    definition: Definition
    segment: Segment
    source: Source | None
    reading: Reading | None

    @property
    def key(self) -> str:
        return f"{self.measure.pk}-{self.segment.pk}"


@dataclass(frozen=True)
class Sheet:
    """What one function or journey owes for one period."""

    scope: Scope
    period: Period
    cells: list[Cell] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return sum(cell.reading is None for cell in self.cells)

    @property
    def due_on(self) -> date:
        """The last day on which the first of its figures is still as fresh as its definition promises."""
        return self.period.end + timedelta(days=min(cell.definition.freshness_days for cell in self.cells))


def owed_by(person: Person) -> list[Sheet]:
    """The sheets of every function and journey that somebody delivers for; the same number of queries for any."""
    held = Appointment.objects.exercised_by(person, on=clock.today()).filter(role__in=SUPPLIERS)
    scopes = Scope.objects.filter(pk__in=held.values("scope")).order_by("kind", "name")
    today = clock.today()
    return _sheets(list(scopes), {grain: Period.containing(today, grain).shift(-1) for grain in Grain})


def sheet(scope: Scope, code: str) -> Sheet | None:
    """The sheet of a scope for the period with this code (`2026-10`), begun or over; None where there is none."""
    periods = {grain: period for grain in Grain if (period := _parsed(code, grain))}
    sheets = _sheets([scope], periods)
    return sheets[0] if sheets and sheets[0].period.start <= clock.today() else None


def _sheets(scopes: list[Scope], periods: dict[Grain, Period]) -> list[Sheet]:
    definitions = _definitions(scopes, periods)
    measures = [definition.measure for definition in definitions]
    readings = _readings(measures, periods.values())
    sources = _sources_of_record(definitions, periods)
    whole = Segment.objects.filter(key="{}").first()
    sheets: dict[tuple[int, Grain], Sheet] = {}
    by_scope = {scope.pk: scope for scope in scopes}
    for definition in definitions:
        grain, supplier = Grain(definition.grain), by_scope[_supplier(definition.measure)]
        owed = sheets.setdefault((supplier.pk, grain), Sheet(supplier, periods[grain]))
        found = readings.get(definition.measure_id, [])
        owed.cells.extend(_cells(definition, owed.period, found, sources.get(definition.measure_id), whole))
    return sorted((each for each in sheets.values() if each.cells), key=lambda each: (each.scope.name, each.period))


def _definitions(scopes: Iterable[Scope], periods: dict[Grain, Period]) -> list[Definition]:
    """Of each measure that these scopes supply, the version that holds for its grain's period."""
    supplied = Q(measure__function__scope__in=scopes) | Q(measure__function=None, measure__journey__scope__in=scopes)
    versions = Definition.objects.filter(supplied).select_related("measure__function", "measure__journey")
    owed = []
    for decided in versions.histories().values():
        period = periods.get(Grain(decided[-1].grain))
        held = holding(decided, period.start) if period else None
        if held and not held.retires:
            owed.append(held)
    return sorted(owed, key=lambda definition: definition.measure.code)


def _readings(measures: list[Measure], periods: Iterable[Period]) -> dict[int, list[Reading]]:
    """Of these periods and the ones before, by measure: what was reported then is expected again."""
    starts = {start for period in periods for start in (period.start, period.shift(-1).start)}
    found = Reading.objects.filter(period_start__in=starts, series__measure__in=measures)
    by_measure = defaultdict(list)
    for reading in found.select_related("series__segment", "series__source").order_by("series__segment__key"):
        by_measure[reading.series.measure_id].append(reading)
    return by_measure


def _sources_of_record(definitions: list[Definition], periods: dict[Grain, Period]) -> dict[int, Source]:
    measures = {definition.measure_id: Grain(definition.grain) for definition in definitions}
    named = SourceOfRecord.objects.filter(measure__in=measures).select_related("source").histories()
    held = {measure: holding(rows, periods[measures[measure]].start) for measure, rows in named.items()}
    return {measure: row.source for measure, row in held.items() if row}


def _cells(
    definition: Definition, period: Period, found: list[Reading], of_record: Source | None, whole: Segment | None
) -> list[Cell]:
    source = of_record or next((reading.series.source for reading in found), None)
    own = [reading for reading in found if source and reading.series.source_id == source.pk]
    segments = {reading.series.segment_id: reading.series.segment for reading in own}
    if not segments and whole:
        segments = {whole.pk: whole}
    current = {reading.series.segment_id: reading for reading in own if reading.period_start == period.start}
    whole_first = sorted(segments.values(), key=lambda segment: (len(segment.values), segment.key))
    return [Cell(definition.measure, definition, each, source, current.get(each.pk)) for each in whole_first]


def _supplier(measure: Measure) -> int:
    """The scope that supplies a measure's figures: its function, else its journey."""
    if measure.function:
        return measure.function.scope_id
    return measure.journey.scope_id if measure.journey else 0


def _parsed(code: str, grain: Grain) -> Period | None:
    try:
        return Period.parse(code, grain)
    except ValueError:
        return None
