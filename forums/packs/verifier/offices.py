"""Who held what on a day, as the entries tell it: appointments, deputies, mandates, charters."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from .chain import Entry
from .findings import Findings

SLACK = timedelta(hours=14)
"""A day begins somewhere up to 14 hours earlier or later; days are compared loosely by zone."""
RANKS = {"sponsor": 2, "truth_owner": 1}
"""Whose right is higher; all others are equal below."""
FOUNDING = {"administrator", "sponsor", "truth_owner"}
"""Roles that start the chain of authority: one person's act."""
STATED = ("person", "role", "scope", "scope_kind", "starts_on")


@lru_cache(maxsize=1)  # an entry is judged by many appointments
def days(at: str) -> tuple[str, str]:
    """The first and the last date that an instant can be, anywhere."""
    moment = datetime.fromtimestamp(float(at), UTC)
    return (moment - SLACK).date().isoformat(), (moment + SLACK).date().isoformat()


def holds(held: dict[str, Any], at: str) -> bool:
    """Is an instant within `starts_on` and before `ends_on`?"""
    first, last = days(at)
    return str(held["starts_on"]) <= last and (held["ends_on"] is None or held["ends_on"] > first)


def is_over_the_organisation(held: dict[str, Any]) -> bool:
    """Is it held over the whole? Entries from before they held the kind of a scope do not say."""
    return held.get("scope_kind") in ("organisation", None)


@dataclass
class Offices:
    """What the entries say of offices up to the one taken last."""

    findings: Findings
    appointments: dict[int, dict[str, Any]] = field(default_factory=dict)
    deputies: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    mandates: dict[int, dict[str, Any]] = field(default_factory=dict)
    charters: dict[int, dict[str, Any]] = field(default_factory=dict)
    proposals: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        handler = HANDLERS.get(entry.code)
        if handler:
            handler(self, entry)

    def in_force(self, appointment: int, person: int, at: str) -> bool:
        """Does a person exercise an appointment at an instant, themselves or as its deputy?"""
        held = self.appointments.get(appointment)
        if held is None or not holds(held, at):
            return False
        stand_in = (each for each in self.deputies.get(appointment, ()) if each["person"] == person)
        return bool(held["person"] == person or any(holds(each, at) for each in stand_in))

    def rank(self, appointment: int) -> int:
        return RANKS.get(self.appointments.get(appointment, {}).get("role", ""), 0)

    def scopes_of(self, person: int, at: str) -> set[int]:
        """Over what a person exercises an appointment at an instant."""
        return {held["scope"] for number, held in self.appointments.items() if self.in_force(number, person, at)}

    def mandate(self, at: str) -> dict[str, Any] | None:
        """The latest version that has begun."""
        begun = [each for each in self.mandates.values() if each["starts_on"] <= days(at)[1]]
        return max(begun, key=lambda each: int(each["version"]), default=None)

    def later_charters(self, forum: int, version: int, at: str) -> list[int]:
        """Versions of a forum's charter above one that had surely begun at an instant."""
        ours = (each for each in self.charters.values() if each.get("forum") == forum)
        return [each["version"] for each in ours if each["version"] > version and each["starts_on"] <= days(at)[0]]

    def propose(self, entry: Entry) -> None:
        self.proposals[entry.subject_kind, entry.subject_id] = entry

    def confirm(self, entry: Entry) -> None:
        proposal = self.proposals.pop((entry.subject_kind, entry.subject_id), None)
        said = {**(proposal.data if proposal else {}), **entry.data}
        held = {name: said.get(name) for name in STATED} | {"ends_on": said.get("ends_on")}
        if "starts_on" not in said:
            self.findings.remark(
                f"appointment {entry.subject_id}: confirmed (entry {entry.number}) before entries held its dates"
            )
            held["starts_on"] = ""
        self._require_another(entry, proposal, exempt=held["role"] in FOUNDING)
        self.appointments[int(entry.subject_id)] = held

    def end(self, entry: Entry) -> None:
        self.appointments[int(entry.subject_id)]["ends_on"] = entry.data["on"]

    def name_deputy(self, entry: Entry) -> None:
        if "starts_on" not in entry.data:
            self.findings.remark(f"deputy {entry.subject_id}: named before entries held the dates")
        self.deputies[entry.data["appointment"]].append({"starts_on": "", "ends_on": None, **entry.data})

    def grant(self, entry: Entry) -> None:
        if "starts_on" not in entry.data:
            self.findings.remark(f"mandate version {entry.data['version']}: granted before entries held its first day")
        self.mandates[entry.data["version"]] = {"starts_on": "", **entry.data}

    def approve(self, entry: Entry) -> None:
        proposal = self.proposals.pop((entry.subject_kind, entry.subject_id), None)
        self._require_another(entry, proposal, exempt=False)
        if "quorum" not in entry.data:
            self.findings.remark(f"charter {entry.subject_id}: approved before entries held its terms")
        self.charters[int(entry.subject_id)] = entry.data | {"approved_by": entry.actor["person"]}

    def _require_another(self, entry: Entry, proposal: Entry | None, *, exempt: bool) -> None:
        """Proposed by one person, settled by another."""
        if exempt:
            return
        if proposal is None:
            self.findings.fault(entry.where, "settles what no entry proposes")
        elif proposal.actor.get("person") == entry.actor.get("person"):
            self.findings.fault(entry.where, "is by the person who proposed it")


HANDLERS: dict[str, Callable[[Offices, Entry], None]] = {
    "appointment.proposed": Offices.propose,
    "appointment.confirmed": Offices.confirm,
    "appointment.ended": Offices.end,
    "deputy.named": Offices.name_deputy,
    "mandate.granted": Offices.grant,
    "charter.proposed": Offices.propose,
    "charter.approved": Offices.approve,
}
