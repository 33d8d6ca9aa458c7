"""Two people, or two beats, act at once on two connections: one is told."""

from datetime import date, timedelta
from threading import Barrier, Thread

from django.db import DatabaseError, connection, connections

from forums.meetings.schedule import schedule_meeting
from forums.models import AgendaItem, Meeting
from metrics.models import Contradiction
from tests.factories.forums import resolving, steering_forum
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import AuditEntry

TOMORROW = date.today() + timedelta(days=1)


def by(person):
    return Actor(person=person)


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
        made.append(schedule_meeting(steering.forum, steering.charter, TOMORROW))
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
