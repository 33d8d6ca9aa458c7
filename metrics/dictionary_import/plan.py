"""What an import would change: the changes in words, and what is to be written. No database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from metrics.dictionary_files.document import Problem
from metrics.dictionary_files.fields import Said, Value, word_value
from metrics.models import Definition, Measure


class Detail(NamedTuple):
    """What something new says in a field, as files write it."""

    field: str
    value: str


@dataclass(frozen=True)
class Change:
    """One thing that an import changes: something is new, with its details, or a field of something goes from one value
    to another."""

    what: str
    field: str = ""
    before: str = ""
    after: str = ""
    is_version: bool = False
    """Does it come with a further version of a definition, which is reviewed as such?"""
    details: tuple[Detail, ...] = ()

    def __str__(self) -> str:
        if not self.field:
            return f"{self.what} is new."
        return f"{self.what}: {self.field} {self.before or 'empty'} → {self.after or 'empty'}."


@dataclass(frozen=True)
class NewVersion:
    """A version to be written: `fields` are the model's own; `current` is the one in force, if there is one."""

    code: str
    place: str
    version: int
    starts_on: date | None
    fields: dict[str, Any]
    current: Definition | None = None


@dataclass
class Plan:
    """What is new and what changes, by codes and names; nothing is to be written while there are problems."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    journeys: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    measures: list[Said] = field(default_factory=list)
    corrected: list[tuple[Measure, Said]] = field(default_factory=list)
    guards: dict[str, str] = field(default_factory=dict)
    first_versions: list[NewVersion] = field(default_factory=list)
    further_versions: list[NewVersion] = field(default_factory=list)
    namings: list[tuple[Said, bool]] = field(default_factory=list)
    """Sources of record, each with whether it is entered as dated in the file."""
    links: list[Said] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    conditions: list[tuple[Said, dict[str, int]]] = field(default_factory=list)

    def fault(self, place: str, message: str) -> None:
        self.problems.append(Problem(place, message))

    def note(self, what: str, field: str = "", before: Value = "", after: Value = "", *, version: bool = False) -> None:
        self.changes.append(Change(what, field, word_value(before), word_value(after), version))

    def note_new(self, what: str, said: Mapping[str, Any] | None = None) -> None:
        """Note that something is new, with what is said of it; nothing is told of what is empty, or no."""
        told = ((name, word_value(value)) for name, value in (said or {}).items() if value not in (None, "", False))
        self.changes.append(Change(what, details=tuple(Detail(*each) for each in told)))

    @property
    def others(self) -> list[Change]:
        """The changes that are not further versions of definitions."""
        return [change for change in self.changes if not change.is_version]

    @property
    def fingerprint(self) -> str:
        """Tells these other changes from any that differ."""
        told = (f"{change} {change.details}" for change in self.others)
        return sha256("\n".join(told).encode()).hexdigest()
