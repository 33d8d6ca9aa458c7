"""Charters by two people, and meetings from their cadence."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from forums.charters.terms import differences
from forums.charters.terms import steering as steering_terms
from forums.meetings.schedule import CLOCKWORK, schedule_meetings
from forums.models import Ballot, Charter, DecisionRule, DecisionType, Meeting, Way
from forums.tasks import prepare_meetings
from tests.acting import by
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry


def test_whoever_proposes_a_charter_cannot_approve_it(steering, truth_owner, sponsor):
    proposed = steering.forum.propose_charter(steering_terms(date(2026, 1, 1), quorum=4), by=by(truth_owner))
    with pytest.raises(Refusal, match="cannot approve it"):
        proposed.approve(by=by(truth_owner))
    proposed.approve(by=by(sponsor))
    assert steering.forum.charters.in_force(on=date(2026, 6, 1)) == proposed
    assert steering.forum.charters.in_force(on=date(2025, 6, 1)) == steering.charter


def test_a_proposed_charter_is_withdrawn_by_its_proposer_and_rejected_by_another(steering, truth_owner, sponsor):
    mine, theirs = (
        steering.forum.propose_charter(steering_terms(date(2026, 1, 1), quorum=4), by=by(truth_owner)) for _ in range(2)
    )
    with pytest.raises(Refusal, match="Only its proposer withdraws"):
        mine.withdraw(reason="No.", by=by(sponsor))
    with pytest.raises(Refusal, match="Whoever proposes a charter withdraws it"):
        mine.reject(reason="No.", by=by(truth_owner))
    with pytest.raises(InvalidInput):
        mine.withdraw(reason=" ", by=by(truth_owner))
    mine.withdraw(reason="Four are too many.", by=by(truth_owner))
    theirs.reject(reason="Three have sufficed.", by=by(sponsor))
    assert list(Charter.objects.awaiting_approval()) == []
    assert steering.forum.charters.in_force(on=date(2026, 6, 1)) == steering.charter
    for ended, code, who in ((mine, "charter.withdrawn", truth_owner), (theirs, "charter.rejected", sponsor)):
        entry = AuditEntry.objects.get(code=code)
        assert (entry.subject_id, entry.data["reason"]) == (str(ended.pk), ended.ended_because)
        assert ended.ended_by == who
        with pytest.raises(Refusal, match="no longer proposed"):
            ended.approve(by=by(sponsor))


@pytest.mark.parametrize(
    "ended", [{"status": "withdrawn", "ended_because": "No."}, {"status": "rejected", "ended_because": "No."},
              {"status": "withdrawn", "ended_because": ""}],
)  # fmt: skip
def test_the_database_lets_no_charter_end_in_silence_or_by_the_wrong_person(steering, truth_owner, sponsor, ended):
    charter = steering.forum.propose_charter(steering_terms(date(2026, 1, 1), quorum=4), by=by(truth_owner))
    who = truth_owner if ended["status"] == "rejected" or not ended["ended_because"] else sponsor
    with pytest.raises(DatabaseError), transaction.atomic():
        Charter.objects.filter(pk=charter.pk).update(**ended, ended_by=who, ended_at=clock.now())


def test_a_version_of_a_charter_tells_what_it_changes(steering, truth_owner):
    proposed = steering.forum.propose_charter(steering_terms(date(2015, 1, 1), quorum=4), by=by(truth_owner))
    assert [(change.rule, change.before, change.after) for change in proposed.changes()] == [("quorum", "3", "4")]
    assert differences(proposed.terms(), proposed.terms()) == []


def test_a_right_says_how_it_is_decided_and_its_holder_decides_where_it_does_not(steering, truth_owner, sponsor):
    in_secret = Way(DecisionRule.MAJORITY, Ballot.SECRET)
    terms = steering_terms(date(2026, 1, 1), ways={DecisionType.POLICY: in_secret})
    charter = steering.forum.propose_charter(terms, by=by(truth_owner))
    charter.approve(by=by(sponsor))
    assert charter.right_to(DecisionType.POLICY).way == in_secret
    assert charter.right_to(DecisionType.SET_TARGET).way == Way(DecisionRule.CHAIR)
    assert charter.terms().ways == {DecisionType.POLICY: in_secret}
    assert [change.after for change in charter.changes() if change.rule == "how: policy"] == [
        "a majority of the members present and entitled makes it, by secret ballot"
    ]
    said = AuditEntry.objects.get(code="charter.approved", subject_id=str(charter.pk)).data
    assert said["ways"] == {"policy": ["majority", "secret", False]}


@pytest.mark.parametrize(
    "nonsense", [Way("consent", "secret"), Way("chair", "secret"), Way("majority", may_overrule=True), Way("dice")]
)
def test_a_way_of_deciding_that_makes_no_sense_is_refused(steering, truth_owner, nonsense):
    terms = steering_terms(date(2026, 1, 1), ways={DecisionType.POLICY: nonsense})
    with pytest.raises(DatabaseError), transaction.atomic():
        steering.forum.propose_charter(terms, by=by(truth_owner))


def test_a_charter_says_whether_presence_from_elsewhere_and_by_delegates_counts(steering, truth_owner, sponsor):
    strict = steering_terms(date(2026, 1, 1), allows_remote=False, allows_delegates=False)
    charter = steering.forum.propose_charter(strict, by=by(truth_owner))
    charter.approve(by=by(sponsor))
    assert (charter.allows_remote, charter.allows_delegates) == (False, False)
    assert [(change.rule, change.after) for change in charter.changes()][1:3] == [
        ("who joins from elsewhere counts", "no"), ("delegates", "no"),
    ]  # fmt: skip
    said = AuditEntry.objects.get(code="charter.approved", subject_id=str(charter.pk)).data
    assert (said["allows_remote"], said["allows_delegates"]) == (False, False)


def test_an_approved_charter_is_frozen(steering):
    with pytest.raises(DatabaseError), transaction.atomic():
        type(steering.charter).objects.filter(pk=steering.charter.pk).update(quorum=2)


def test_a_member_neither_founds_a_forum_nor_proposes_rules(steering, executive):
    with pytest.raises(PermissionDenied):
        steering.forum.propose_charter(steering_terms(date(2026, 1, 1)), by=by(executive))


def test_meetings_are_scheduled_from_the_cadence_once(steering):
    today = date(2026, 11, 1)
    assert [meeting.slot for meeting in schedule_meetings(today)] == [date(2026, 11, 13), date(2026, 12, 14)]
    assert schedule_meetings(today) == []
    assert Meeting.objects.get(slot=date(2026, 11, 13)).period_start == date(2026, 10, 1)


def test_a_forum_does_not_meet_by_two_cadences(steering, truth_owner, sponsor):
    """What the rules before set on other days takes the days of those that hold now, and who was invited is told."""
    set_before = schedule_meetings(date(2026, 11, 1))
    twelfth = "FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=12"
    charter = steering.forum.propose_charter(steering_terms(date(2026, 11, 1), recurrence=twelfth), by=by(truth_owner))
    charter.approve(by=by(sponsor))
    assert schedule_meetings(date(2026, 11, 2)) == []
    moved = list(Meeting.objects.order_by("slot"))
    assert [(each.pk, each.slot, each.charter) for each in moved] == [
        (set_before[0].pk, date(2026, 11, 17), charter), (set_before[1].pk, date(2026, 12, 16), charter),
    ]  # fmt: skip
    assert [clock.local_day(each.starts_at) for each in moved] == [each.slot for each in moved]
    assert [each.sequence for each in moved] == [1, 1]
    assert schedule_meetings(date(2026, 11, 2)) == []


def test_two_beats_at_once_invite_nobody_twice(steering, truth_owner, sponsor):
    """Both have read the meeting; the second one finds that it keeps to these rules already."""
    first, _ = schedule_meetings(date(2026, 11, 1))
    charter = steering.forum.propose_charter(steering_terms(date(2026, 11, 1)), by=by(truth_owner))
    charter.approve(by=by(sponsor))
    slot, starts_at = date(2026, 11, 17), first.starts_at + timedelta(days=4)
    first.keep_to(charter, slot, starts_at, by=CLOCKWORK)
    with pytest.raises(Refusal, match="already"):
        first.keep_to(charter, slot, starts_at, by=CLOCKWORK)
    first.refresh_from_db()
    assert (first.slot, first.sequence) == (slot, 1)


def test_what_is_set_for_today_is_held_today_whatever_the_new_rules(steering, truth_owner, sponsor):
    schedule_meetings(date(2026, 11, 1))
    today = Meeting.objects.earliest("slot").slot
    later = steering_terms(today, recurrence="FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=12")
    charter = steering.forum.propose_charter(later, by=by(truth_owner))
    charter.approve(by=by(sponsor))
    schedule_meetings(today)
    assert Meeting.objects.filter(slot=today).count() == 1
    assert Meeting.objects.get(slot=today).charter != charter


def test_what_finds_no_day_under_other_rules_stays_for_its_chair(steering, truth_owner, sponsor):
    schedule_meetings(date(2026, 11, 1))
    rare = "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=12"
    terms = steering_terms(date(2026, 11, 1), recurrence=rare, counted_from=date(2026, 11, 1))
    charter = steering.forum.propose_charter(terms, by=by(truth_owner))
    charter.approve(by=by(sponsor))
    assert schedule_meetings(date(2026, 11, 2)) == []
    assert list(Meeting.objects.order_by("slot").values_list("slot", flat=True)) == [
        date(2026, 11, 17), date(2026, 12, 14),
    ]  # fmt: skip


def test_the_beat_schedules_and_drafts(steering, case):
    prepare_meetings()
    first = Meeting.objects.order_by("slot").first()
    prepare_meetings()
    assert first is not None
    assert AuditEntry.objects.filter(code="meeting.scheduled", subject_id=str(first.pk)).count() == 1
