"""Two signatures by two people, given with their second factor, seal the minutes that a later meeting has confirmed."""

from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.models import Meeting, Minutes, Sealing
from tests.acting import by
from tests.factories.forums import confirmed, resolving, sealed
from truthgov.errors import Refusal


def test_two_signatures_by_two_people_seal_the_minutes(minutes, steering):
    minutes = confirmed(minutes, steering)
    minutes.sign(read=minutes.text_hash, by=by(steering.truth_owner))
    assert not Sealing.objects.exists()
    with pytest.raises(Refusal, match="already"):
        minutes.sign(read=minutes.text_hash, by=by(steering.truth_owner))
    minutes.sign(read=minutes.text_hash, by=by(steering.secretary))
    minutes.meeting.refresh_from_db()
    assert minutes.meeting.status == Meeting.Status.SEALED
    assert Sealing.objects.get().text == minutes.text


def test_nobody_signs_what_is_not_confirmed_or_they_have_not_read(minutes, steering):
    with pytest.raises(Refusal, match="not confirmed yet"):
        minutes.sign(read=minutes.text_hash, by=by(steering.truth_owner))
    minutes = confirmed(minutes, steering)
    with pytest.raises(Refusal, match="changed since you read"):
        minutes.sign(read="0" * 64, by=by(steering.truth_owner))


def test_sealed_minutes_are_frozen_in_the_database(minutes, steering):
    minutes = sealed(minutes, steering)
    with pytest.raises(Refusal, match="sealed"):
        minutes.word({"meeting": "Else."}, read=minutes.text_hash, by=by(steering.secretary))
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Minutes.objects.filter(pk=minutes.pk).update(edited_at=datetime.now(UTC))


def test_the_database_seals_nothing_that_is_not_confirmed_or_two_have_not_signed(minutes, steering):
    unsigned = {
        "minutes": minutes, "text": minutes.text, "text_hash": minutes.text_hash, "view_hash": "", "hash": "",
        "sealed_at": datetime.now(UTC),
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="once a later meeting"), transaction.atomic():
        Sealing.objects.create(**unsigned)
    confirmed(minutes, steering)
    with pytest.raises(DatabaseError, match="chair and secretary"), transaction.atomic():
        Sealing.objects.create(**unsigned)


@pytest.mark.parametrize("back_to", ["in_session", "scheduled"])
def test_the_database_reopens_no_meeting(minutes, steering, back_to):
    sealed(minutes, steering)
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=minutes.meeting_id).update(status=back_to)


def test_a_dissent_entered_after_closing_is_in_the_minutes_until_they_are_confirmed(
    item, truth_owner, sales_lead, executive, steering
):
    decision = item.decide(resolving(), by=by(truth_owner))
    minutes = item.meeting.close(by=steering.chair)
    minutes.word({"left": "Worded by hand."}, read=minutes.text_hash, by=steering.chair)
    decision.dissent("Net bookings are not ours to move.", by=by(sales_lead))
    minutes.refresh_from_db()
    assert "> Worded by hand.\n\nRecorded after the meeting closed\n- Dissent from" in minutes.text
    assert "Net bookings are not ours to move." in minutes.text
    confirmed(minutes, steering)
    with pytest.raises(Refusal, match="are confirmed"):
        decision.dissent("Nor ours.", by=by(executive))


# --- the second factor, asked anew
def code_of(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def test_a_signature_takes_the_second_factor_given_anew(settings, as_person, minutes, steering):
    minutes = confirmed(minutes, steering)
    settings.SECOND_FACTOR_REQUIRED = True
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(steering.truth_owner, secret)
    chair, address = as_person(steering.truth_owner), reverse("forums:signatures", args=[minutes.meeting_id])
    asked = chair.post(address, {"read": minutes.text_hash})
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert not minutes.signatures.exists()
    wrong = chair.post(asked.url, {"code": "000000"})
    assert (wrong.status_code, minutes.signatures.count()) == (200, 0)
    signed = chair.post(asked.url, {"code": code_of(secret)})
    assert signed.url == reverse("forums:minutes", args=[minutes.meeting_id])
    assert minutes.signatures.get().person == steering.truth_owner
