"""What the truth owner rules on a case: joined, split, linked, snoozed, put down to a cause; and who may not."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from journeys.models import Journey
from metrics.cases.gathering import join, split_off
from metrics.models import CaseJoining, Contradiction, Measure, RootCause, RootCauseRetirement, Segment, Snooze
from tests.acting import by
from tests.factories.forums import ContradictionFactory
from tests.factories.metrics import MeasureFactory, SegmentFactory
from tests.factories.people import AppointmentFactory
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Function, Person, Role

NOBODY_ELSE = ("sales_lead", "delivery_lead", "journey_owner", "executive", "auditor", "administrator", "outsider")
WHY = "The same bookings are counted in both."


@pytest.fixture
def case(sales: Function, journey: Journey) -> Contradiction:
    """Sales is accused; the owner of the journey answers for the outcome."""
    return ContradictionFactory(measure=MeasureFactory(code="BOOKINGS"))


@pytest.fixture
def same(case: Contradiction) -> Contradiction:
    """Another case of Sales about the same outcome."""
    return ContradictionFactory(measure=MeasureFactory(code="REVENUE"), other_measure=case.other_measure)


@pytest.fixture
def web(case: Contradiction) -> Segment:
    return SegmentFactory(key='{"channel":"web"}', values={"channel": "web"})


@pytest.fixture
def both_sides(truth_owner: Person, sales: Function) -> Person:
    """A truth owner who leads Sales as well."""
    AppointmentFactory(person=truth_owner, role=Role.FUNCTION_LEAD, scope=sales.scope)
    return truth_owner


def in_a_week():
    return clock.today() + timedelta(days=7)


def forged(says: str):
    """What the application role writes past the verbs is refused."""
    return pytest.raises(DatabaseError, match=says)


# --- joined -----------------------------------------------------------------------------------------------------------


def test_a_case_that_is_the_same_is_joined_and_both_say_so(
    case: Contradiction, same: Contradiction, truth_owner: Person
) -> None:
    join(same, case, reason=WHY, by=by(truth_owner))
    connection.check_constraints()
    assert (same.status, case.status) == ("joined", "open")
    assert [event.code for event in (*same.events.all(), *case.events.all())] == ["joined", "gathered"]
    assert CaseJoining.objects.get().reason == WHY
    assert AuditEntry.objects.filter(code="contradiction.joined", subject_id=str(same.pk)).exists()


@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_nobody_else_joins_splits_snoozes_or_names_a_cause(
    case: Contradiction, same: Contradiction, web: Segment, who: str, request: pytest.FixtureRequest
) -> None:
    person = by(request.getfixturevalue(who))
    for act in (
        lambda: join(same, case, reason=WHY, by=person),
        lambda: split_off(case, web, reason=WHY, by=person),
        lambda: case.snooze(until=in_a_week(), reason=WHY, by=person),
        lambda: case.name_cause(RootCause.objects.all()[0], WHY, by=person),
        lambda: RootCause.objects.add("Bad luck", "", by=person),
        lambda: RootCause.objects.all()[0].retire(WHY, by=person),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert set(Contradiction.objects.values_list("status", flat=True)) == {"open"}


def test_a_truth_owner_who_answers_for_a_side_leaves_it_to_a_forum(
    case: Contradiction, same: Contradiction, web: Segment, both_sides: Person
) -> None:
    elsewhere = ContradictionFactory(measure=MeasureFactory(code="LEADS", function__name="Delivery"))
    for act in (
        lambda: join(elsewhere, case, reason=WHY, by=by(both_sides)),
        lambda: split_off(case, web, reason=WHY, by=by(both_sides)),
        lambda: case.snooze(until=in_a_week(), reason=WHY, by=by(both_sides)),
        lambda: case.name_cause(RootCause.objects.all()[0], WHY, by=by(both_sides)),
    ):
        with pytest.raises(Refusal, match="forum has to decide"):
            act()


def test_the_database_takes_none_of_it_from_who_answers_for_a_side(
    case: Contradiction, same: Contradiction, both_sides: Person, delivery_lead: Person
) -> None:
    for person, says in ((both_sides, "answers for a side"), (delivery_lead, "by the truth owner")):
        written = {"reason": WHY, "person": person, "appointment": person.appointments.all()[0], "at": clock.now()}
        with forged(says), transaction.atomic():
            same.joinings.create(contradiction=case, **written)
        with forged(says), transaction.atomic():
            case.snoozes.create(until=in_a_week(), severity="low", **written)
        with forged(says), transaction.atomic():
            case.splits.create(contradiction=same, **written)
        with forged(says), transaction.atomic():
            case.causes.create(cause=RootCause.objects.all()[0], **written)


def test_the_database_knows_who_answers_for_a_counter_measure_of_a_journey(
    truth_owner: Person, journey: Journey
) -> None:
    guard = MeasureFactory(code="RETURNS", kind=Measure.Kind.COUNTER_MEASURE, function=None, journey=journey)
    case = ContradictionFactory(measure=guard, other_measure=MeasureFactory(code="BOOKINGS"))
    written = {"reason": WHY, "person": truth_owner, "appointment": truth_owner.appointments.get(), "at": clock.now()}
    with transaction.atomic():
        case.snoozes.create(until=in_a_week(), severity="low", **written)
        transaction.set_rollback(True)
    AppointmentFactory(person=truth_owner, role=Role.JOURNEY_OWNER, scope=journey.scope)
    with forged("answers for a side"), transaction.atomic():
        case.snoozes.create(until=in_a_week(), severity="low", **written)


def test_the_list_is_not_left_by_a_word_alone(case: Contradiction) -> None:
    with forged("event that says so"), transaction.atomic():
        Contradiction.objects.filter(pk=case.pk).update(status="joined")
        connection.check_constraints()


def test_an_event_that_says_joined_joins_nothing(case: Contradiction) -> None:
    with forged("joined to one that stays"), transaction.atomic():
        Contradiction.objects.filter(pk=case.pk).update(status="joined")
        case.events.create(code="joined", status="joined", actor={}, reason=WHY, at=clock.now())
        connection.check_constraints()


def test_what_is_joined_is_joined_once_to_one_that_stands(
    case: Contradiction, same: Contradiction, truth_owner: Person
) -> None:
    third = ContradictionFactory(measure=MeasureFactory(code="RATE"), other_measure=case.other_measure)
    join(same, case, reason=WHY, by=by(truth_owner))
    with pytest.raises(Refusal, match="which stays"):
        join(third, same, reason=WHY, by=by(truth_owner))
    with pytest.raises(Refusal, match="Others were joined"):
        join(case, third, reason=WHY, by=by(truth_owner))
    with pytest.raises(InvalidInput, match="itself"):
        join(case, case, reason=WHY, by=by(truth_owner))
    assert CaseJoining.objects.count() == 1


# --- split ------------------------------------------------------------------------------------------------------------


def test_a_segment_whose_facts_differ_gets_its_own_case(case: Contradiction, web: Segment, truth_owner: Person) -> None:
    part = split_off(case, web, reason="On the web it is the price.", by=by(truth_owner))
    connection.check_constraints()
    assert (part.status, part.segment, part.measure, part.split.parent) == ("open", web, case.measure, case)
    assert [event.code for event in (*case.events.all(), *part.events.all())] == ["split", "split_off"]
    with pytest.raises(Refusal, match="its own case already"):
        split_off(case, web, reason="Again.", by=by(truth_owner))


def test_only_a_part_is_split_off(case: Contradiction, truth_owner: Person) -> None:
    with pytest.raises(InvalidInput, match="Only a part"):
        split_off(case, case.segment, reason=WHY, by=by(truth_owner))
    assert Contradiction.objects.count() == 1


# --- linked -----------------------------------------------------------------------------------------------------------


def test_cases_are_linked_both_ways_and_once(case: Contradiction, same: Contradiction, sales_lead: Person) -> None:
    same.link(case, reason=WHY, by=by(sales_lead))
    assert [event.code for event in (*case.events.all(), *same.events.all())] == ["linked", "linked"]
    with pytest.raises(Refusal, match="linked already"):
        case.link(same, reason=WHY, by=by(sales_lead))


def test_who_answers_for_nothing_links_nothing(case: Contradiction, same: Contradiction, executive: Person) -> None:
    with pytest.raises(PermissionDenied):
        same.link(case, reason=WHY, by=by(executive))


# --- snoozed ----------------------------------------------------------------------------------------------------------


def test_a_snooze_ends_by_itself_after_its_day(case: Contradiction, truth_owner: Person) -> None:
    case.snooze(until=in_a_week(), reason="The audit reports next week.", by=by(truth_owner))
    cases = Contradiction.objects
    assert case in cases.snoozed(on=in_a_week())
    assert case not in cases.awake(on=in_a_week())
    assert case in cases.awake(on=in_a_week() + timedelta(days=1))
    assert case not in cases.snoozed(on=in_a_week() + timedelta(days=1))


@pytest.mark.parametrize(("days", "reason"), [(-1, WHY), (93, WHY), (7, " ")])
def test_a_snooze_has_an_end_and_a_reason(case: Contradiction, truth_owner: Person, days: int, reason: str) -> None:
    with pytest.raises(InvalidInput):
        case.snooze(until=clock.today() + timedelta(days), reason=reason, by=by(truth_owner))
    assert not Snooze.objects.exists()


def test_the_database_ends_a_snooze_within_a_quarter(case: Contradiction, truth_owner: Person) -> None:
    with forged("within 92 days"):
        case.snoozes.create(until=clock.today() + timedelta(200), severity="low", reason=WHY, person=truth_owner,
                            appointment=truth_owner.appointments.get(), at=clock.now())  # fmt: skip


def test_the_truth_owner_wakes_a_case_once(case: Contradiction, truth_owner: Person) -> None:
    case.snooze(until=in_a_week(), reason=WHY, by=by(truth_owner))
    case.wake(reason="The audit came early.", by=by(truth_owner))
    assert case in Contradiction.objects.awake(on=clock.today())
    with pytest.raises(Refusal, match="not snoozed"):
        case.wake(reason="Again.", by=by(truth_owner))


def test_a_snooze_is_put_off_anew_by_another(case: Contradiction, truth_owner: Person) -> None:
    for days in (7, 14):
        case.snooze(until=clock.today() + timedelta(days), reason=WHY, by=by(truth_owner))
    assert case.snoozes.filter(waking=None).get().until == clock.today() + timedelta(14)
    assert Contradiction.objects.snoozed(on=clock.today()).count() == 1


# --- put down to a cause ----------------------------------------------------------------------------------------------


def test_a_cause_is_changed_by_naming_another(case: Contradiction, truth_owner: Person) -> None:
    first, second = RootCause.objects.on_the_list()[:2]
    case.name_cause(first, "The two targets cannot both be met.", by=by(truth_owner))
    case.name_cause(second, "The definitions differ after all.", by=by(truth_owner))
    assert [naming.cause for naming in case.causes.all()] == [first, second]
    with forged("permission denied"), transaction.atomic():
        case.causes.update(cause=second)


def test_a_retired_cause_is_named_no_more_and_stays_where_it_was(case: Contradiction, truth_owner: Person) -> None:
    cause = RootCause.objects.add("Bad luck", "It happens.", by=by(truth_owner))
    case.name_cause(cause, WHY, by=by(truth_owner))
    cause.retire("Luck explains nothing.", by=by(truth_owner))
    with pytest.raises(Refusal, match="retired"):
        case.name_cause(cause, WHY, by=by(truth_owner))
    with pytest.raises(Refusal, match="retired already"):
        cause.retire("Still.", by=by(truth_owner))
    assert cause not in RootCause.objects.on_the_list()
    assert case.causes.get().cause == cause
    assert RootCauseRetirement.objects.get().reason == "Luck explains nothing."


def test_a_cause_stands_on_the_list_once(truth_owner: Person) -> None:
    RootCause.objects.add("Bad luck", "", by=by(truth_owner))
    with pytest.raises(Refusal, match="already"):
        RootCause.objects.add("Bad luck", "", by=by(truth_owner))


def test_no_decision_that_was_not_taken_names_a_cause(case: Contradiction, truth_owner: Person) -> None:
    with forged("decision on its case"):
        case.causes.create(cause=RootCause.objects.all()[0], reason=WHY, authority="decision:999", person=truth_owner,
                           appointment=truth_owner.appointments.get(), at=clock.now())  # fmt: skip
        connection.check_constraints()
    transaction.set_rollback(True)


def test_a_false_alarm_goes_on_record_with_its_statement(case: Contradiction, truth_owner: Person) -> None:
    case.declare_false_alarm(by=by(truth_owner), reason="A test month.")
    assert case.events.get().data == {"rested_on": [], "statement": case.statement}
