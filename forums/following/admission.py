"""Who listens to a meeting, where nothing is known of them but their session: who they are, and what they may be told.

However many listen, they are asked for together: their rights are read anew at every change.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from forums.access import who_may_read_meetings
from forums.following.rendering import Changed, shared
from forums.models import Meeting
from truthgov import clock
from truthgov.models import Person
from truthgov.second_factor import who_lacks_second_factor

NO_MEETING = 0


@dataclass(frozen=True)
class Listener:
    """The key of a session, and the item that its page shows; None where that is the one in hand."""

    session_key: str
    item: int | None = None


@dataclass(frozen=True)
class Told:
    """A version of a meeting, who may be told of it, and what it shows to those who only follow."""

    version: int
    listeners: frozenset[Listener]
    shown: Mapping[Listener, Changed]


def readers(session_keys: Collection[str]) -> dict[str, Person]:
    """By the key of their session, who may read meetings now."""
    sessions = Session.objects.filter(pk__in=set(session_keys), expire_date__gt=clock.now())
    claims = {session.pk: session.get_decoded() for session in sessions}
    people = Person.objects.active().in_bulk([each[SESSION_KEY] for each in claims.values() if SESSION_KEY in each])
    known = {key: people.get(int(claim.get(SESSION_KEY, 0))) for key, claim in claims.items()}
    admitted = who_may_read_meetings(people) - who_lacks_second_factor(people)
    return {
        key: person for key, person in known.items()
        if person is not None and person.pk in admitted and _is_proved(claims[key], person)
    }  # fmt: skip


def version_for(session_key: str, meeting: int) -> int | None:
    """The meeting's version, where the session is that of somebody who may read it now; None otherwise."""
    return versions([meeting]).get(meeting) if readers([session_key]) else None


def versions(meetings: Collection[int]) -> dict[int, int]:
    """The version of each meeting; the database is asked even where there is none, to know that it answers."""
    found = Meeting.objects.filter(pk__in=[NO_MEETING, *meetings]).order_by()
    return dict(found.values_list("pk", "version"))


def told_to(meeting: int, listeners: Collection[Listener]) -> Told:
    """What is told of a meeting as it stands, and to whom of those who listen."""
    found = Meeting.objects.select_related("forum", "charter").get(pk=meeting)
    people = readers({each.session_key for each in listeners})
    admitted = {each: people[each.session_key] for each in listeners if each.session_key in people}
    return Told(found.version, frozenset(admitted), shared(found, admitted))


def _is_proved(claim: Mapping[str, Any], person: Person) -> bool:
    """Was the session begun with the password that the person has now?"""
    return constant_time_compare(claim.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
