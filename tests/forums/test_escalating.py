"""Rule 6: what is late escalates by itself, and nobody gets round the clock: not twice, not by SQL, not in silence."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, connections
from django.urls import reverse

from config import beat
from forums.charters.terms import Step
from forums.meetings.late import escalate_late_answers, pass_on_unanswered
from forums.models import Action, Escalation, Proof
from forums.motions.acts import Ruling
from forums.motions.motion import Motion
from forums.tasks import escalate_late
from metrics.cases.gathering import join
from metrics.models import Challenge, Position
from tests.acting import by
from tests.factories.forums import contradiction, drafted, in_session, item_about, resolving, steering_forum
from tests.factories.metrics import MeasureFactory
from tests.refused import refused
from truthgov import clock
from truthgov.dates import day
from truthgov.errors import Refusal
from truthgov.models import AuditEntry, Role


@pytest.fixture
def asked(steering, case, sales):
    """A challenge to Sales that is late enough tomorrow."""
    case.challenge(scope=sales.scope, question="Why?", due_on=clock.today(), by=steering.chair)
    return Challenge.objects.get(), clock.today() + timedelta(days=steering.charter.escalation_days + 1)


@pytest.fixture
def action(item, steering, sales_lead):
    decision = item.decide(resolving(), by=steering.chair)
    return decision.actions.create(title="Report net bookings", owner=sales_lead, due_on=clock.today())


@pytest.fixture
def escalation(asked):
    return escalate_late_answers(asked[1])[0]


def test_nothing_waits_for_somebody_to_remember(asked):
    assert "forums.escalate_late_answers" in {each["task"] for each in beat.app.conf.beat_schedule.values()}
    challenge, late = asked
    with clock.at(clock.now() + (late - clock.today())):
        escalate_late()
        escalate_late()
    assert [each.challenge for each in Escalation.objects.all()] == [challenge]


def test_a_late_answer_on_a_joined_case_escalates_on_the_one_that_stays(asked, steering, case):
    stays = contradiction(MeasureFactory(code="REVENUE", function=case.measure.function), case.other_measure)
    join(case, stays, reason="One cause.", by=steering.chair)
    (escalated,) = escalate_late_answers(asked[1])
    assert (escalated.challenge, escalated.contradiction) == (asked[0], stays)


def test_of_two_beats_at_once_one_escalates_and_neither_fails(own_database, request):
    fixtures = ("truth_owner", "sponsor", "mandate", "executive", "case", "sales")
    truth_owner, sponsor, _, executive, case, sales = map(request.getfixturevalue, fixtures)
    ladder = (Step(Role.EXECUTIVE, 3), Step(Role.SPONSOR, 5))
    steering_forum(truth_owner, sponsor, [executive], ladder=ladder)
    case.challenge(scope=sales.scope, question="Why?", due_on=clock.today(), by=by(truth_owner))
    failed = []

    def two_beats(act, today):
        barrier = Barrier(2)

        def tick():
            barrier.wait()
            try:
                act(today)
            except (Refusal, DatabaseError) as failure:
                failed.append(failure)
            connections.close_all()

        threads = [Thread(target=tick) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    two_beats(escalate_late_answers, clock.today() + timedelta(days=4))
    first = Escalation.objects.get()
    two_beats(pass_on_unanswered, first.due_on + timedelta(days=1))
    assert failed == []
    assert [each.passed_from for each in Escalation.objects.order_by("pk")] == [None, first]
    assert AuditEntry.objects.filter(code="escalation.taken").count() == 2


def test_by_sql_no_escalation_is_put_off_or_ends_without_its_answer(escalation, sales_lead, sponsor):
    own = Escalation.objects.filter(pk=escalation.pk)
    answer = {"status": "answered", "answered_at": clock.now()}
    with refused("asked_as_it_was_taken"):
        own.update(due_on=date(2099, 1, 1))
    with refused("asked_as_it_was_taken"):
        own.update(to_role="executive")
    with refused("asked again, of the next rung"):
        own.update(status="passed_on")
    with refused("answered in writing"):
        own.update(**answer, answer="Fine.", answered_by=sales_lead)
    with refused("answered in writing"):
        own.update(**answer, answer=" ", answered_by=sponsor)
    with refused("delete"):
        own._raw_delete("default")
    escalation.respond("It is settled.", by=by(sponsor))
    with refused("stays_answered"):
        own.update(answer="It was never asked.")


def test_by_sql_nobody_takes_the_place_of_what_escalates_by_itself(asked, case, truth_owner):
    challenge, _ = asked
    named = {
        "contradiction": case, "challenge": challenge, "to_scope": challenge.appointment.scope, "to_role": "sponsor",
        "reason": "Later.", "escalated_at": clock.now(), "due_on": clock.today(),
    }  # fmt: skip
    answered = {"status": "answered", "answer": "Fine.", "answered_by": truth_owner}
    for forged in ({"due_on": date(2099, 1, 1)}, {"due_on": date(2099, 1, 1), "escalated_by": truth_owner}):
        with refused("on the clock of a charter"):
            Escalation.objects.create(**named | forged)
    with refused("open until who is asked"):
        Escalation.objects.create(**named, **answered)


def test_by_sql_nobody_answers_in_the_name_of_who_was_asked(asked, case, sales_lead, delivery_lead, delivery):
    challenge, late = asked
    said = {"contradiction": case, "challenge": challenge, "claim": "All is well.", "taken_at": clock.now()}
    lead, other = sales_lead.appointments.get(), delivery_lead.appointments.get()
    for scope, held, who in (
        (challenge.scope, lead, delivery_lead), (challenge.scope, other, delivery_lead),
        (challenge.scope, challenge.appointment, challenge.asked_by),
    ):  # fmt: skip
        forged = said | {"scope": scope, "appointment": held, "taken_by": who}
        with refused("whoever answers for its side"):
            Position.objects.create(**forged)
    elsewhere = said | {"scope": delivery.scope, "appointment": other, "taken_by": delivery_lead}
    with refused("by whom it was put to"):
        Position.objects.create(**elsewhere)
    assert [each.challenge for each in escalate_late_answers(late)] == [challenge]


def test_by_sql_no_action_is_owed_later_or_done_without_being_shown(action, executive):
    own = Action.objects.filter(pk=action.pk)
    with refused("owed_as_it_was_given_out"):
        own.update(due_on=date(2099, 1, 1))
    with refused("owed_as_it_was_given_out"):
        own.update(owner=executive)
    with refused("when its owner shows it"):
        own.update(status="done", proof="Trust me.")

    with refused("when its owner shows it"):
        Proof.objects.create(action=action, text="Trust me.", given_by=executive, given_at=clock.now())
        own.update(status="done", proof="Trust me.")
    action.report_done("Net bookings are in the dictionary.", by=by(action.owner))
    connection.check_constraints()
    with refused("somebody_verifies_an_action"):
        own.update(status="verified")
    with refused("delete"):
        own._raw_delete("default")


def test_what_was_answered_comes_back_to_the_forum_until_it_decides_and_stands_with_the_case(
    as_person, steering, case, sponsor
):
    today, answer = clock.today(), "Sales does, by arrivals."
    with clock.at(clock.now() - timedelta(days=2)):
        put_off = in_session(steering, today - timedelta(days=2))
        raised = item_about(put_off, case).escalate("Who counts?", due_on=today, by=steering.chair)
        put_off.close(by=steering.chair)
    raised.respond(answer, by=by(sponsor))
    meeting = in_session(steering, today - timedelta(days=1))
    item = item_about(meeting, case)
    assert item.why.endswith(f"The sponsor answered on {day(today)}: {answer}")
    assert answer in as_person(sponsor).get(reverse("forums:contradiction", args=[case.pk])).text
    item.decide(Motion(Ruling("policy"), "Arrivals count."), by=steering.chair)
    meeting.close(by=steering.chair)
    assert answer not in item_about(drafted(steering), case).why


def test_whoever_takes_no_part_in_an_item_is_not_told_what_was_escalated_there(as_person, steering, case, executive):
    item = item_about(in_session(steering), case)
    item.recuse(executive, "A friend.", by=by(executive))
    item.escalate("Who counts?", due_on=clock.today(), by=steering.chair)
    readers = (executive, steering.truth_owner)
    told = [
        "Who counts?" in as_person(reader).get(reverse("forums:contradiction", args=[case.pk])).text
        for reader in readers
    ]
    assert told == [False, True]
