"""The secret address at which somebody's calendar reads their meetings: when and where, and no paper.

Whoever knows the address reads it without signing in; it is shown once, kept as a hash, and revoked at once.
"""

import hashlib
import secrets

from django.core.exceptions import PermissionDenied
from django.http import Http404

from forums.invitations.entries import entry
from forums.models import CalendarAddress, Meeting
from truthgov import audit, clock, icalendar
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Person

OCTETS = 32
LISTED = 100
"""Meetings that a calendar is told: the latest held, and all that are to come."""


def make_address(*, by: Actor) -> str:
    """A new secret, which is shown this once; a Refusal while another one stands."""
    person, secret = _person(by), secrets.token_urlsafe(OCTETS)
    with audit.act():
        with only_once("Your meetings have a secret address already; revoke it to make another."):
            made = CalendarAddress.objects.create(person=person, secret_hash=_hash(secret), made_at=clock.now())
        audit.record("calendar.address_made", made, by=by)
    return secret


def revoke_address(*, by: Actor) -> None:
    """From now on nobody reads one's meetings at the address; a Refusal where there is none."""
    with audit.act():
        standing = CalendarAddress.objects.filter(person=_person(by), revoked_at=None).first()
        if standing is None or not CalendarAddress.objects.filter(pk=standing.pk, revoked_at=None).update(
            revoked_at=clock.now()
        ):
            raise Refusal("Your meetings have no secret address.")
        audit.record("calendar.address_revoked", standing, by=by)


def calendar_at(secret: str) -> str:
    """The calendar at a secret address; 404 for one that is unknown or revoked, or whose owner is shut out."""
    known = CalendarAddress.objects.filter(secret_hash=_hash(secret), revoked_at=None, person__is_active=True)
    found = known.select_related("person").first()
    if found is None:
        raise Http404
    at = clock.now()
    return icalendar.calendar((entry(meeting, at) for meeting in meetings_of(found.person)), name="Forums")


def meetings_of(person: Person) -> list[Meeting]:
    """Those of the forums in which somebody has a seat today, or is the secretary, in order of time."""
    on, seated = clock.today(), {}
    meetings = Meeting.objects.select_related("forum__scope", "charter").order_by("-starts_at")[:LISTED]
    for meeting in meetings:
        charter = meeting.charter
        if charter.pk not in seated:
            seated[charter.pk] = charter.seat_of(person, on=on) or charter.secretary_of(person, on=on)
    return [meeting for meeting in meetings if seated[meeting.charter_id]][::-1]


def next_first(meetings: list[Meeting]) -> list[Meeting]:
    """Those to come in order of time, then those held, the latest first."""
    coming = [meeting for meeting in meetings if meeting.status in Meeting.BEFORE_CLOSING]
    return coming + [meeting for meeting in reversed(meetings) if meeting.status not in Meeting.BEFORE_CLOSING]


def _person(by: Actor) -> Person:
    if by.person is None:
        raise PermissionDenied
    return by.person


def _hash(secret: str) -> str:
    """SHA-256 suffices: a secret of 256 random bits has no dictionary."""
    return hashlib.sha256(secret.encode()).hexdigest()
