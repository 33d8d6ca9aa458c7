"""Members are invited to each time and place once, and answer by link or signed in."""

from datetime import date, datetime, time, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from forums.agendas.publishing import publish
from forums.invitations import answering
from forums.invitations.inviting import send_what_is_owed
from forums.models import Invitation, Meeting, PackSending, Reply
from tests.factories.forums import item_about, next_meeting
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Role
from truthgov.models.audit import AuditEntry


@pytest.fixture
def guest(sales):
    """Of the organisation, without a seat."""
    greta = PersonFactory(name="Greta Guest")
    return AppointmentFactory(role=Role.PREPARER, scope=sales.scope, person=greta).person


def mails_to(person):
    return [each for each in mail.outbox if each.to == [person.email]]


def calendar_of(sent):
    (content, kind), *_ = sent.alternatives
    assert kind == "text/calendar; method=REQUEST"
    return content.replace("\r\n ", "").split("\r\n")


def another_day(meeting):
    return {"starts_at": meeting.starts_at + timedelta(days=1), "lasts_minutes": 60, "place": "Room 4"}


def test_each_member_is_invited_once(coming, steering, sales_lead):
    assert send_what_is_owed() == len(coming.seat_holders(coming.slot))
    (sent,) = mails_to(sales_lead)
    assert sent.subject.startswith("Invitation: Steering forum, ")
    told = calendar_of(sent)
    assert {f"UID:{coming.uid}", "SEQUENCE:0", "METHOD:REQUEST", "DTEND:" + _utc(coming.starts_at, 90)} <= set(told)
    assert any(line.endswith(f"mailto:{sales_lead.email}") for line in told)
    assert send_what_is_owed() == 0


def _utc(at, minutes):
    return f"{(at + timedelta(minutes=minutes)).astimezone(timezone.get_fixed_timezone(0)):%Y%m%dT%H%M%SZ}"


def test_a_meeting_far_off_invites_nobody_yet(steering):
    next_meeting(steering, date.today() + timedelta(40))
    assert send_what_is_owed() == 0


def test_who_was_given_a_seat_later_is_invited_then(coming, steering, executive):
    send_what_is_owed()
    late = AppointmentFactory(role=Role.FORUM_MEMBER, scope=steering.forum.scope).person
    assert (send_what_is_owed(), len(mails_to(late))) == (1, 1)


def test_another_time_invites_anew_under_the_same_uid(coming, secretary, sales_lead):
    send_what_is_owed()
    coming.answer("accepted", by=Actor(person=sales_lead))
    coming.move(**another_day(coming), by=secretary)
    send_what_is_owed()
    first, moved = mails_to(sales_lead)
    assert moved.subject.startswith("Moved: ")
    assert "It now meets on" in moved.body
    assert {f"UID:{coming.uid}", "SEQUENCE:1", "LOCATION:Room 4"} <= set(calendar_of(moved))
    assert f"UID:{coming.uid}" in calendar_of(first)
    assert coming.standing_replies() == {}
    assert Reply.objects.count() == 1


def test_who_may_move_a_meeting_and_where_to(coming, secretary, sales_lead, steering):
    with pytest.raises(PermissionDenied):
        coming.move(**another_day(coming), by=Actor(person=sales_lead))
    past = datetime.combine(date(2020, 1, 1), time(9), timezone.get_default_timezone())
    with pytest.raises(InvalidInput):
        coming.move(**another_day(coming) | {"starts_at": past}, by=secretary)
    as_it_is = {"starts_at": coming.starts_at, "lasts_minutes": 90, "place": ""}
    with pytest.raises(Refusal, match="already"):
        coming.move(**as_it_is, by=secretary)
    coming.open(by=steering.chair)
    with pytest.raises(Refusal, match="has begun"):
        coming.move(**another_day(coming), by=secretary)


def test_what_could_not_be_sent_is_tried_again(coming, sales_lead, monkeypatch):
    def away(self, fail_silently=False):
        raise SMTPException("busy")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        assert send_what_is_owed() == 0
    assert not Invitation.objects.exists()
    assert send_what_is_owed() > 0


def test_the_pack_of_each_publication_is_sent_once(coming, secretary, sales_lead):
    send_what_is_owed()
    publish(coming, by=secretary)
    members = len(coming.seat_holders(coming.slot))
    assert (send_what_is_owed(), send_what_is_owed(), PackSending.objects.count()) == (members, 0, members)
    (_, sent) = mails_to(sales_lead)
    (name, content, kind) = sent.attachments[0]
    assert (name, kind, content[:4]) == (f"pack-{coming.pk}-1.pdf", "application/pdf", b"%PDF")
    coming.plan_item(coming.items.first(), section="First", minutes=40, presenter=None, by=secretary)
    publish(coming, by=secretary)
    assert send_what_is_owed() == members
    assert "40 minutes, instead of 15." in mails_to(sales_lead)[-1].body


