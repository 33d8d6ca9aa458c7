"""What is owed by e-mail: to members an invitation to each time and place of a meeting, and each published pack; to who
was invited and has no seat any more, that the meeting comes off their calendar.

One mail a person and matter, and each once: its row is the claim (`truthgov.mails`).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

from forums.invitations.answering import address_of
from forums.invitations.entries import cancellation, invitation
from forums.models import Invitation, Meeting, PackSending, Publication, Uninviting
from forums.packs.board_pack.document import name_of, published
from truthgov import clock, icalendar, pdf
from truthgov.mails import send_claimed
from truthgov.models import Person

AHEAD = timedelta(days=35)
"""How far ahead of a meeting its members are invited: a monthly forum has always been invited to its next one."""


def send_what_is_owed() -> int:
    """Send what nobody was sent yet; how many mails went out. May run at any hour, however often.

    Nobody is invited to what has begun; a pack that was published shortly before, or since its hour came, goes out.
    """
    now = clock.now()
    coming = Meeting.objects.upcoming(at=now).filter(starts_at__lte=now + AHEAD)
    sent = sum(_owed_for(meeting) for meeting in coming.select_related("forum__scope", "charter"))
    papers = Publication.objects.recent(at=now).values("meeting")
    begun = Meeting.objects.beginning(at=now).filter(pk__in=papers).select_related("forum__scope", "charter")
    return sent + sum(_packs(meeting, _members(meeting.seat_holders(meeting.slot))) for meeting in begun)


def _owed_for(meeting: Meeting) -> int:
    seated = meeting.seat_holders(meeting.slot)
    return _to_members(meeting, seated) + _to_former(meeting, seated)


def _to_former(meeting: Meeting, seated: set[int]) -> int:
    """To who was invited, was not told otherwise since, and has no seat."""
    latest = {each.person_id: each for each in meeting.invitations.order_by("turn", "sequence", "pk")}
    told = set(meeting.invitations.exclude(uninviting=None).values_list("pk", flat=True))
    former = {person for person, last in latest.items() if person not in seated and last.pk not in told}
    people = Person.objects.active().filter(pk__in=former).order_by("pk")
    return sum(send_claimed(person, lambda each: _cancellation(meeting, each)) for person in people)


def _to_members(meeting: Meeting, seated: set[int]) -> int:
    members = _members(seated)
    invited = set(meeting.invitations.standing().filter(sequence=meeting.sequence).values_list("person", flat=True))
    new = [person for person in members if person.pk not in invited]
    return sum(send_claimed(person, lambda each: _invitation(meeting, each)) for person in new) + _packs(
        meeting, members
    )


def _members(seated: set[int]) -> list[Person]:
    return list(Person.objects.active().filter(pk__in=seated).order_by("pk"))


def _packs(meeting: Meeting, members: list[Person]) -> int:
    """To whom the latest was not sent yet."""
    latest = Publication.objects.latest_of(meeting)
    if latest is None:
        return 0
    sent = set(latest.sendings.values_list("person", flat=True))
    return sum(send_claimed(person, lambda each: _pack(latest, each)) for person in members if person.pk not in sent)


def _invitation(meeting: Meeting, person: Person) -> EmailMessage | None:
    at, turn = clock.now(), meeting.invitations.filter(person=person).exclude(uninviting=None).count()
    knows = meeting.invitations.filter(person=person, turn=turn).exists()
    _, is_new = Invitation.objects.get_or_create(
        meeting=meeting, person=person, sequence=meeting.sequence, turn=turn, defaults={"sent_at": at}
    )
    if not is_new:
        return None
    subject = f"{'Moved' if knows else 'Invitation'}: {meeting.forum}, {_when(meeting, person)}"
    body = _worded("invitation", meeting, person, knows=knows)
    return _with_event(
        EmailMultiAlternatives(subject, body, to=[person.email]),
        invitation(meeting, person, at, turn=turn), icalendar.Method.REQUEST,
    )  # fmt: skip


def _cancellation(meeting: Meeting, person: Person) -> EmailMessage | None:
    at, last = clock.now(), meeting.invitations.filter(person=person).order_by("turn", "sequence", "pk").last()
    _, is_new = Uninviting.objects.get_or_create(invitation=last, defaults={"sent_at": at})
    if last is None or not is_new:
        return None
    subject = f"No longer invited: {meeting.forum}, {_when(meeting, person)}"
    return _with_event(
        EmailMultiAlternatives(subject, _worded("cancellation", meeting, person), to=[person.email]),
        cancellation(meeting, person, at, turn=last.turn), icalendar.Method.CANCEL,
    )  # fmt: skip


def _with_event(mail: EmailMultiAlternatives, event: icalendar.Event, method: icalendar.Method) -> EmailMessage:
    mail.attach_alternative(icalendar.calendar([event], method=method), f"{icalendar.MEDIA_TYPE}; method={method}")
    return mail


def _pack(publication: Publication, person: Person) -> EmailMessage | None:
    _, is_new = PackSending.objects.get_or_create(
        publication=publication, person=person, defaults={"sent_at": clock.now()}
    )
    if not is_new:
        return None
    meeting = publication.meeting
    subject = f"{'Agenda' if publication.number == 1 else 'Changed agenda'}: {meeting.forum}, {_when(meeting, person)}"
    body = _worded("pack", meeting, person, publication=publication, items=publication.record["items"])
    mail = EmailMessage(subject, body, to=[person.email])
    mail.attach(name_of(publication), published(publication, person), pdf.MEDIA_TYPE)
    return mail


def _worded(name: str, meeting: Meeting, person: Person, **more: object) -> str:
    told = {
        "meeting": meeting, "person": person, "when": _when(meeting, person), "address": settings.PUBLIC_ADDRESS,
        "answer": address_of(meeting, person), **more,
    }  # fmt: skip
    return render_to_string(f"forums/agendas/{name}.txt", told)


def _when(meeting: Meeting, person: Person) -> str:
    """In the reader's zone, which is named where it is not the organisation's."""
    at: datetime = meeting.starts_at.astimezone(person.zone)
    return f"{at:%A %-d %B %Y, %H:%M}" + (f" ({person.time_zone})" if person.time_zone else "")
