"""Moments of knowledge: what was known at an audit entry, or on a day, whose last entry it is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from truthgov import audit, clock
from truthgov.errors import InvalidInput
from truthgov.models import AuditEntry

KNOWN = """
    CASE WHEN {table}.act IS NULL OR %(entry)s::bigint IS NULL THEN {table}.{stamp} <= %(at)s
    ELSE EXISTS (SELECT FROM truthgov_auditentry WHERE act = {table}.act AND number <= %(entry)s) END
"""
"""The condition in SQL that a row was known; it is asked with what `Moment.asked` gives."""


BEFORE_EVERYTHING = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
"""Has a day in any zone: the first instant there is has none west of Greenwich."""


@dataclass(frozen=True)
class Moment:
    """A moment of knowledge: an audit entry (None: now) and when it was made.

    What an act wrote is known from its own entries on: not from the time that its rows have, which is taken while the
    act is still under way and others end.
    """

    entry: int | None
    at: datetime

    @classmethod
    def of(cls, entry: int | None) -> "Moment":
        """InvalidInput where there is no such entry; entry 0 is before everything."""
        if entry is None:
            return cls(None, clock.now())
        made = AuditEntry.objects.filter(pk=entry).values_list("at", flat=True).first()
        if made is None and entry:
            raise InvalidInput(f"There is no audit entry {entry}; choose a day instead.")
        return cls(entry, made or BEFORE_EVERYTHING)

    @property
    def day(self) -> date:
        return clock.local_day(self.at)

    @property
    def asked(self) -> dict[str, Any]:
        """The parameters of `KNOWN`."""
        return {"entry": self.entry, "at": self.at}

    def knew(self, stamp: str = "") -> Q:
        """Of rows with a name of their act: those known at this moment. `stamp` is the field of their time, if any."""
        path, _, _ = stamp.rpartition("__")
        act = f"{path}__act" if path else "act"
        stamped = Q(**{f"{stamp}__lte": self.at}) if stamp else Q()
        if self.entry is None:
            return stamped
        told = AuditEntry.objects.filter(act=OuterRef(act), number__lte=self.entry)
        return Q(Exists(told)) | Q(stamped, **{f"{act}__isnull": True})


def day_asked(text: str) -> date | None:
    """The day whose knowledge an address asks for, none later than today; None where it asks for none."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Choose a day such as 2026-10-05.", {"known_on": f"{text!r} is not a day."}) from error
    if day > clock.today():
        raise InvalidInput("Nobody knows yet what will be known then.", {"known_on": "Choose today or an earlier day."})
    return day


def entry_on(day: date | None) -> int | None:
    """The number of the last entry made by the end of a day, 0 where there was none; None without a day: now."""
    if day is None:
        return None
    return audit.known_on(clock.end_of(day))
