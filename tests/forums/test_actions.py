"""Actions are proved by their owner and verified by another; what is late is told, listed, escalated by itself."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from forums.desk import desk_of
from forums.meetings.late import escalate_late_actions
from forums.models import Escalation, ProofFile
from forums.registers.digest import send_digests
from tests.acting import by
from tests.days import tomorrow
from tests.factories.forums import resolving
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import attach


def nine_o_clock():
    return datetime.combine(date.today(), time(9), UTC)


@pytest.fixture
def action(item, steering, sales_lead):
    decision = item.decide(resolving(), by=steering.chair)
    return decision.actions.create(title="Report net bookings", owner=sales_lead, due_on=tomorrow())


@pytest.fixture
def morning():
    """Nine o'clock where everybody is."""
    with clock.at(nine_o_clock()):
        yield


def test_an_action_is_done_with_a_proof_and_verified_by_another(action, sales_lead, executive, outsider):
    with pytest.raises(InvalidInput):
        action.report_done(" ", by=by(sales_lead))
    with pytest.raises(PermissionDenied):
        action.report_done("Done.", by=by(executive))
    action.report_done("Net bookings are in the dictionary.", by=by(sales_lead))
    with pytest.raises(Refusal, match="another member"):
        action.verify(by=by(sales_lead))
    with pytest.raises(PermissionDenied):
        action.verify(by=by(outsider))
    action.verify(by=by(executive))
    assert action.status == "verified"
    with pytest.raises(Refusal, match="no longer done, to be verified"):
        action.verify(by=by(executive))


def test_a_proof_that_does_not_hold_opens_the_action_again_and_stays(action, sales_lead, executive):
    action.report_done("Trust me.", by=by(sales_lead))
    action.send_back("Show the figure.", by=by(executive))
    assert action.status == "open"
    action.report_done("The figure is 4,100.", by=by(sales_lead))
    assert [proof.text for proof in action.proofs.all()] == ["Trust me.", "The figure is 4,100."]


def test_a_proof_brings_files_through_the_door_for_files(as_person, action, sales_lead, outsider):
    owner, address = as_person(sales_lead), reverse("forums:proof", args=[action.pk])
    refused = owner.post(address, {"proof": "See.", "attachments": SimpleUploadedFile("run.exe", b"MZ")})
    assert (refused.status_code, b"none of the kinds" in refused.content) == (422, True)
    report = SimpleUploadedFile("report.pdf", b"%PDF-1.7 net")
    assert owner.post(address, {"proof": "See the report.", "attachments": report}).status_code == 302
    kept = ProofFile.objects.get()
    saved = as_person(outsider).get(reverse("forums:proof_file", args=[action.pk, kept.pk]))
    assert (saved.content, saved["Content-Type"]) == (b"%PDF-1.7 net", "application/pdf")
    assert "report.pdf" in owner.get(reverse("forums:action", args=[action.pk])).content.decode()


def test_a_proof_keeps_the_files_that_it_stated_and_no_others(action, sales_lead):
    proof = action.report_done("See.", [attach("report.pdf", b"%PDF-1.7 net")], by=by(sales_lead))
    assert proof.attached[0]["name"] == "report.pdf"
    with pytest.raises(DatabaseError, match="no others"), transaction.atomic():
        proof.keep([attach("other.pdf", b"%PDF-1.7 nicer")])
    with pytest.raises(InvalidInput, match="too many"):
        action.report_done("See.", [attach(f"{n}.txt", b"x") for n in range(6)], by=by(sales_lead))


def test_what_is_to_be_verified_stands_on_the_desk_of_the_secretary(action, sales_lead, steering):
    action.report_done("Net bookings are in the dictionary.", by=by(sales_lead))
    assert ("Verification", action.title) in {(due.kind, due.title) for due in desk_of(steering.secretary).dues}


def test_a_late_action_escalates_by_itself_once(action, steering):
    last_day = action.due_on + timedelta(days=steering.charter.escalation_days)
    assert escalate_late_actions(last_day) == []
    (escalation,) = escalate_late_actions(last_day + timedelta(days=1))
    assert (escalation.action, escalation.to_role, escalation.escalated_by) == (action, "sponsor", None)
    assert escalate_late_actions(last_day + timedelta(days=1)) == []
    assert Escalation.objects.count() == 1


def test_an_action_that_is_shown_to_be_done_does_not_escalate(action, sales_lead):
    action.report_done("Done.", by=by(sales_lead))
    assert escalate_late_actions(action.due_on + timedelta(days=100)) == []


# --- the digest
def mails_to(person):
    return [each for each in mail.outbox if each.to == [person.email]]


def test_a_digest_tells_what_is_due_and_again_once_it_is_overdue(morning, action, sales_lead):
    send_digests()
    send_digests()
    (told,) = mails_to(sales_lead)
    assert told.subject == "Owed to forums: 1"
    assert f"Action: {action.title}\nDue by" in told.body
    with clock.at(nine_o_clock() + timedelta(days=2)):
        send_digests()
    assert mails_to(sales_lead)[1].subject == "Owed to forums: 1, 1 overdue"


def test_nobody_is_written_to_at_night_or_against_their_will(action, sales_lead):
    with clock.at(nine_o_clock() - timedelta(hours=6)):
        send_digests()
    assert not mails_to(sales_lead)
    type(sales_lead).objects.filter(pk=sales_lead.pk).update(is_reminded=False)
    with clock.at(nine_o_clock()):
        send_digests()
    assert not mails_to(sales_lead)


def test_whoever_attended_is_told_of_circulated_minutes(morning, item, steering, executive):
    item.meeting.close(by=steering.chair).circulate(by=by(steering.secretary))
    send_digests()
    (told,) = mails_to(executive)
    assert "To read: The minutes of" in told.body
