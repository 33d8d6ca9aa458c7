"""Which figures are due: of each function and journey, for the last complete periods, beside what is on record.

What was reported in one of the periods looked back through is expected again, also where it was left out or not
available since; a measure that never reported owes its whole for the last period.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min, QuerySet

from metrics.dictionary.holding import holding
from metrics.handing_in.sheet_counts import LOOKED_BACK, SheetCount, sheet_counts, supplied_versions, supplier_of
from metrics.handing_in.sheets import Cell, Sheet
from metrics.models import Absence, Attestation, Definition, Reading, Segment, Series, Source, SourceOfRecord
from metrics.trust.rows import MISSED_FROM
from truthgov import clock
from truthgov.models import Appointment, Person, Role, Scope
from truthgov.periods import Grain, Period

SUPPLIERS = (Role.FUNCTION_LEAD, Role.JOURNEY_OWNER, Role.PREPARER)


def owed_by(person: Person) -> list[SheetCount]:
    """How the last sheet of every function and journey that somebody delivers for, and earlier ones that lack figures
    or somebody who stands behind them.

    The same number of queries for any.
    """
    held = Appointment.objects.exercised_by(person, on=clock.today()).filter(role__in=SUPPLIERS)
    return owed_of(Scope.objects.filter(pk__in=held.values("scope")))


def owed_by_all() -> list[SheetCount]:
    """The same of every function and journey there is."""
    return owed_of(Scope.objects.filter(kind__in=[Scope.Kind.FUNCTION, Scope.Kind.JOURNEY]))


def sheet(scope: Scope, code: str) -> Sheet | None:
    """The sheet of a scope for the period with this code (`2026-10`), begun or over; None where there is none."""
    return sheets([scope], code).get(scope.pk)


def sheets(scopes: list[Scope], code: str) -> dict[int, Sheet]:
    """The same of several, by scope, with the queries of one."""
    periods = {grain: [period] for grain in Grain if (period := _parsed(code, grain))}
    today = clock.today()
    return {each.scope.pk: each for each in _sheets(scopes, periods, today) if each.period.start <= today}


def owed_of(scopes: QuerySet[Scope]) -> list[SheetCount]:
    """The same of some of them."""
    today = clock.today()
    current = {grain: Period.containing(today, grain) for grain in Grain}
    periods = {grain: [current[grain].shift(-back) for back in range(LOOKED_BACK[grain], 0, -1)] for grain in Grain}
    found, begun = sheet_counts(list(scopes), periods), _attested_since(scopes)
    return [
        each for each in found
        if each.missing or _is_to_be_attested(each, periods[each.period.grain], begun.get(each.scope.pk, today))
    ]  # fmt: skip


def _attested_since(scopes: QuerySet[Scope]) -> dict[int, date]:
    """Of each scope, the first day that somebody has ever stood behind figures of."""
    attested = Attestation.objects.filter(scope__in=scopes).order_by().values("scope")
    return dict(attested.annotate(first=Min("period_start")).values_list("scope", "first"))


def _is_to_be_attested(sheet: SheetCount, periods: list[Period], begun: date) -> bool:
    """Of the last period, whether or not somebody did; of earlier ones as long as nobody has, since they are not
    trusted until then. Of the time before anybody did, which came as a history, of the one before the last alone."""
    before, last = periods[-2:]
    is_asked = sheet.period == before or sheet.period.start >= begun
    return sheet.period == last or (is_asked and sheet.unattested > 0)


@dataclass(frozen=True)
class _Records:
    """What is on record around the periods asked for, by measure."""

    readings: dict[int, list[Reading]]
    named: dict[int, list[SourceOfRecord]]
    absences: dict[tuple[int, date], dict[int, Absence]]
    whole: Segment | None
    today: date
    attested: set[int]
    attested_absences: set[int]


def _sheets(scopes: list[Scope], periods: dict[Grain, list[Period]], today: date) -> list[Sheet]:
    versions = supplied_versions(scopes, periods)
    records = _read(list(versions), periods, today)
    by_scope = {scope.pk: scope for scope in scopes}
    sheets: dict[tuple[int, Period], Sheet] = {}
    for measure, definitions in versions.items():
        grain = Grain(definitions[0].grain)
        supplier = by_scope[supplier_of(definitions[0].measure)]
        for period in periods[grain]:
            definition = holding(definitions, period.start)
            if definition and definition.is_handed_in:
                owed = sheets.setdefault((supplier.pk, period), Sheet(supplier, period))
                owed.cells.extend(_cells(definition, period, measure, records))
    return sorted((each for each in sheets.values() if each.cells), key=lambda each: (each.scope.name, each.period))


def _read(measures: list[int], periods: dict[Grain, list[Period]], today: date) -> _Records:
    """Readings of these periods and as far back as is looked for, with what else is said of their cells."""
    asked = [period for some in periods.values() for period in some]
    starts = {period.shift(-back).start for period in asked for back in range(LOOKED_BACK[period.grain] + 1)}
    readings: dict[int, list[Reading]] = defaultdict(list)
    absences: dict[tuple[int, date], dict[int, Absence]] = defaultdict(dict)
    # By their numbers, so that each figure is one probe of the primary key, however large the readings have grown.
    series = list(Series.objects.filter(measure__in=measures).values_list("pk", flat=True))
    found = Reading.objects.filter(period_start__in=starts, series__in=series)
    for reading in found.select_related("series__segment", "series__source"):
        readings[reading.series.measure_id].append(reading)
    named = SourceOfRecord.objects.filter(measure__in=measures).select_related("source").histories()
    said = Absence.objects.filter(measure__in=measures, period_start__in={period.start for period in asked})
    for absence in said.select_related("segment").order_by("pk"):
        absences[absence.measure_id, absence.period_start][absence.segment_id] = absence
    whole = Segment.objects.filter(key="{}").first()
    return _Records(readings, named, absences, whole, today, *_attested({period.start for period in asked}))


def _attested(starts: set[date]) -> tuple[set[int], set[int]]:
    """Which observations and absences of the periods that begin on these days somebody stands behind."""
    rows = list(Attestation.objects.filter(period_start__in=starts).values_list("observations", "absences"))
    return {pk for row in rows for pk in row[0]}, {pk for row in rows for pk in row[1]}


def _cells(definition: Definition, period: Period, measure: int, records: _Records) -> list[Cell]:
    found = records.readings.get(measure, [])
    source = _source(records.named.get(measure, []), found, period)
    own = [each for each in found if source and each.series.source_id == source.pk]
    current = {each.series.segment_id: each for each in own if each.period_start == period.start}
    last = {each.series.segment_id: each for each in own if each.period_start == period.shift(-1).start}
    absent = records.absences.get((measure, period.start), {})
    before = _last_told(own, period)
    small = _too_small(before)
    segments = {each.series.segment_id: each.series.segment for each in [*before.values(), *current.values()]} | {
        pk: absence.segment for pk, absence in absent.items()
    }
    if not segments and records.whole:
        segments = {records.whole.pk: records.whole}
        small = set() if _is_last(period, records.today) else {records.whole.pk}
    return [
        _cell(definition, segments[pk], source, current.get(pk), last.get(pk), absent.get(pk), records, pk not in small)
        for pk in sorted(segments, key=lambda pk: (len(segments[pk].values), segments[pk].key))
    ]


def _is_last(period: Period, today: date) -> bool:
    """Is it the last complete period, or has it only begun? What never reported may be added to an earlier one."""
    return period.shift(1).end > today


def _cell(
    definition: Definition, segment: Segment, source: Source | None, reading: Reading | None, last: Reading | None,
    absence: Absence | None, records: _Records, is_owed: bool,
) -> Cell:  # fmt: skip
    absence = None if reading else absence
    attested = reading is not None and reading.observation_id in records.attested
    said = absence is not None and absence.pk in records.attested_absences
    return Cell(definition.measure, definition, segment, source, reading, last, absence, attested or said, is_owed)


def _last_told(own: list[Reading], period: Period) -> dict[int, Reading]:
    """By segment, its last reading of the periods that are looked back through."""
    first = period.shift(-LOOKED_BACK[period.grain]).start
    told = [each for each in own if first <= each.period_start < period.start]
    return {each.series.segment_id: each for each in sorted(told, key=lambda each: each.period_start)}


def _too_small(told: dict[int, Reading]) -> set[int]:
    """The segments that are so small a part of the whole that nothing may be left of them: as trust has it."""
    whole = next((each for each in told.values() if not each.series.segment.values), None)
    least = MISSED_FROM * _size(whole) if whole else Decimal(0)
    return {segment for segment, each in told.items() if _size(each) < least}


def _size(reading: Reading) -> Decimal:
    return abs(reading.value) if reading.denominator is None else reading.denominator


def _source(named: list[SourceOfRecord], found: list[Reading], period: Period) -> Source | None:
    """The source of record for the period; where none was named, the one that reports."""
    if of_record := holding(named, period.start):
        return of_record.source
    return min((each.series for each in found), key=lambda series: series.pk).source if found else None


def _parsed(code: str, grain: Grain) -> Period | None:
    try:
        return Period.parse(code, grain)
    except ValueError:
        return None