@pytest.mark.parametrize(
    ("opened", "hours_since", "goes_out"), [(False, 1, True), (True, 1, True), (False, 30, False), (True, 30, False)]
)
def test_a_pack_that_is_published_when_its_hour_has_come_is_sent_and_invites_nobody(
    as_person, coming, steering, secretary, sales_lead, opened, hours_since, goes_out
):
    with clock.at(coming.starts_at + timedelta(minutes=10)):
        publish(coming, by=secretary)
        told = as_person(sales_lead).get(reverse("forums:agenda", args=[coming.pk])).content.decode()
        assert "Its hour has come" in told
        assert "Being sent to each member" in told
        if opened:
            coming.open(by=steering.chair)
    with clock.at(coming.starts_at + timedelta(hours=hours_since)):
        members = len(coming.seat_holders(coming.slot)) if goes_out else 0
        assert (send_what_is_owed(), send_what_is_owed(), PackSending.objects.count()) == (members, 0, members)
        told = as_person(sales_lead).get(reverse("forums:agenda", args=[coming.pk])).content.decode()
        assert (f"Sent to {members} members" if goes_out else "Sent to nobody.") in told
    assert not Invitation.objects.exists()


def test_a_pack_that_is_sent_lacks_what_its_reader_is_recused_from(coming, secretary, case, sales_lead, executive):
    item_about(coming, case).recuse(sales_lead, "My own figures.", by=Actor(person=sales_lead))
    publish(coming, by=secretary)
    send_what_is_owed()
    theirs, whole = (mails_to(person)[-1].attachments[0][1] for person in (sales_lead, executive))
    assert len(theirs) < len(whole)


def test_an_invitation_is_answered_by_its_link_without_signing_in(client, coming, sales_lead):
    send_what_is_owed()
    address = answering.address_of(coming, sales_lead)
    assert address in mails_to(sales_lead)[0].body
    assert "You have not answered yet." in client.get(address).content.decode()
    assert not Reply.objects.exists()
    assert client.post(address, {"answer": "declined"}).status_code == 302
    assert "Declined" in client.get(address).content.decode()
    assert coming.standing_replies()[sales_lead.pk].answer == "declined"
    entry = AuditEntry.objects.get(code="invitation.answered")
    assert entry.actor == {"person": sales_lead.pk}


def test_a_link_accepts_or_declines_and_nothing_else(client, coming, sales_lead, guest):
    address = answering.address_of(coming, sales_lead)
    assert client.post(address, {"answer": "delegated", "delegate": guest.pk}).status_code == 422
    assert client.get(address[:-2] + "x/").status_code == 404
    assert not Reply.objects.exists()


def test_a_link_is_worth_nothing_once_the_meeting_has_begun_or_the_seat_is_lost(client, coming, steering, guest):
    assert client.post(answering.address_of(coming, guest), {"answer": "accepted"}).status_code == 403
    address = answering.address_of(coming, steering.secretary)
    coming.open(by=steering.chair)
    assert client.post(address, {"answer": "accepted"}).status_code == 409
    assert "has begun" in client.get(address).content.decode()


def test_somebody_signed_in_sends_another_in_their_place(as_person, coming, sales_lead, guest, steering):
    address = reverse("forums:replies", args=[coming.pk])
    assert as_person(sales_lead).post(address, {"answer": "delegated", "delegate": guest.pk}).status_code == 302
    assert str(coming.standing_replies()[sales_lead.pk]) == "Greta Guest comes for Sara Sales"
    page = as_person(steering.secretary).get(reverse("forums:agenda", args=[coming.pk])).content.decode()
    assert "Greta Guest comes instead" in page
    assert "1 delegated" in page
    assert coming.delegations.get().person == guest


def test_who_sends_somebody_again_says_nothing_new_and_cannot_send_another(coming, sales_lead, guest, outsider):
    for _ in range(2):
        coming.answer("delegated", delegate=guest, by=Actor(person=sales_lead))
    assert coming.delegations.count() == 1
    with pytest.raises(Refusal, match="named a delegate already"):
        coming.answer("delegated", delegate=outsider, by=Actor(person=sales_lead))
    assert coming.standing_replies()[sales_lead.pk].delegate == guest


