"""The course of a measure: its figures period by period, each from the source of record of that period."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Max

from metrics.dictionary.holding import read_by, shown_source
from metrics.figures.history import History, Packed, history_of, packed
from metrics.models import Definition, Observation, Reading, Rebasing, Segment, Series, Source, SourceOfRecord
from truthgov.periods import Grain, Period

SHOWN = {Grain.DAY: 92, Grain.WEEK: 78, Grain.MONTH: 36, Grain.QUARTER: 20}
"""How many periods, up to the latest one that has a figure, a course shows; its history has them all."""


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of one period from one source, or its absence; `observation` is its row in the ledger."""

    period: Period
    definition: Definition
    source: Source | None = None
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    observation: int | None = None
    restated: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A measure in a segment over consecutive periods; `definition` is the version that holds for the last one.

    `of_source` holds each source's own points over the same periods, that of record first, so that a disagreement is
    shown as one. `rebasings` say from which periods on the natural limits are set anew, in order.
    """

    segment: Segment
    definition: Definition
    points: tuple[Point, ...] = ()
    of_source: dict[Source, tuple[Point, ...]] = field(default_factory=dict)
    rebasings: tuple[Rebasing, ...] = ()
    history: History = field(default_factory=History)

    @property
    def periods(self) -> list[Period]:
        """Those shown."""
        return [point.period for point in self.points]

    @property
    def latest(self) -> Point | None:
        """The last period that has a figure of record."""
        return next((point for point in reversed(self.points) if point.value is not None), None)

    def at(self, start: date) -> Point | None:
        """The point of the period that begins on a day, if it is shown."""
        return next((point for point in self.points if point.period.start == start), None)

    def over(self, periods: Iterable[Period]) -> list[Point]:
        """Its points over some periods, without a figure where it has none to show."""
        held = {point.period: point for point in self.points}
        return [held.get(period) or Point(period, self.definition) for period in periods]


def breaks(points: Sequence[Point]) -> list[int]:
    """The indices at which a version begins to hold that counts differently."""
    held = [point.definition for point in points]
    return [at for at in range(1, len(held)) if held[at].changes_counting and held[at].version != held[at - 1].version]


@dataclass(frozen=True, slots=True)
class _Records:
    """What stands behind the courses that are asked for."""

    definitions: dict[int, list[Definition]]
    sources_of_record: dict[int, list[SourceOfRecord]]
    series: dict[tuple[int, int], list[Series]]
    readings: dict[int, dict[date, Reading]]
    restated: frozenset[tuple[int, date]]
    rebasings: dict[tuple[int, int], list[Rebasing]]
    packed: dict[int, Packed]


def courses(asked: Sequence[tuple[int, Segment]]) -> list[Course | None]:
    """The course of each measure (by id) in a segment; None where the measure has no approved definition.

    Eight queries, however many are asked for; one where nothing of it is defined.
    """
    measures, segments = {measure for measure, _ in asked}, {segment.pk for _, segment in asked}
    definitions = Definition.objects.filter(measure__in=measures).select_related("measure").histories() if asked else {}
    if not definitions:
        return [None] * len(asked)
    records = _read(measures, segments, definitions)
    return [_course(measure, segment, records) for measure, segment in asked]


def _read(measures: set[int], segments: set[int], definitions: dict[int, list[Definition]]) -> _Records:
    series = list(
        Series.objects.filter(measure__in=measures, segment__in=segments).select_related("source").order_by("pk")
    )
    keys = [each.pk for each in series]
    restated = Observation.objects.filter(series__in=keys, restates__isnull=False)
    given_anew = frozenset(restated.values_list("series_id", "period_start")) if keys else frozenset()
    named = SourceOfRecord.objects.filter(measure__in=measures).histories()
    records = _Records(
        definitions, named, defaultdict(list), defaultdict(dict),
        given_anew, defaultdict(list), packed(keys) if keys else {},
    )  # fmt: skip
    anew = Rebasing.objects.approved().filter(measure__in=measures, segment__in=segments)
    for rebasing in anew.select_related("proposed_by", "approved_by"):
        records.rebasings[rebasing.measure_id, rebasing.segment_id].append(rebasing)
    for each in series:
        records.series[each.measure_id, each.segment_id].append(each)
    grains = {Grain(versions[-1].grain) for versions in definitions.values()}
    for reading in _shown_readings(keys, grains):
        records.readings[reading.series_id][reading.period_start] = reading
    return records


def _shown_readings(keys: list[int], grains: set[Grain]) -> Iterable[Reading]:
    if not keys:
        return []
    of_series = Reading.objects.filter(series__in=keys)
    latest = of_series.aggregate(latest=Max("period_start"))["latest"]
    if latest is None or not grains:
        return []
    since = min(Period.containing(latest, grain).shift(1 - SHOWN[grain]).start for grain in grains)
    return of_series.filter(period_start__gte=since)


def _course(measure: int, segment: Segment, records: _Records) -> Course | None:
    versions = records.definitions.get(measure)
    if not versions:
        return None
    series = records.series[measure, segment.pk]
    periods = _periods([start for each in series for start in records.readings[each.pk]], versions)
    if not periods:
        return Course(segment, versions[-1])
    in_force = [read_by(versions, period.start) for period in periods]
    of_source = {
        each.source: tuple(
            _point(each, period, definition, records) for period, definition in zip(periods, in_force, strict=True)
        )
        for each in series
    }
    shown = tuple(
        _of_record(measure, at, period, in_force[at], of_source, records) for at, period in enumerate(periods)
    )
    first = next((point.source for point in reversed(shown) if point.source), None)
    ordered = dict(sorted(of_source.items(), key=lambda item: (item[0] != first, item[0].name)))
    held = {each.source_id: records.packed[each.pk] for each in series}
    numbers = range(periods[0].ordinal, periods[-1].ordinal + 1)
    history = history_of(numbers, periods[0].grain, held, versions, records.sources_of_record.get(measure, []))
    return Course(segment, in_force[-1], shown, ordered, tuple(records.rebasings[measure, segment.pk]), history)


def _periods(starts: list[date], versions: list[Definition]) -> list[Period]:
    """All periods from the first figure to the last one: a missing one is among them."""
    if not starts:
        return []
    grain = Grain(versions[-1].grain)
    last = Period.containing(max(starts), grain)
    first = max(Period.containing(min(starts), grain).ordinal, last.ordinal + 1 - SHOWN[grain])
    return [Period.from_ordinal(number, grain) for number in range(first, last.ordinal + 1)]


def _of_record(
    measure: int,
    at: int,
    period: Period,
    definition: Definition,
    of_source: dict[Source, tuple[Point, ...]],
    records: _Records,
) -> Point:
    of_number = {source.pk: points for source, points in of_source.items()}
    source = shown_source(records.sources_of_record.get(measure, []), list(of_number), period.start)
    return of_number[source][at] if source else Point(period, definition)


def _point(series: Series, period: Period, definition: Definition, records: _Records) -> Point:
    reading = records.readings[series.pk].get(period.start)
    if reading is None:
        return Point(period, definition, series.source)
    return Point(
        period, definition, series.source, reading.value, reading.numerator, reading.denominator,
        reading.observation_id, (series.pk, period.start) in records.restated, tuple(reading.notices or ()),
    )  # fmt: skip
