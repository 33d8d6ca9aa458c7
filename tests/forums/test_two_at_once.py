"""Two people, or two beats, act at once on two connections: one is told."""

from datetime import date
from functools import partial
from threading import Barrier, Thread

from django.db import DatabaseError, connection, connections, transaction

from forums.charters.terms import everywhere, left_open_by
from forums.charters.terms import steering as steering_terms
from forums.meetings.schedule import schedule_meeting
from forums.models import AgendaItem, Charter, Decision, DecisionType, Escalation, Forum, Meeting, Overturning
from metrics.models import Contradiction
from tests.acting import by
from tests.config.processes import until
from tests.days import tomorrow
from tests.factories.forums import LONG_AGO, resolving, steering_forum
from tests.waiting import waiters
from truthgov.appointing import end
from truthgov.errors import Refusal
from truthgov.models import AuditEntry, Role


def _together(*acts):
    threads = [Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_beats_schedule_a_slot_once(own_database, request):
    # Fixtures that roll back cannot be seen by a second connection; these commit.
    fixtures = ("truth_owner", "sponsor", "mandate", "sales_lead")
    truth_owner, sponsor, _, sales_lead = map(request.getfixturevalue, fixtures)
    steering = steering_forum(truth_owner, sponsor, [sales_lead])
    barrier, made = Barrier(2), []

    def beat():
        barrier.wait()
        made.append(schedule_meeting(steering.forum, steering.charter, tomorrow()))
        connections.close_all()

    _together(beat, beat)
    assert sorted(meeting is None for meeting in made) == [False, True]
    assert Meeting.objects.count() == 1
    assert AuditEntry.objects.filter(code="meeting.scheduled").count() == 1


def test_of_two_who_decide_at_once_one_is_told(own_database, request):
    item = request.getfixturevalue("item")
    truth_owner = request.getfixturevalue("truth_owner")
    barrier, told = Barrier(2), []

    def decide():
        barrier.wait()
        try:
            AgendaItem.objects.get(pk=item.pk).decide(resolving(), by=by(truth_owner))
        except (Refusal, DatabaseError) as refusal:
            told.append(refusal)
        connections.close_all()

    _together(decide, decide)
    assert len(told) == 1
    assert isinstance(told[0], Refusal)
    assert item.decisions.count() == 1
    assert Contradiction.objects.get().status == Contradiction.Status.IN_REMEDY


def test_no_decision_slips_in_after_the_meeting_closes(own_database, request):
    item, steering = map(request.getfixturevalue, ("item", "steering"))
    barrier, told = Barrier(2), []

    def decide():
        barrier.wait()
        try:
            AgendaItem.objects.get(pk=item.pk).decide(resolving(), by=steering.chair)
        except Refusal as refusal:
            told.append(refusal)
        connections.close_all()

    def close():
        barrier.wait()
        Meeting.objects.get(pk=item.meeting_id).close(by=steering.chair)
        connections.close_all()

    _together(decide, close)
    item.refresh_from_db()
    assert (item.status, len(told)) in {("decided", 0), ("carried_over", 1)}
    assert item.decisions.count() == 1 - len(told)
    assert connection.in_atomic_block is False


def test_no_office_ends_between_the_count_of_the_room_and_the_decision(own_database, request):
    item, steering, executive = map(request.getfixturevalue, ("item", "steering", "executive"))
    held = executive.appointments.get()

    def decide():
        AgendaItem.objects.get(pk=item.pk).decide(resolving(), by=steering.chair)
        connections.close_all()

    def resign():
        end(held, on=date.today(), reason="Leaves the house.", by=by(executive))
        connections.close_all()

    deciding, resigning = Thread(target=decide), Thread(target=resign)
    with transaction.atomic():
        Contradiction.objects.select_for_update().get()  # what a decision touches when it has counted
        deciding.start()
        until(lambda: len(waiters()) == 1)
        resigning.start()
        until(lambda: len(waiters()) == 2 or not resigning.is_alive())
    deciding.join()
    resigning.join()
    told = AuditEntry.objects.filter(code__in=["decision.made", "appointment.ended"]).order_by("number")
    assert [entry.code for entry in told] == ["decision.made", "appointment.ended"]


def test_of_two_charters_that_claim_one_right_one_is_approved(own_database, request):
    truth_owner, sponsor, _ = map(request.getfixturevalue, ("truth_owner", "sponsor", "mandate"))
    claimed = everywhere({DecisionType.FUND: Role.TRUTH_OWNER})
    terms = steering_terms(LONG_AGO, rights=claimed, left_open=left_open_by(claimed))
    kinds = Forum.Kind.PORTFOLIO, Forum.Kind.CHANGE
    forums = [Forum.objects.found(code=kind, name=f"The {kind}", kind=kind, by=by(truth_owner)) for kind in kinds]
    proposed = [forum.propose_charter(terms, by=by(truth_owner)) for forum in forums]
    barrier, told = Barrier(2), []

    def approve(pk):
        barrier.wait()
        try:
            Charter.objects.get(pk=pk).approve(by=by(sponsor))
        except (Refusal, DatabaseError) as refusal:
            told.append(refusal)
        connections.close_all()

    _together(*(partial(approve, each.pk) for each in proposed))
    assert [type(refusal) for refusal in told] == [Refusal]
    assert Charter.objects.approved().count() == 1


def test_of_two_answers_to_an_escalation_one_is_told_and_one_overturns(own_database, request):
    item, steering, sponsor = map(request.getfixturevalue, ("item", "steering", "sponsor"))
    decision = item.decide(resolving(force=True, reason="Customers wait."), by=steering.chair)
    case = item.subject.contradiction()
    raised = Escalation.objects.take(steering.chair, reason="Too far.", due_on=date.today(), contradiction=case)
    barrier, told = Barrier(2), []

    def answer():
        barrier.wait()
        try:
            asked = Escalation.objects.get(pk=raised.pk)
            asked.respond("Otherwise.", by=by(sponsor), overturns=Decision.objects.get(pk=decision.pk))
        except (Refusal, DatabaseError) as refusal:
            told.append(refusal)
        connections.close_all()

    _together(answer, answer)
    assert [type(refusal) for refusal in told] == [Refusal]
    assert Overturning.objects.count() == 1
    assert Contradiction.objects.get().status == Contradiction.Status.OPEN


def test_of_a_decision_and_a_false_alarm_at_once_one_is_told(own_database, request):
    item, steering, truth_owner = map(request.getfixturevalue, ("item", "steering", "truth_owner"))
    case, barrier, told = item.subject.contradiction(), Barrier(2), []

    def act(settle):
        barrier.wait()
        try:
            settle()
        except (Refusal, DatabaseError) as refusal:
            told.append(refusal)
        connections.close_all()

    def false_alarm():
        Contradiction.objects.get(pk=case.pk).declare_false_alarm(by=by(truth_owner), reason="A test booking.")

    def decide():
        AgendaItem.objects.get(pk=item.pk).decide(resolving(), by=steering.chair)

    _together(partial(act, false_alarm), partial(act, decide))
    assert [type(refusal) for refusal in told] == [Refusal]
    case.refresh_from_db()
    assert (case.status, item.decisions.count()) in {("false_alarm", 0), ("in_remedy", 1)}
