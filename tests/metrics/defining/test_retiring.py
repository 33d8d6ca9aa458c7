"""The end of a measure, by a version like any other; and of what leans on it."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.dictionary.defining import approve_definition, propose_retirement
from metrics.dictionary.guarding import guards_of
from metrics.handing_in.due import owed_by
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Definition, RequiredOutcome, TargetCondition, TouchedSet
from tests.factories.metrics import (
    LONG_AGO,
    DefinitionFactory,
    LinkFactory,
    MeasureFactory,
    SegmentFactory,
    SeriesFactory,
    SourceFactory,
)
from tests.metrics.defining.conftest import this_month
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.periods import Period


@pytest.fixture
def retired(wins, lead, owner) -> Definition:
    """Share won ends with last month."""
    version = propose_retirement(wins, starts_on=this_month().start, reason="Nobody sells any more.", by=lead)
    approve_definition(version, by=owner)
    return version


def push(wins, period: Period, lead: Actor) -> list:
    rows = Rows.of([{"measure": wins.code, "period": period.code, "value": "0.5"}])
    return ingest(rows, Delivery("form", source="crm", function_id=wins.function_id, lenient=True), by=lead).refusals


def test_of_a_retired_measure_no_later_figures_are_taken(wins, lead, retired):
    SourceFactory(code="crm")
    assert push(wins, this_month().shift(-1), lead) == []
    [refused] = push(wins, this_month(), lead)
    assert (refused.code, "Nobody sells any more." in refused.message) == ("retired_measure", True)


def test_a_retired_measure_is_due_no_more(wins, lead, owner):
    SegmentFactory()
    owed = {gap.measure for sheet in owed_by(lead.person) for gap in sheet.gaps}
    last_month = this_month().shift(-1).start
    with clock.at(clock.midnight(last_month)):
        version = propose_retirement(wins, starts_on=last_month, reason="Nobody sells.", by=lead)
        approve_definition(version, by=owner)
    assert (owed, owed_by(lead.person)) == ({wins}, [])


def test_retiring_needs_another_person_and_touches_its_series(wins, lead, owner):
    series = SeriesFactory(measure=wins)
    version = propose_retirement(wins, starts_on=this_month().start, reason="Nobody sells.", by=lead)
    with pytest.raises(Refusal):
        approve_definition(version, by=lead)
    approve_definition(version, by=owner)
    assert TouchedSet.objects.get().series == [series.pk]
    with pytest.raises(Refusal, match="already"):
        propose_retirement(wins, starts_on=this_month().shift(1).start, reason="Again.", by=lead)


def test_a_later_version_takes_a_retired_measure_up_again(retired, propose, owner):
    version = propose({})
    approve_definition(version, by=owner)
    assert not version.retires


def test_what_a_journey_demands_is_not_retired(journey, journey_owner, owner):
    stays = MeasureFactory(code="STAYS", kind="journey_outcome", journey=journey, function=None)
    DefinitionFactory(measure=stays)
    condition = TargetCondition.objects.create(
        journey=journey, version=1, starts_on=date(2020, 1, 1), proposed_by=journey_owner, approved_by=owner.person,
        set_at=LONG_AGO,
    )  # fmt: skip
    RequiredOutcome.objects.create(condition=condition, measure=stays)
    with pytest.raises(Refusal, match="demands"):
        propose_retirement(stays, starts_on=this_month().start, reason="No.", by=Actor(person=journey_owner))


def test_what_alone_guards_a_target_is_not_retired(wins, propose, lead, owner):
    quality = MeasureFactory(code="QUALITY", kind="counter_measure", guards=wins, function=wins.function)
    DefinitionFactory(measure=quality)
    approve_definition(propose({"target": Decimal("0.9")}), by=owner)
    with pytest.raises(Refusal, match="Nothing else guards the target of Share won"):
        propose_retirement(quality, starts_on=this_month().start, reason="Nobody asks.", by=lead)
    LinkFactory(kind="gaming", from_measure=wins, to_measure=MeasureFactory(code="REOPENED"))
    version = propose_retirement(quality, starts_on=this_month().start, reason="Nobody asks.", by=lead)
    approve_definition(version, by=owner)
    assert list(guards_of(wins).values_list("code", flat=True)) == ["REOPENED"]


def test_a_target_whose_guard_ended_while_it_waited_is_not_approved(wins, propose, lead, owner):
    quality = MeasureFactory(code="QUALITY", kind="counter_measure", guards=wins, function=wins.function)
    DefinitionFactory(measure=quality)
    waiting = propose({"target": Decimal("0.9")})
    end = propose_retirement(quality, starts_on=this_month().start, reason="Nobody asks.", by=lead)
    approve_definition(end, by=owner)
    with pytest.raises(InvalidInput, match="invites gaming"):
        approve_definition(waiting, by=owner)


def test_a_retired_guard_guards_nothing(wins, propose, lead, owner):
    quality = MeasureFactory(code="QUALITY", kind="counter_measure", guards=wins, function=wins.function)
    DefinitionFactory(measure=quality)
    version = propose_retirement(quality, starts_on=this_month().start, reason="Nobody asks.", by=lead)
    approve_definition(version, by=owner)
    with pytest.raises(InvalidInput, match="invites gaming"):
        propose({"target": Decimal("0.9")})
