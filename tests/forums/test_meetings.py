"""A session: opened by the chair, attended by members, its agenda drafted from what stands."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from forums.agendas.proposals import proposals
from forums.meetings.late import escalate_late_answers
from forums.models import AgendaItem, Escalation, Meeting, Subject
from tests.acting import by
from tests.days import tomorrow
from tests.factories.forums import carried_twice, contradiction, in_session, item_about, next_meeting, resolving
from truthgov import clock
from truthgov.errors import Refusal


def test_the_chair_opens_and_finds_the_agenda_by_severity(steering, sales):
    mild = contradiction(severity_rank=1.0)
    grave = contradiction(severity_rank=9.0, severity="critical")
    meeting = next_meeting(steering)
    meeting.open(by=steering.chair)
    assert [item.subject.reference for item in meeting.items.all()] == [grave.pk, mild.pk]
    assert meeting.attendances.get().person == steering.truth_owner


def test_nobody_but_the_chair_opens_or_closes(steering, sales_lead):
    meeting = next_meeting(steering)
    with pytest.raises(PermissionDenied):
        meeting.open(by=by(sales_lead))
    meeting.open(by=steering.chair)
    with pytest.raises(PermissionDenied):
        meeting.close(by=by(sales_lead))


def test_of_two_who_open_one_is_told(steering):
    meeting = next_meeting(steering)
    same = Meeting.objects.get(pk=meeting.pk)
    meeting.open(by=steering.chair)
    with pytest.raises(Refusal, match="no longer scheduled"):
        same.open(by=steering.chair)


def test_a_forum_sits_in_one_session_at_a_time(meeting, steering):
    with pytest.raises(Refusal, match="another session"):
        next_meeting(steering, tomorrow()).open(by=steering.chair)


def test_a_stranger_does_not_arrive(meeting, outsider):
    with pytest.raises(Refusal, match="neither a member"):
        meeting.arrive(outsider, by=by(outsider))


def test_only_chair_and_secretary_record_the_arrival_of_others(meeting, steering, executive, sales_lead):
    meeting.leave(executive, by=steering.chair)
    with pytest.raises(PermissionDenied):
        meeting.arrive(executive, by=by(sales_lead))
    meeting.arrive(executive, by=by(steering.secretary))
    with pytest.raises(Refusal, match="already recorded"):
        meeting.arrive(executive, by=by(executive))


def test_each_change_is_a_new_version(meeting, item, steering):
    before = meeting.version
    meeting.take_up(item, by=steering.chair)
    assert meeting.version == before + 1
    assert meeting.item_in_hand == item


def test_whoever_left_cannot_be_put_back_by_an_update(meeting, steering, executive):
    meeting.leave(executive, by=steering.chair)
    with pytest.raises(DatabaseError), transaction.atomic():
        meeting.attendances.filter(person=executive).update(left_at=None)


def test_a_recusal_comes_before_the_decision(item, truth_owner, sales_lead):
    item.decide(resolving(), by=by(truth_owner))
    with pytest.raises(Refusal, match="before its decision"):
        item.recuse(sales_lead, "Late.", by=by(sales_lead))


def test_nobody_recuses_somebody_else(item, sales_lead, executive):
    with pytest.raises(PermissionDenied):
        item.recuse(executive, "I want them out.", by=by(sales_lead))


def test_what_is_carried_over_comes_first_with_its_reason(item, steering, case, sales):
    item.carry_over("Sales brings net bookings.", by=steering.chair)
    item.meeting.close(by=steering.chair)
    graver = contradiction(severity_rank=99.0)
    following = in_session(steering, tomorrow())
    first, second, minutes = following.items.all()
    assert (first.subject.reference, second.subject.reference) == (case.pk, graver.pk)
    assert (first.times_carried(), minutes.subject.kind) == (1, "minutes")
    assert "Sales brings net bookings." in first.why


def test_the_third_carry_over_escalates_by_itself(steering, case):
    for number in range(3):
        meeting = in_session(steering, date.today() + timedelta(days=number))
        item_about(meeting, case).carry_over("Not ready.", by=steering.chair)
        meeting.close(by=steering.chair)
    escalation = Escalation.objects.get()
    assert escalation.contradiction == case
    assert escalation.escalated_by is None
    assert escalation.item.status == AgendaItem.Status.ESCALATED


def test_it_counts_on_when_the_agenda_was_drafted_before_the_meeting_that_put_it_off(steering, case):
    days = [date.today() + timedelta(days=number) for number in range(3)]
    coming = [next_meeting(steering, day) for day in days]
    for meeting in coming:
        meeting.draft_agenda(by=steering.chair)
    for meeting in coming:
        meeting.open(by=steering.chair)
        meeting.close(by=steering.chair)
    assert Escalation.objects.get().item.meeting == coming[-1]


@pytest.mark.usefixtures("mandate")
def test_it_counts_on_when_it_is_put_on_by_hand_and_when_it_was_put_off_in_between(steering, case, truth_owner):
    days = [date.today() + timedelta(days=number) for number in range(4)]
    for day in days[:2]:
        in_session(steering, day).close(by=steering.chair)
    case.snooze(until=clock.today(), reason="A holiday.", by=by(truth_owner))
    passed_by = in_session(steering, days[2])
    passed_by.close(by=steering.chair)
    case.wake(reason="It cannot wait.", by=by(truth_owner))
    meeting = next_meeting(steering, days[3])
    meeting.put_on("contradiction", case.pk, "It is back.", by=by(steering.secretary))
    meeting.open(by=steering.chair)
    assert not passed_by.items.filter(subject__reference=case.pk, subject__kind="contradiction").exists()
    assert item_about(meeting, case).times_carried() == 2
    meeting.close(by=steering.chair)
    assert Escalation.objects.filter(contradiction=case).exists()


def test_by_sql_a_matter_gets_off_no_agenda_in_silence(steering, case):
    item = carried_twice(steering, case)
    own, its_matter = AgendaItem.objects.filter(pk=item.pk), Subject.objects.filter(items=item)
    another, _ = Subject.objects.get_or_create(kind="contradiction", reference=contradiction(kind="gaming").pk)
    attempts = {
        "third time is escalated": lambda: own.update(status="carried_over"),
        "an_item_keeps_its_matter": lambda: own.update(subject=another),
        "is pending until": lambda: item.meeting.items.create(subject=another, status="noted", position=9, section="X"),
        "has begun stays": lambda: own._raw_delete("default"),
        "a_subject_is_what_it_was_named": lambda: its_matter.update(reference=another.reference),
    }
    for says, attempt in attempts.items():
        with pytest.raises(DatabaseError, match=says), transaction.atomic():
            attempt()


def test_a_case_that_is_settled_before_the_meeting_comes_off_its_agenda(steering, case, truth_owner):
    meeting = next_meeting(steering, tomorrow())
    meeting.draft_agenda(by=steering.chair)
    assert meeting.items.count() == 1
    case.declare_false_alarm(by=by(truth_owner), reason="A holiday moved.")
    meeting.draft_agenda(by=steering.chair)
    assert meeting.items.count() == 0


def test_the_agenda_lists_overdue_actions_and_unanswered_challenges(item, steering, case, sales, sales_lead):
    past = date.today() - timedelta(days=1)
    decision = item.decide(resolving(), by=steering.chair)
    decision.actions.create(title="Report net bookings", owner=sales_lead, due_on=past)
    challenge(case, sales.scope, steering, due_on=past)
    item.meeting.close(by=steering.chair)
    following = in_session(steering, tomorrow())
    kinds = {entry.subject.kind for entry in following.items.all()}
    assert kinds == {"action", "challenge", "contradiction", "minutes"}
    asked = following.items.get(subject__kind="challenge")
    assert asked.title == "Challenge to Sales: Why do stays not follow?"
    assert asked.why == f"No answer, due by {past:%-d %B %Y}."


def test_a_challenge_that_is_due_by_the_meeting_is_not_said_to_be_unanswered(steering, case, sales):
    today = date.today()
    challenge(case, sales.scope, steering, due_on=today)
    meeting = next_meeting(steering, tomorrow())
    meeting.draft_agenda(by=steering.chair)
    assert meeting.items.get(subject__kind="challenge").why == f"To be answered by {today:%-d %B %Y}."


def test_a_challenge_of_a_case_that_is_settled_comes_on_no_agenda(steering, case, sales, truth_owner):
    challenge(case, sales.scope, steering, due_on=date.today() - timedelta(days=1))
    case.declare_false_alarm(by=by(truth_owner), reason="A holiday moved.")
    meeting = next_meeting(steering, tomorrow())
    meeting.draft_agenda(by=steering.chair)
    assert not meeting.items.filter(subject__kind="challenge").exists()


def test_an_action_that_is_due_before_the_meeting_is_not_said_to_be_late(item, steering, sales_lead):
    decision, today = item.decide(resolving(), by=steering.chair), date.today()
    decision.actions.create(title="Report net bookings", owner=sales_lead, due_on=today)
    meeting = next_meeting(steering, tomorrow())
    meeting.draft_agenda(by=steering.chair)
    assert meeting.items.get(subject__kind="action").why == f"Sara Sales owes it by {today:%-d %B %Y}."


def challenge(case, scope, steering, due_on):
    held = steering.truth_owner.appointments.get()
    return case.challenges.create(
        scope=scope, question="Why do stays not follow?", due_on=due_on, asked_by=steering.truth_owner,
        appointment=held, asked_at=datetime.now(UTC),
    )  # fmt: skip


def test_what_stands_is_found_in_the_same_queries_however_much_it_is(steering, sales, django_assert_num_queries):
    meeting = next_meeting(steering)

    def ask() -> None:
        challenge(contradiction(), sales.scope, steering, due_on=date.today() - timedelta(days=1))

    ask()
    with CaptureQueriesContext(connection) as alone:
        assert {each.kind for each in proposals(meeting)} == {"contradiction", "challenge"}
    ask()
    ask()
    with django_assert_num_queries(len(alone)):
        assert len(proposals(meeting)) == 6


def test_a_late_answer_escalates_by_itself_once_on_the_charters_clock(steering, case, sales):
    today = date.today()
    asked = challenge(case, sales.scope, steering, due_on=today - timedelta(days=11))
    challenge(case, sales.scope, steering, due_on=today - timedelta(days=10))
    assert [escalation.challenge for escalation in escalate_late_answers(today)] == [asked]
    assert escalate_late_answers(today) == []


def test_a_case_is_escalated_once_at_a_time(steering, case):
    for number in range(7):
        meeting = in_session(steering, date.today() + timedelta(days=number))
        meeting.close(by=steering.chair)
    assert Escalation.objects.filter(contradiction=case).count() == 1
