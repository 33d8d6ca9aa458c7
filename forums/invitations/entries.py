"""Meetings as entries of a calendar: when and where, never a paper."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from forums.invitations.answering import address_of
from forums.models import Meeting
from truthgov.icalendar import Event, Party, Status
from truthgov.models import Person


def entry(meeting: Meeting, stamped: datetime) -> Event:
    """A meeting as anybody's calendar lists it."""
    address = settings.PUBLIC_ADDRESS + reverse("forums:meeting", args=[meeting.pk])
    return Event(
        uid=str(meeting.uid), sequence=meeting.sequence, stamped=stamped, starts=meeting.starts_at,
        lasts=meeting.lasts, title=str(meeting.forum), place=meeting.place, address=address,
        text=f"Month under review: {meeting.period}. Agenda and papers: {address}",
    )  # fmt: skip


def invitation(meeting: Meeting, person: Person, stamped: datetime, *, turn: int = 0) -> Event:
    """A meeting as somebody invited to it puts it into their calendar; anew in each turn."""
    told = entry(meeting, stamped)
    answering = f"Accept or decline: {settings.PUBLIC_ADDRESS}{address_of(meeting, person)}"
    return replace(
        told, sequence=meeting.sequence + 2 * turn, text=f"{told.text}\n{answering}",
        organiser=Party(str(meeting.forum), settings.DEFAULT_FROM_EMAIL), attendee=Party(person.name, person.email),
    )  # fmt: skip


def cancellation(meeting: Meeting, person: Person, stamped: datetime, *, turn: int = 0) -> Event:
    """A meeting as somebody who was invited takes it off again: after the invitation of that turn, before the next."""
    told = invitation(meeting, person, stamped, turn=turn)
    return replace(told, sequence=told.sequence + 1, status=Status.CANCELLED, text="You have no seat there any more.")
