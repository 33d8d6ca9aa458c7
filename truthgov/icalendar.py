"""Calendars as RFC 5545 writes them: what we need of it, and no more. Pure: dataclasses in, text out.

Moments are written in UTC, so that no calendar has to know our zone. Lines end with CR LF and are folded at 75 octets.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

MEDIA_TYPE = "text/calendar"
LONGEST_LINE = 75
"""Octets of a line, without its ending."""
PRODUCT = "-//truthgov//meetings//EN"


class Method(StrEnum):
    """What a calendar is to do with it: keep a list of events, put one on as an invitation, or take one off."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Participation(StrEnum):
    """Where an attendee stands (PARTSTAT)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in an event, by e-mail address."""

    name: str
    email: str
    participation: Participation | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One meeting. `uid` never changes; `sequence` grows with each change of time or place; `stamped` is when it was
    written. The moments are aware.
    """

    uid: str
    sequence: int
    stamped: datetime
    starts: datetime
    lasts: timedelta
    title: str
    text: str = ""
    place: str = ""
    address: str = ""
    status: Status = Status.CONFIRMED
    organiser: Party | None = None
    attendee: Party | None = None


def calendar(events: Iterable[Event], *, method: Method = Method.PUBLISH, name: str = "") -> str:
    """A calendar of events; with `name`, as a subscription is called."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    if name:
        lines += [f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for event in events:
        lines += _event(event)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in folded(line))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_utc(event.stamped)}"
    yield f"DTSTART:{_utc(event.starts)}"
    yield f"DTEND:{_utc(event.starts + event.lasts)}"
    yield f"SUMMARY:{escaped(event.title)}"
    for name, text in (("DESCRIPTION", event.text), ("LOCATION", event.place)):
        if text:
            yield f"{name}:{escaped(text)}"
    if event.address:
        yield f"URL:{event.address}"
    if event.organiser:
        yield f"ORGANIZER;CN={quoted(event.organiser.name)}:mailto:{event.organiser.email}"
    if event.attendee:
        stands = event.attendee.participation or Participation.NEEDS_ACTION
        named = f"CN={quoted(event.attendee.name)};ROLE=REQ-PARTICIPANT;PARTSTAT={stands};RSVP=FALSE"
        yield f"ATTENDEE;{named}:mailto:{event.attendee.email}"
    yield f"STATUS:{event.status}"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value: commas, semicolons, backslashes and line ends stand escaped."""
    plain = "\n".join(text.splitlines())
    for mark, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(mark, written)
    return _printable(plain)


def quoted(text: str) -> str:
    """A text as a parameter, where neither quotes nor line ends may stand."""
    return f'"{_printable(" ".join(text.split())).replace(chr(34), chr(39))}"'


def folded(line: str) -> Sequence[str]:
    """The parts of a line, of at most 75 octets each none cut through a character; further ones are indented."""
    parts, part, room = [], b"", LONGEST_LINE
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > room:
            parts.append(part.decode())
            part, room = b" ", LONGEST_LINE
        part += octets
    return [*parts, part.decode()]


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _printable(text: str) -> str:
    return "".join(character for character in text if character >= " " or character == "\t")
