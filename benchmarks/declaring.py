"""An organisation's dictionary and people in the database, by bulk inserts: nothing here is measured."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from benchmarks.organisation import Entry, Organisation
from benchmarks.rows import FIRST_SOURCE, SECOND_SOURCE
from journeys.models import Journey
from metrics.ingestion.segments import key_of
from metrics.models import (
    FRESHNESS_DAYS,
    Definition,
    Dimension,
    DimensionValue,
    Link,
    Measure,
    RequiredOutcome,
    Segment,
    Source,
    SourceOfRecord,
    TargetCondition,
)
from truthgov.models import Appointment, Function, Person, Role, Scope
from truthgov.periods import Grain

LONG_AGO, FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC), date(2015, 1, 1)
PROPOSER, APPROVER, READER = "ada@bench.example", "ben@bench.example", "cleo@bench.example"
DECIMALS = {"fraction": 4, "index": 2, "count": 0}
KINDS = {True: Measure.Kind.JOURNEY_OUTCOME, False: Measure.Kind.FUNCTIONAL_KPI}


@dataclass(frozen=True)
class Declared:
    """What a key is made for."""

    functions: list[Function]
    sources: list[Source]


def declare(organisation: Organisation) -> Declared:
    """The dictionary, its links, and the people it takes."""
    with transaction.atomic():
        proposer, approver, _ = declared_people()
        functions = [declare_function(number) for number in range(organisation.size.functions)]
        journeys = [declare_journey(number) for number in range(organisation.size.journeys)]
        measures = Measure.objects.bulk_create(
            Measure(code=entry.code, name=entry.code.replace(".", " "), kind=KINDS[entry.is_outcome],
                    function=None if entry.is_outcome else functions[entry.function], journey=journeys[entry.journey])
            for entry in organisation.entries
        )  # fmt: skip
        by: dict[str, Any] = {"proposed_by": proposer, "approved_by": approver}
        Definition.objects.bulk_create(
            definition_of(measure, entry, **by) for measure, entry in zip(measures, organisation.entries, strict=True)
        )
        _segments(organisation)
        sources = [Source.objects.create(code=code, name=code) for code in (FIRST_SOURCE, SECOND_SOURCE)]
        SourceOfRecord.objects.bulk_create(
            SourceOfRecord(measure=measure, source=sources[0], named_at=LONG_AGO, **by) for measure in measures
        )
        _links(organisation, measures, by)
        _target_conditions(journeys, measures, by)
    return Declared(functions, sources)


def declare_pair(name: str, *, grain: Grain) -> None:
    """A KPI and the outcome it serves, `name.kpi` and `name.outcome`, both indices about 50."""
    journey, other = Journey.objects.earliest("pk"), Link.objects.earliest("pk")
    by = {"proposed_by": other.proposed_by, "approved_by": other.approved_by}
    sides = []
    for is_outcome in (False, True):
        function = None if is_outcome else Function.objects.earliest("pk")
        entry = Entry(f"{name}.{'outcome' if is_outcome else 'kpi'}", "index", True, is_outcome, 0, 0, 50.0)
        side = Measure.objects.create(
            code=entry.code, name=entry.code, kind=KINDS[is_outcome], function=function, journey=journey
        )
        definition_of(side, entry, grain=grain, **by).save(force_insert=True)
        sides.append(side)
    kpi, outcome = sides
    Link.objects.create(kind=Link.Kind.DIVERGENCE, from_measure=kpi, to_measure=outcome, declared_at=LONG_AGO, **by)


def definition_of(measure: Measure, entry: Entry, *, grain: Grain = Grain.MONTH, **by: Person) -> Definition:
    """An approved definition that holds since ever, not yet stored."""
    return Definition(
        measure=measure, version=1, wording="As generated.", unit=entry.unit, grain=grain,
        direction=Definition.Direction.HIGHER if entry.higher_is_better else Definition.Direction.LOWER,
        decimals=DECIMALS[entry.unit], target=entry.bound(0.8), red_threshold=entry.bound(1.6),
        min_effect=entry.spread / 2 if entry.has_target else None,
        reliable_from=30 if entry.unit == "fraction" else None, freshness_days=FRESHNESS_DAYS[grain],
        status=Definition.Status.APPROVED, proposed_at=LONG_AGO, approved_at=LONG_AGO, **by,
    )  # fmt: skip


def declared_people() -> list[Person]:
    """Who proposes, who approves, and an executive who reads."""
    whole = Scope.objects.create(kind=Scope.Kind.ORGANISATION, name="Generated")
    people = [Person.objects.create_user(email, name=email.split("@")[0]) for email in (PROPOSER, APPROVER, READER)]
    Appointment.objects.create(
        person=people[2], role=Role.EXECUTIVE, scope=whole, holds=(FIRST_DAY, None),
        status=Appointment.Status.CONFIRMED, proposed_by=people[0], confirmed_by=people[1], confirmed_at=LONG_AGO,
    )  # fmt: skip
    return people


def declare_function(number: int) -> Function:
    name = f"Function {number}"
    scope = Scope.objects.create(kind=Scope.Kind.FUNCTION, name=name)
    return Function.objects.create(scope=scope, code=f"function-{number}", name=name)


def declare_journey(number: int) -> Journey:
    name = f"Journey {number}"
    scope = Scope.objects.create(kind=Scope.Kind.JOURNEY, name=name)
    return Journey.objects.create(
        scope=scope, code=f"journey-{number}", name=name, customers_per_month=10_000, value_per_customer=100
    )


def _segments(organisation: Organisation) -> None:
    values: dict[str, set[str]] = {}
    for segment in organisation.segments:
        for name, value in segment.items():
            values.setdefault(name, set()).add(value)
    for name, spelled in values.items():
        dimension = Dimension.objects.create(name=name)
        DimensionValue.objects.bulk_create(
            DimensionValue(dimension=dimension, value=value) for value in sorted(spelled)
        )
    Segment.objects.bulk_create(Segment(key=key_of(values), values=values) for values in organisation.segments)


def _links(organisation: Organisation, measures: list[Measure], by: dict[str, Person]) -> None:
    """Rules come of them, and of measures and sources, by themselves."""
    Link.objects.bulk_create(
        Link(kind=link.kind, from_measure=measures[link.source], to_measure=measures[link.target],
             lag_periods=link.lag, declared_at=LONG_AGO, **by)
        for link in organisation.links
    )  # fmt: skip


def _target_conditions(journeys: list[Journey], measures: list[Measure], by: dict[str, Person]) -> None:
    for journey in journeys:
        condition = TargetCondition.objects.create(
            journey=journey, version=1, starts_on=FIRST_DAY, set_at=LONG_AGO, **by
        )
        RequiredOutcome.objects.bulk_create(
            RequiredOutcome(condition=condition, measure=measure)
            for measure in measures
            if measure.is_outcome and measure.journey_id == journey.pk
        )
