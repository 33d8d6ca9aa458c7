"""The dictionary the tests are about: measures with an approved definition, sources, segments, links."""

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from journeys.models import Journey
from metrics.models import (
    FRESHNESS_DAYS,
    Definition,
    Dimension,
    DimensionValue,
    Link,
    Measure,
    Segment,
    Series,
    Source,
    SourceOfRecord,
)
from tests.factories.people import FunctionFactory, confirmer, proposer
from truthgov.models import Scope
from truthgov.periods import Grain

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


class JourneyFactory(DjangoModelFactory):
    class Meta:
        model = Journey
        django_get_or_create = ("code",)

    name = factory.Sequence(lambda number: f"Journey {number}")
    code = factory.LazyAttribute(lambda journey: journey.name.lower().replace(" ", "-"))
    scope = factory.LazyAttribute(
        lambda journey: Scope.objects.get_or_create(kind=Scope.Kind.JOURNEY, name=journey.name)[0]
    )


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"source-{number}")
    name = factory.LazyAttribute(lambda source: source.code.upper())


class MeasureFactory(DjangoModelFactory):
    """A functional KPI without a definition; `measure()` gives one that figures can come in for."""

    class Meta:
        model = Measure
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"M.{number}")
    name = factory.LazyAttribute(lambda measure: f"Measure {measure.code}")
    kind = Measure.Kind.FUNCTIONAL_KPI
    function = factory.SubFactory(FunctionFactory, name="Sales")


class OutcomeFactory(MeasureFactory):
    """A journey outcome without a definition."""

    kind = Measure.Kind.JOURNEY_OUTCOME
    function = None
    journey = factory.SubFactory(JourneyFactory, name="Book to stay")


class DefinitionFactory(DjangoModelFactory):
    """An approved definition that holds since ever: a monthly fraction, higher is better."""

    class Meta:
        model = Definition

    measure = factory.SubFactory(MeasureFactory)
    version = 1
    wording = "Won opportunities over all that closed."
    unit = Definition.Unit.FRACTION
    direction = Definition.Direction.HIGHER
    grain = Grain.MONTH.value
    decimals = factory.LazyAttribute(lambda definition: 4 if definition.unit == Definition.Unit.FRACTION else 2)
    freshness_days = factory.LazyAttribute(lambda definition: FRESHNESS_DAYS[Grain(definition.grain)])
    status = Definition.Status.APPROVED
    proposed_by = factory.LazyFunction(proposer)
    proposed_at = LONG_AGO
    approved_by = factory.LazyFunction(confirmer)
    approved_at = LONG_AGO


class LinkFactory(DjangoModelFactory):
    class Meta:
        model = Link

    kind = Link.Kind.DIVERGENCE
    from_measure = factory.SubFactory(MeasureFactory)
    to_measure = factory.SubFactory(OutcomeFactory)
    proposed_by = factory.LazyFunction(proposer)
    approved_by = factory.LazyFunction(confirmer)
    declared_at = LONG_AGO


class SourceOfRecordFactory(DjangoModelFactory):
    class Meta:
        model = SourceOfRecord

    measure = factory.SubFactory(MeasureFactory)
    source = factory.SubFactory(SourceFactory)
    proposed_by = factory.LazyFunction(proposer)
    approved_by = factory.LazyFunction(confirmer)
    named_at = LONG_AGO


class SegmentFactory(DjangoModelFactory):
    """`SegmentFactory(key='{"channel":"web"}', values={"channel": "web"})`; the whole by default."""

    class Meta:
        model = Segment
        django_get_or_create = ("key",)

    key = "{}"
    values = factory.LazyFunction(dict)


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series
        django_get_or_create = ("measure", "segment", "source")

    measure = factory.SubFactory(MeasureFactory)
    segment = factory.SubFactory(SegmentFactory)
    source = factory.SubFactory(SourceFactory, code="crm")


def measure(code: str, *, outcome: bool = False, **definition: Any) -> Measure:
    """A measure with an approved definition of these fields; of a journey when an outcome, else of Sales."""
    made = (OutcomeFactory if outcome else MeasureFactory)(code=code)
    DefinitionFactory(measure=made, **definition)
    return made


def dimension(name: str, *values: str) -> Dimension:
    """A declared dimension with its declared values."""
    declared, _ = Dimension.objects.get_or_create(name=name)
    for value in values:
        DimensionValue.objects.get_or_create(dimension=declared, value=value)
    return declared
