"""Sealed minutes stay; a correction is a record of its own, by chair and secretary."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from forums.minutes.pdf import minutes_document
from forums.models import Correction, CorrectionWithdrawal, Countersignature
from forums.registers.owed import owed_to_forums
from tests.acting import by
from tests.factories.forums import sealed
from truthgov.errors import InvalidInput, Refusal

SAID = {"passage": "Steering forum", "wording": "The steering forum of the coast.", "reason": "There are two now."}


@pytest.fixture
def minutes(item, steering):
    return sealed(item.meeting.close(by=steering.chair), steering)


@pytest.fixture
def correction(minutes, steering):
    """Made by the secretary, and not countersigned yet."""
    return Correction.objects.make(minutes, **SAID, by=by(steering.secretary))


def test_a_correction_names_what_it_corrects_and_is_countersigned_by_the_other(correction, minutes, steering):
    text = minutes.text
    correction.countersign(by=steering.chair)
    minutes.refresh_from_db()
    assert minutes.text == text
    assert Countersignature.objects.get().correction.passage == "Steering forum"
    with pytest.raises(Refusal, match="countersigned already"):
        correction.countersign(by=steering.chair)


def test_each_follows_the_seal_or_the_one_before(correction, minutes, steering):
    again = Correction.objects.make(minutes, **SAID, by=by(steering.secretary))
    assert len({minutes.sealing.hash, correction.hash, again.hash}) == 3


def test_who_made_it_does_not_countersign_and_nobody_else_makes_one(correction, minutes, steering, executive):
    with pytest.raises(Refusal, match="the other of chair and secretary"):
        correction.countersign(by=by(steering.secretary))
    for verb in (lambda: Correction.objects.make(minutes, **SAID, by=by(executive)),
                 lambda: correction.countersign(by=by(executive))):  # fmt: skip
        with pytest.raises(PermissionDenied):
            verb()
    office = correction.appointment
    with pytest.raises(DatabaseError, match="by the other"), transaction.atomic():
        Countersignature.objects.create(
            correction=correction, person=steering.secretary, appointment=office, signed_at=datetime.now(UTC)
        )


def test_what_was_not_sealed_is_not_corrected(correction, minutes, steering):
    with pytest.raises(InvalidInput) as refused:
        Correction.objects.make(minutes, "The moon", " ", "", by=steering.chair)
    assert set(refused.value.errors) == {"passage", "wording", "reason"}
    with pytest.raises(DatabaseError, match="passage of the sealed text"), transaction.atomic():
        Correction.objects.create(
            sealing=minutes.sealing, passage="The moon", wording="The sun.", reason="It rose.", hash="",
            made_by=steering.truth_owner, appointment=steering.truth_owner.appointments.get(),
            made_at=datetime.now(UTC),
        )  # fmt: skip


def test_minutes_that_are_not_sealed_are_amended_instead(item, steering):
    minutes = item.meeting.close(by=steering.chair)
    with pytest.raises(Refusal, match="not sealed"):
        Correction.objects.make(minutes, **SAID, by=steering.chair)


def test_who_made_it_withdraws_it_with_a_reason_until_it_is_countersigned(correction, minutes, steering):
    with pytest.raises(PermissionDenied):
        correction.withdraw("It was right after all.", by=steering.chair)
    with pytest.raises(InvalidInput, match="with a reason"):
        correction.withdraw(" ", by=by(steering.secretary))
    correction.withdraw("It was right after all.", by=by(steering.secretary))
    for verb in (lambda: correction.countersign(by=steering.chair),
                 lambda: correction.withdraw("Again.", by=by(steering.secretary))):  # fmt: skip
        with pytest.raises(Refusal, match="withdrawn"):
            verb()
    held = Correction.objects.make(minutes, **SAID, by=by(steering.secretary))
    held.countersign(by=steering.chair)
    with pytest.raises(Refusal, match="countersigned and holds"):
        held.withdraw("It was right after all.", by=by(steering.secretary))


def test_the_database_lets_nobody_else_withdraw_it_and_nothing_withdrawn_be_countersigned(correction, steering):
    at = datetime.now(UTC)
    with pytest.raises(DatabaseError, match="withdrawn by who made it"), transaction.atomic():
        CorrectionWithdrawal.objects.create(
            correction=correction, person=steering.truth_owner, reason="No.", withdrawn_at=at
        )
    correction.withdraw("It was right after all.", by=by(steering.secretary))
    with pytest.raises(DatabaseError, match="not countersigned"), transaction.atomic():
        Countersignature.objects.create(
            correction=correction, person=steering.truth_owner, signed_at=at,
            appointment=steering.truth_owner.appointments.get(),
        )  # fmt: skip


def test_what_is_withdrawn_waits_on_no_desk_and_says_so_on_its_page(as_person, correction, minutes, steering):
    chair = steering.truth_owner
    page, act = f"/meetings/{minutes.meeting_id}/minutes/", f"/corrections/{correction.pk}/withdrawal/"
    owed = [due.kind for due in owed_to_forums(chair, list(chair.appointments.all()))]
    assert ("Correction" in owed, act in as_person(chair).get(page).content.decode()) == (True, False)
    as_person(steering.secretary).post(act, {"reason": "It was right after all."})
    owed = [due.kind for due in owed_to_forums(chair, list(chair.appointments.all()))]
    shown = as_person(chair).get(page).content.decode()
    assert "Correction" not in owed
    assert "It was right after all." in shown
    assert "Countersign it" not in shown


def test_the_document_tells_of_it(correction, minutes):
    with_it = minutes_document(minutes)
    assert with_it == minutes_document(minutes)
    assert with_it.startswith(b"%PDF-")
