from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from truthgov.models import Appointment, Key, Person


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the appointment they act under, a key, or the product's own clockwork by name."""

    person: Person | None = None
    appointment: Appointment | None = None
    key: Key | None = None
    clockwork: str = ""

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps: ids alone, so that erasing a person leaves the chain valid."""
        record = {
            "person": self.person.pk if self.person else None,
            "appointment": self.appointment.pk if self.appointment else None,
            "key": self.key.pk if self.key else None,
            "clockwork": self.clockwork or None,
        }
        return {kind: value for kind, value in record.items() if value is not None}

    def acting_under(self, appointment: Appointment) -> "Appointed":
        """The same person under an appointment of theirs; PermissionDenied for a program."""
        if self.person is None:
            raise PermissionDenied
        return Appointed(person=self.person, appointment=appointment)

    def __str__(self) -> str:
        if self.person:
            return self.person.name
        return f"key {self.key}" if self.key else self.clockwork


@dataclass(frozen=True)
class Appointed(Actor):
    """An actor who is a person and acts under an appointment, as whoever decides or signs does."""

    person: Person
    appointment: Appointment