def test_nobody_is_sent_where_the_charter_lets_nobody_or_who_comes_already(coming, sales_lead, executive, guest):
    with pytest.raises(InvalidInput, match="already"):
        coming.answer("delegated", delegate=executive, by=Actor(person=sales_lead))
    with pytest.raises(InvalidInput):
        coming.answer("delegated", by=Actor(person=sales_lead))
    coming.charter.allows_delegates = False
    strict = Meeting.objects.get(pk=coming.pk)
    strict.charter.allows_delegates = False
    with pytest.raises(Refusal, match="lets nobody"):
        strict.require_delegate(guest)


def test_a_member_reads_the_sum_and_only_chair_and_secretary_who_said_what(as_person, coming, sales_lead, steering):
    coming.answer("declined", by=Actor(person=sales_lead))
    address = reverse("forums:agenda", args=[coming.pk])
    theirs = as_person(steering.members[1]).get(address).content.decode()
    assert "1 declined" in theirs
    assert "Sara Sales" not in theirs
    assert "Sara Sales" in as_person(steering.secretary).get(address).content.decode()


def test_the_database_keeps_answers_as_they_were_given(coming, sales_lead):
    reply = coming.answer("accepted", by=Actor(person=sales_lead))
    with pytest.raises(Exception, match=r"permission denied|Cannot update"):
        Reply.objects.filter(pk=reply.pk).update(answer="declined")


def told_off(sent):
    (content, kind), *_ = sent.alternatives
    assert kind == "text/calendar; method=CANCEL"
    return set(content.replace("\r\n ", "").split("\r\n"))


def test_who_lost_their_seat_is_told_once_that_the_meeting_comes_off_their_calendar(coming, steering):
    seat = AppointmentFactory(role=Role.FORUM_MEMBER, scope=steering.forum.scope)
    send_what_is_owed()
    end(seat)
    assert (send_what_is_owed(), send_what_is_owed()) == (1, 0)
    sent = mails_to(seat.person)[-1]
    assert sent.subject.startswith("No longer invited: Steering forum, ")
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", f"UID:{coming.uid}", "SEQUENCE:1"} <= told_off(sent)
    assert not Meeting.objects.unanswered_by(seat.person, at=timezone.now()).exists()


def end(seat):
    seat.refresh_from_db()
    seat.holds = (seat.holds.lower, date.today() - timedelta(1))
    seat.save()


def test_who_has_a_seat_again_is_invited_again_later_than_they_were_told_off(coming, steering):
    seat = AppointmentFactory(role=Role.FORUM_MEMBER, scope=steering.forum.scope)
    send_what_is_owed()
    end(seat)
    send_what_is_owed()
    from_now = (date.today(), None)
    AppointmentFactory(role=Role.FORUM_MEMBER, scope=steering.forum.scope, person=seat.person, holds=from_now)
    assert (send_what_is_owed(), send_what_is_owed()) == (1, 0)
    again = mails_to(seat.person)[-1]
    assert again.subject.startswith("Invitation: ")
    assert {"METHOD:REQUEST", "SEQUENCE:2"} <= set(calendar_of(again))


def test_who_lost_their_seat_before_they_knew_of_another_time_is_told_off_later_than_that(coming, steering, secretary):
    seat = AppointmentFactory(role=Role.FORUM_MEMBER, scope=steering.forum.scope)
    send_what_is_owed()
    coming.move(**another_day(coming), by=secretary)
    end(seat)
    send_what_is_owed()
    assert "SEQUENCE:2" in told_off(mails_to(seat.person)[-1])


def test_the_secretary_who_has_no_seat_of_a_member_sends_nobody_and_is_told_why(as_person, coming, steering, guest):
    client, address = as_person(steering.secretary), reverse("forums:replies", args=[coming.pk])
    answer = client.post(address, {"answer": "delegated", "delegate": guest.pk})
    assert answer.status_code == 409
    assert "Only a member of Steering forum sends somebody in their place" in answer.content.decode()
    assert "Somebody comes for me" not in client.get(reverse("forums:agenda", args=[coming.pk])).content.decode()
    member = as_person(steering.members[0])
    assert "Somebody comes for me" in member.get(reverse("forums:agenda", args=[coming.pk])).content.decode()
    assert member.post(address, {"answer": "delegated", "delegate": guest.pk}).status_code == 302


def test_answers_stand_on_the_meetings_own_screen(as_person, coming, steering, sales_lead, executive):
    coming.answer("declined", by=Actor(person=sales_lead))
    address = reverse("forums:meeting", args=[coming.pk])
    assert "1 declined" in as_person(executive).get(address).content.decode()
    coming.open(by=steering.chair)
    assert "Expected, and not here" not in as_person(executive).get(address).content.decode()
    page = as_person(steering.secretary).get(address).content.decode()
    expected = page.split("Expected, and not here")[1].split("</ul>")[0]
    assert "Sara Sales" in expected
    assert "Declined" in expected
    assert "Tomas Truth" not in expected
