"""Closing freezes the view and drafts the minutes; two signatures seal them."""

import json
from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from forums.models import AgendaItem, Meeting, Minutes, Sealing, ViewSnapshot
from tests.factories.forums import in_session, resolving
from truthgov.actor import Actor
from truthgov.errors import Refusal


def by(person):
    return Actor(person=person)


def sealed(meeting, steering):
    minutes = meeting.close(by=steering.chair)
    for person in (steering.truth_owner, steering.secretary):
        minutes.sign(read=minutes.text_hash, by=by(person))
    return minutes


def test_closing_carries_over_what_is_pending_and_freezes_the_view(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    item.refresh_from_db()
    assert item.status == AgendaItem.Status.CARRIED_OVER
    snapshot = ViewSnapshot.objects.get(meeting=item.meeting)
    assert snapshot.hash in minutes.text
    assert json.dumps(snapshot.content)
    assert not item.meeting.attendances.filter(left_at=None).exists()


def test_the_minutes_say_what_was_decided_by_whom_and_who_dissented(item, steering, sales_lead):
    decision = item.decide(resolving(reason="Customers leave."), by=steering.chair)
    decision.dissent("Not ours to move.", by=by(sales_lead))
    text = item.meeting.close(by=steering.chair).text
    for said in (
        decision.wording,
        "4 present, 0 recused, quorum 3",
        "Because: Customers leave.",
        "Sara Sales: Not ours",
    ):
        assert said in text


def test_a_false_alarm_is_listed_in_the_next_minutes(steering, case, truth_owner):
    meeting = in_session(steering)
    case.declare_false_alarm(by=by(truth_owner), reason="A holiday moved.")
    assert "declared a false alarm. A holiday moved." in meeting.close(by=steering.chair).text


def test_two_signatures_by_two_people_seal_the_minutes(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    minutes.sign(read=minutes.text_hash, by=by(steering.truth_owner))
    assert not Sealing.objects.exists()
    with pytest.raises(Refusal, match="already"):
        minutes.sign(read=minutes.text_hash, by=by(steering.truth_owner))
    minutes.sign(read=minutes.text_hash, by=by(steering.secretary))
    item.meeting.refresh_from_db()
    assert item.meeting.status == Meeting.Status.SEALED
    assert Sealing.objects.get().text == minutes.text


def test_an_edit_voids_the_signatures(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    minutes.sign(read=minutes.text_hash, by=by(steering.truth_owner))
    minutes.edit(minutes.text + "Thanks.", read=minutes.text_hash, by=by(steering.secretary))
    assert not minutes.standing_signatures().exists()
    minutes.sign(read=minutes.text_hash, by=by(steering.secretary))
    assert not Sealing.objects.exists()


def test_nobody_signs_a_text_they_have_not_read(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    read = minutes.text_hash
    minutes.edit("Other words.", read=read, by=by(steering.secretary))
    with pytest.raises(Refusal, match="changed since you read"):
        minutes.sign(read=read, by=by(steering.truth_owner))
    with pytest.raises(Refusal, match="Somebody else has edited"):
        minutes.edit("Mine.", read=read, by=by(steering.truth_owner))


def test_a_member_neither_edits_nor_signs(item, steering, executive):
    minutes = item.meeting.close(by=steering.chair)
    for verb in (lambda: minutes.sign(read=minutes.text_hash, by=by(executive)),
                 lambda: minutes.edit("Mine.", read=minutes.text_hash, by=by(executive))):  # fmt: skip
        with pytest.raises(PermissionDenied):
            verb()


def test_sealed_minutes_are_frozen_in_the_database(item, steering):
    minutes = sealed(item.meeting, steering)
    with pytest.raises(Refusal, match="sealed"):
        minutes.edit("Else.", read=minutes.text_hash, by=by(steering.secretary))
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(text="Else.")


def test_the_database_seals_nothing_that_two_have_not_signed(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    with pytest.raises(DatabaseError, match="chair and secretary"), transaction.atomic():
        Sealing.objects.create(
            minutes=minutes,
            text=minutes.text,
            text_hash=minutes.text_hash,
            view_hash="",
            hash="",
            sealed_at=datetime.now(UTC),
        )


@pytest.mark.parametrize("back_to", ["in_session", "scheduled"])
def test_the_database_reopens_no_meeting(item, steering, back_to):
    sealed(item.meeting, steering)
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=item.meeting_id).update(status=back_to)


def test_a_dissent_entered_after_closing_is_in_the_minutes_that_are_signed(item, truth_owner, sales_lead, steering):
    decision = item.decide(resolving(), by=by(truth_owner))
    minutes = item.meeting.close(by=steering.chair)
    minutes.edit(f"{minutes.text}Worded by hand.\n", read=minutes.text_hash, by=steering.chair)
    minutes.sign(read=minutes.text_hash, by=steering.chair)
    before = minutes.text_hash
    decision.dissent("Net bookings are not ours to move.", by=by(sales_lead))
    minutes.refresh_from_db()
    assert "Worded by hand.\n\nRecorded after the meeting closed\n- Dissent from" in minutes.text
    assert "Net bookings are not ours to move." in minutes.text
    assert not minutes.standing_signatures()
    with pytest.raises(Refusal, match="has changed since you read it"):
        minutes.sign(read=before, by=by(steering.secretary))
