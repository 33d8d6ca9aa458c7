"""The audit for its readers: entries found by filters, worded with the names of who acted. Three queries a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from truthgov import clock, wording
from truthgov.audit import entry_hash
from truthgov.models import Appointment, AuditEntry, Key, Person

PART = 2_000
COLUMNS = ("entry", "at", "who", "as", "code", "what", "record_kind", "record", "hash")


@dataclass(frozen=True)
class Line:
    """An entry with its sentence; `sound` when its hash is that of its content."""

    entry: AuditEntry
    who: str
    role: str
    phrase: str
    sound: bool

    @property
    def number(self) -> str:
        return str(self.entry.number)


def entries(
    *,
    code: str = "",
    person: Person | None = None,
    subject: tuple[str, str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEntry]:
    """Entries of a code, an actor, a subject (kind, and id where not empty) and of days, `until` included."""
    found = AuditEntry.objects.all()
    if code:
        found = found.filter(code=code)
    if person:
        found = found.alias(acting=KT("actor__person")).filter(acting=str(person.pk))
    if subject:
        found = found.filter(subject_kind=subject[0], **({"subject_id": subject[1]} if subject[1] else {}))
    if since:
        found = found.filter(at__gte=clock.midnight(since))
    if until:
        found = found.filter(at__lt=clock.end_of(until))
    return found


def worded(found: Iterable[AuditEntry]) -> list[Line]:
    """Each entry with who acted, under which appointment, and what they did."""
    listed = list(found)
    people = Person.objects.in_bulk(_ids(listed, "person"))
    keys = Key.objects.in_bulk(_ids(listed, "key"))
    appointments = Appointment.objects.select_related("scope").in_bulk(_ids(listed, "appointment"))

    def line(entry: AuditEntry) -> Line:
        actor = entry.actor
        person, key = people.get(actor.get("person")), keys.get(actor.get("key"))
        appointment = appointments.get(actor.get("appointment"))
        who = person.name if person else f"Key {key}" if key else f"truthgov ({actor.get('clockwork', 'unknown')})"
        title = appointment.title if appointment else ""
        return Line(entry, who, title, wording.phrase(entry.code), entry_hash(entry) == entry.hash)

    return [line(entry) for entry in listed]


def sheet(found: QuerySet[AuditEntry]) -> Iterator[tuple[Any, ...]]:
    """Entries as the rows of a sheet, with `COLUMNS`, latest first; read in parts, so that many cost no memory."""
    listed = found.order_by("-number").iterator(chunk_size=PART)
    while part := worded(islice(listed, PART)):
        for line in part:
            entry = line.entry
            yield (entry.number, entry.at.isoformat(), line.who, line.role, entry.code, line.phrase,
                   entry.subject_kind, entry.subject_id, entry.hash)  # fmt: skip


def _ids(listed: list[AuditEntry], kind: str) -> set[Any]:
    return {entry.actor[kind] for entry in listed if kind in entry.actor}
