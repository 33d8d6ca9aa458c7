"""What people do to a case: who may, what is refused, and what is remembered of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from journeys.models import Journey
from metrics.models import Challenge, Contradiction, Measure, Rule, Segment
from tests.acting import by
from tests.factories.forums import ContradictionFactory
from tests.factories.metrics import MeasureFactory, OutcomeFactory, SegmentFactory
from tests.factories.people import AppointmentFactory
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import attach
from truthgov.models import AuditEntry, Function, Mandate, Person, Role


@pytest.fixture
def case(sales: Function, journey: Journey) -> Contradiction:
    """Sales is accused; the owner of the journey answers for the outcome."""
    return ContradictionFactory()


@pytest.fixture
def parties(sales: Function, journey: Journey) -> tuple[Measure, Measure, Segment]:
    return MeasureFactory(), OutcomeFactory(), SegmentFactory()


def in_a_week():
    return clock.today() + timedelta(days=7)


def test_the_truth_owner_declares_a_false_alarm_with_a_reason(case: Contradiction, truth_owner: Person) -> None:
    case.declare_false_alarm(by=by(truth_owner), reason="The feed sent a test month.")
    event = case.events.get()
    assert (case.status, event.code, event.person) == ("false_alarm", "declared_false_alarm", truth_owner)
    assert AuditEntry.objects.filter(code="contradiction.declared_false_alarm", subject_id=str(case.pk)).exists()


def test_a_false_alarm_without_a_reason_is_refused(case: Contradiction, truth_owner: Person) -> None:
    with pytest.raises(InvalidInput):
        case.declare_false_alarm(by=by(truth_owner), reason="  ")
    assert not case.events.exists()


@pytest.mark.parametrize(
    "who", ["sales_lead", "delivery_lead", "journey_owner", "executive", "administrator", "outsider"]
)
def test_nobody_else_declares_a_false_alarm(case: Contradiction, who: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        case.declare_false_alarm(by=by(person), reason="I say so.")
    case.refresh_from_db()
    assert case.status == "open"


def test_a_truth_owner_who_answers_for_a_side_takes_no_case_off_the_list(
    case: Contradiction, truth_owner: Person, sales: Function
) -> None:
    AppointmentFactory(person=truth_owner, role=Role.FUNCTION_LEAD, scope=sales.scope)
    with pytest.raises(Refusal, match="forum has to decide"):
        case.declare_false_alarm(by=by(truth_owner), reason="My own figures are fine.")


def test_of_two_who_settle_a_case_at_once_one_is_told(case: Contradiction, truth_owner: Person) -> None:
    same = Contradiction.objects.get(pk=case.pk)
    case.declare_false_alarm(by=by(truth_owner), reason="First.")
    with pytest.raises(Refusal, match="no longer open"):
        same.declare_false_alarm(by=by(truth_owner), reason="Second.")
    assert case.events.count() == 1


def test_a_case_does_not_enter_remedy_without_a_decision(case: Contradiction, truth_owner: Person) -> None:
    case.enter_remedy(by=by(truth_owner), authority="decision:999", remedy_from=clock.today())
    with pytest.raises(DatabaseError, match="decision"):
        connection.check_constraints()  # as the commit would
    transaction.set_rollback(True)


def test_figures_close_what_a_rule_looks_at(case: Contradiction, truth_owner: Person) -> None:
    case.rule = Rule.objects.create(kind=Rule.Kind.INTEGRITY, measure=case.measure)
    with pytest.raises(Refusal, match="figures close it"):
        case.close_on_evidence(by=by(truth_owner), authority="decision:1", evidence="It feels better.")


def test_the_truth_owner_challenges_any_function_by_a_date(
    case: Contradiction, truth_owner: Person, mandate: Mandate, delivery: Function
) -> None:
    asked = case.challenge(scope=delivery.scope, question="What arrived?", due_on=in_a_week(), by=by(truth_owner))
    assert list(Challenge.objects.overdue(on=in_a_week() + timedelta(days=1))) == [asked]
    assert asked.appointment.role == Role.TRUTH_OWNER
    assert case.events.get().data["scope"] == delivery.scope.pk


def test_a_challenge_needs_the_mandate(case: Contradiction, truth_owner: Person, delivery: Function) -> None:
    with pytest.raises(Refusal, match="mandate"):
        case.challenge(scope=delivery.scope, question="What arrived?", due_on=in_a_week(), by=by(truth_owner))


def test_only_the_truth_owner_challenges(
    case: Contradiction, mandate: Mandate, sales_lead: Person, delivery: Function
) -> None:
    with pytest.raises(PermissionDenied):
        case.challenge(scope=delivery.scope, question="And you?", due_on=in_a_week(), by=by(sales_lead))


@pytest.mark.parametrize(("question", "days"), [("", 7), ("Why?", -1)])
def test_a_challenge_asks_something_and_leaves_time(
    case: Contradiction, truth_owner: Person, mandate: Mandate, sales: Function, question: str, days: int
) -> None:
    due_on = clock.today() + timedelta(days=days)
    with pytest.raises(InvalidInput):
        case.challenge(scope=sales.scope, question=question, due_on=due_on, by=by(truth_owner))


def test_a_party_takes_a_position_that_stays_as_it_was_stated(
    case: Contradiction, sales: Function, sales_lead: Person
) -> None:
    taken = case.take_position(scope=sales.scope, stance="contested", claim="Bookings are orders.", by=by(sales_lead))
    assert (taken.taken_by, taken.appointment.scope) == (sales_lead, sales.scope)
    with pytest.raises(DatabaseError), transaction.atomic():
        case.positions.update(claim="Bookings are hopes.")


def test_an_answer_is_to_the_challenge_put_to_oneself(
    case: Contradiction, truth_owner: Person, mandate: Mandate, sales: Function, sales_lead: Person, delivery: Function,
    delivery_lead: Person,
) -> None:  # fmt: skip
    asked = case.challenge(scope=delivery.scope, question="What arrived?", due_on=in_a_week(), by=by(truth_owner))
    with pytest.raises(Refusal, match="somebody else"):
        case.take_position(
            scope=sales.scope, stance="contested", claim="All of it.", challenge=asked, by=by(sales_lead)
        )
    case.take_position(
        scope=delivery.scope, stance="contested", claim="Half of it.", challenge=asked, by=by(delivery_lead)
    )
    assert not Challenge.objects.unanswered().exists()


def test_who_neither_answers_for_a_side_nor_was_asked_takes_no_position(
    case: Contradiction, delivery: Function, delivery_lead: Person
) -> None:
    with pytest.raises(Refusal, match="no party"):
        case.take_position(scope=delivery.scope, stance="contested", claim="We knew it.", by=by(delivery_lead))


def test_nobody_takes_a_position_for_a_function_they_do_not_lead(
    case: Contradiction, sales: Function, delivery_lead: Person
) -> None:
    with pytest.raises(PermissionDenied):
        case.take_position(scope=sales.scope, stance="contested", claim="They overpromise.", by=by(delivery_lead))


def test_nothing_is_answered_on_a_settled_case(
    case: Contradiction, truth_owner: Person, sales: Function, sales_lead: Person
) -> None:
    case.declare_false_alarm(by=by(truth_owner), reason="A test month.")
    with pytest.raises(Refusal, match="false alarm"):
        case.take_position(scope=sales.scope, stance="contested", claim="Told you.", by=by(sales_lead))


@pytest.mark.parametrize("who", ["truth_owner", "sales_lead", "journey_owner"])
def test_a_person_brings_a_contradiction_forward(
    parties: tuple[Measure, Measure, Segment], who: str, request: pytest.FixtureRequest
) -> None:
    kpi, outcome, segment = parties
    person = request.getfixturevalue(who)
    case = Contradiction.surface(kind="handoff", measure=kpi, other_measure=outcome, segment=segment,
                                 statement="What is promised does not arrive.", by=by(person))  # fmt: skip
    assert (case.status, case.surfaced_by, case.journey) == ("open", person, outcome.journey)
    assert case.events.get().code == "surfaced"


def test_who_answers_for_nothing_surfaces_nothing(parties: tuple[Measure, Measure, Segment], executive: Person) -> None:
    kpi, outcome, segment = parties
    with pytest.raises(PermissionDenied):
        Contradiction.surface(kind="handoff", measure=kpi, other_measure=outcome, segment=segment,
                              statement="Look at this.", by=by(executive))  # fmt: skip


def test_what_is_open_already_is_not_opened_again(case: Contradiction, sales_lead: Person) -> None:
    with pytest.raises(Refusal, match="already open"):
        Contradiction.surface(kind=case.kind, measure=case.measure, other_measure=case.other_measure,
                              segment=case.segment, statement="The same.", by=by(sales_lead))  # fmt: skip
    assert Contradiction.objects.count() == 1


def test_a_challenge_is_due_then_overdue_then_what_its_latest_answer_says(
    case: Contradiction, truth_owner: Person, mandate: Mandate, sales: Function, sales_lead: Person
) -> None:
    asked = case.challenge(scope=sales.scope, question="Why?", due_on=in_a_week(), by=by(truth_owner))
    assert [asked.state(on=in_a_week() + timedelta(late)) for late in (0, 1)] == ["due", "overdue"]
    for stance in ("contested", "accepted"):
        case.take_position(scope=sales.scope, stance=stance, claim="Look.", challenge=asked, by=by(sales_lead))
        assert asked.state(on=in_a_week()) == stance


def test_a_position_accepts_or_contests(case: Contradiction, sales: Function, sales_lead: Person) -> None:
    for stance in ("", "maybe"):
        with pytest.raises(InvalidInput, match="accepts"):
            case.take_position(scope=sales.scope, stance=stance, claim="Well.", by=by(sales_lead))
    assert not case.positions.exists()


def test_files_are_frozen_with_the_position(case: Contradiction, sales: Function, sales_lead: Person) -> None:
    report = attach("report.pdf", b"%PDF-1.7 figures")
    taken = case.take_position(
        scope=sales.scope, stance="contested", claim="See the report.", files=[report], by=by(sales_lead)
    )
    kept = taken.files.get()
    assert (bytes(kept.content), kept.name, kept.digest) == (report.content, "report.pdf", report.digest)
    assert case.events.get().data["files"] == [report.digest]
    other = attach("other.pdf", b"%PDF-1.7 nicer figures")
    for told in (other.digest, report.digest):
        with pytest.raises(DatabaseError, match="files that it stated"), transaction.atomic():
            taken.files.create(name="report.pdf", media_type="application/pdf", digest=told, content=other.content)


@pytest.mark.parametrize("files", [6 * [b"%PDF-"], 2 * [b"%PDF-same"]])
def test_a_position_brings_some_files_and_each_once(
    case: Contradiction, sales: Function, sales_lead: Person, files: list[bytes]
) -> None:
    attached = [attach("a.pdf", content) for content in files]
    with pytest.raises(InvalidInput):
        case.take_position(scope=sales.scope, stance="contested", claim="!", files=attached, by=by(sales_lead))
    assert not case.positions.exists()
