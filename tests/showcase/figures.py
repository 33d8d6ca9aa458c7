"""Two years of monthly figures, for the whole and by hotel, as `ingest` would leave them."""

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import nan

from config.demo.moved import Figure, figures
from metrics.models import Definition, Measure, Observation, Reading, Segment, Series, SeriesChunk, Submission
from tests.factories.metrics import dimension
from tests.showcase.hotel import Hotel, name_source_of_record, source
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.models import Person
from truthgov.periods import Grain, Period

TODAY = date(2026, 11, 22)
RECORD = "Property management system"
FIGURES = ("value", "numerator", "denominator")


def report_figures(hotel: Hotel) -> None:
    """Deliver the monthly totals and the figures by hotel, and restate one of them a month later."""
    rows = [figure for figure in figures(TODAY) if _chosen(figure)]
    dimension("hotel", "City Hotel", "Resort Hotel")
    for name in sorted({figure.row["source"] for figure in rows}):
        source(hotel, name)
    name_source_of_record(hotel, RECORD)
    lead = hotel.leads["Reservations"]
    submission = submit(lead, accepted=len(rows))
    definitions = dict(Definition.objects.live().values_list("measure__code", "pk"))
    series = _series(hotel, rows)
    stored = [_observation(figure, series, definitions, submission) for figure in rows]
    Observation.objects.bulk_create(stored)
    Reading.objects.bulk_create([reading(observation) for observation in stored])
    SeriesChunk.objects.bulk_create(_chunks(stored))
    restate(hotel, "HT.JRN.CANCEL", date(2026, 6, 1), Decimal("0.431000"), "late cancellations of a group contract")


def submit(person: Person, *, accepted: int = 0, restated: int = 0, reason: str = "") -> Submission:
    """An accepted delivery by form, with its audit entry."""
    with audit.act() as act:
        submission = Submission(
            channel=Submission.Channel.FORM, person=person, received_at=clock.now(), accepted=accepted,
            restated=restated, unchanged=0, refused=0, reason=reason, digest="3f" * 32,
        )  # fmt: skip
        audit.record("submission.accepted", submission, by=Actor(person=person))
        entry = act.chain()[0]
        submission.entry, submission.entry_hash = entry.number, entry.hash
        submission.save(force_insert=True)
    return submission


def restate(hotel: Hotel, code: str, period_start: date, value: Decimal, reason: str) -> Observation:
    """A later observation of the whole's figure of record; the earlier one stays."""
    submission = submit(hotel.leads["Reservations"], restated=1, reason=reason)
    series = Series.objects.get(measure=hotel.measures[code], segment__key="{}", source__name=RECORD)
    earlier = Reading.objects.get(series=series, period_start=period_start)
    later = Observation.objects.create(
        series=series, period_start=period_start, value=value, denominator=earlier.denominator,
        numerator=None if earlier.denominator is None else round(value * earlier.denominator),
        definition_id=earlier.definition_id, submission=submission, restates=earlier.observation_id, reason=reason,
        notices=["material_restatement"] if abs(value - earlier.value) > abs(earlier.value) / 50 else None,
    )  # fmt: skip
    Reading.objects.filter(series=series, period_start=period_start).update(
        value=later.value, numerator=later.numerator, observation_id=later.pk
    )
    return later


def reading(observation: Observation) -> Reading:
    return Reading(
        series_id=observation.series_id, period_start=observation.period_start, value=observation.value,
        numerator=observation.numerator, denominator=observation.denominator, observation_id=observation.pk,
        definition_id=observation.definition_id,
    )  # fmt: skip


def _chosen(figure: Figure) -> bool:
    return not figure.row["measure_code"].endswith("_W") and set(json.loads(figure.row["segment_json"])) <= {"hotel"}


def _series(hotel: Hotel, rows: list[Figure]) -> dict[tuple[str, str, str], Series]:
    segments: dict[str, Segment] = {}
    found: dict[tuple[str, str, str], Series] = {}
    for key in sorted({_series_key(figure) for figure in rows}):
        code, segment_json, name = key
        values = json.loads(segment_json)
        canonical = json.dumps(values, sort_keys=True, separators=(",", ":"))
        if canonical not in segments:
            segments[canonical], _ = Segment.objects.get_or_create(key=canonical, defaults={"values": values})
        found[key] = Series.objects.create(
            measure=hotel.measures[code], segment=segments[canonical], source=hotel.sources[name]
        )
    return found


def _series_key(figure: Figure) -> tuple[str, str, str]:
    return figure.row["measure_code"], figure.row["segment_json"], figure.row["source"]


def _observation(
    figure: Figure, series: dict[tuple[str, str, str], Series], definitions: dict[str, int], submission: Submission
) -> Observation:
    given = {name: Decimal(figure.row[name]) if figure.row[name] else None for name in FIGURES}
    return Observation(
        series=series[_series_key(figure)],
        period_start=date.fromisoformat(figure.row["period_start"]),
        definition_id=definitions[figure.row["measure_code"]],
        submission=submission,
        **given,
    )


def _chunks(stored: list[Observation]) -> list[SeriesChunk]:
    by_years: dict[tuple[int, int], list[Observation]] = defaultdict(list)
    for observation in sorted(stored, key=lambda observation: observation.period_start):
        first_year = SeriesChunk.first_year_of(observation.period_start.year, Grain.MONTH)
        by_years[observation.series_id, first_year].append(observation)
    return [
        SeriesChunk(
            series_id=series_id, first_year=first_year,
            ordinals=[Period.containing(each.period_start, Grain.MONTH).ordinal for each in chunk],
            values=[float(each.value) for each in chunk],
            numerators=[nan if each.numerator is None else float(each.numerator) for each in chunk],
            denominators=[nan if each.denominator is None else float(each.denominator) for each in chunk],
        )
        for (series_id, first_year), chunk in by_years.items()
    ]  # fmt: skip


def instant(day: date, hours: int = 9) -> datetime:
    """An aware moment on a day of the showcase."""
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.now().tzinfo) + timedelta(hours=hours)


def definition_of(measure: Measure) -> Definition:
    return measure.definitions.get(version=1)
