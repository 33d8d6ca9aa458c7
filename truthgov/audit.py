"""The audit: every act leaves one entry, chained by SHA-256, in the act's own transaction."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model

from truthgov import acts, clock, rows
from truthgov.actor import Actor
from truthgov.models import AuditEntry, AuditHead


@dataclass
class Act:
    """One transaction, by its name, and its entries that wait for their numbers."""

    name: UUID = field(default_factory=uuid4)
    pending: list[AuditEntry] = field(default_factory=list)
    noted: list[Model] = field(default_factory=list)
    told: int = 0
    last: AuditEntry | None = None

    def chain(self) -> list[AuditEntry]:
        """Number and store what is pending, now; the last entry tells of every row that was written up to here.

        The head stays locked until commit: call it last.
        """
        if not self.pending and not self._has_more_to_tell():
            return []
        self.last, self.told, wrote = self.pending[-1], len(self.noted), rows.wrote(self.name, self.noted)
        head = AuditHead.objects.select_for_update(no_key=True).get()
        told = {"wrote": wrote, "left": rows.left(self.noted)}
        self.last.data["act"] = {"name": str(self.name)} | {name: said for name, said in told.items() if said}
        at = clock.now()
        for entry in self.pending:
            head.number += 1
            entry.number, entry.at, entry.previous_hash = head.number, at, head.hash
            entry.act = self.name
            entry.hash = head.hash = entry_hash(entry)
        AuditEntry.objects.bulk_create(self.pending)
        head.save()
        chained, self.pending = self.pending, []
        return chained

    def _has_more_to_tell(self) -> bool:
        """Whether rows came after its last entry: then one more is pending, which tells of them."""
        if self.last is None or all(not isinstance(each, rows.TOLD) for each in self.noted[self.told :]):
            return False
        said = {name: getattr(self.last, name) for name in ("actor", "subject_kind", "subject_id")}
        self.pending.append(AuditEntry(code="act.completed", data={}, **said))
        return True


_current: ContextVar[Act | None] = ContextVar("current_act", default=None)


@contextmanager
def act() -> Iterator[Act]:
    """The transaction of an act. Acts nest; the outermost one takes the chain's lock last, just before commit."""
    outer = _current.get()
    current = outer or Act()
    kept, held = len(current.pending), False
    token, named, noted = _current.set(current), acts.name.set(current.name), acts.noted.set(current.noted)
    try:
        with transaction.atomic():
            yield current
            if outer is None:
                current.chain()
        held = True
    finally:
        _current.reset(token)
        acts.name.reset(named)
        acts.noted.reset(noted)
        if not held:
            del current.pending[kept:]


def record(code: str, subject: Model, *, by: Actor, **data: Any) -> None:
    """Add an entry to the act under way; `code` is namespaced (`contradiction.resolved`), `data` plain JSON."""
    current = _current.get()
    if current is None:
        raise RuntimeError(f"{code} is recorded outside an act")
    acts.note(subject)
    current.pending.append(
        AuditEntry(
            code=code,
            actor=by.as_record(),
            subject_kind=subject._meta.label_lower,
            subject_id=str(subject.pk),
            data=json.loads(json.dumps(data, cls=DjangoJSONEncoder)),
        )
    )


def canonical(entry: AuditEntry) -> str:
    """What an entry is hashed over: its canonical JSON, in ASCII, which holds the previous entry's hash."""
    content = [entry.number, instant(entry.at), entry.code, entry.actor, entry.subject_kind, entry.subject_id,
               entry.data, entry.previous_hash]  # fmt: skip
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256, in hexadecimal, of the entry's canonical JSON."""
    return hashlib.sha256(canonical(entry).encode()).hexdigest()


def known_now() -> int:
    """The number of the latest entry: the present moment of knowledge."""
    return AuditHead.objects.values_list("number", flat=True).get()


def end_of_chain() -> str:
    """The hash of the latest entry: it names everything that was ever done."""
    return AuditHead.objects.values_list("hash", flat=True).get()


def known_on(moment: datetime) -> int:
    """The moment of knowledge at an instant: the last entry made before it (0 when there is none)."""
    entry = AuditEntry.objects.filter(at__lt=moment).order_by("-number").values_list("number", flat=True).first()
    return entry or 0


def instant(at: datetime) -> str:
    """A moment as entries hold it: seconds since 1970, with six decimals, whatever the zone it is told in."""
    return f"{at.timestamp():.6f}"
