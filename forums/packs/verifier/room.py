"""Who is in a meeting's room, as the entries tell it: by arrivals and departures, in their own seat or in another's."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .chain import Entry
from .deciding import is_member
from .files import UNREADABLE
from .findings import Findings
from .offices import Offices, is_over_the_organisation


@dataclass
class Room:
    """The room of the meeting of a number, up to the entry taken last; `state` is scheduled, open, closed or sealed.

    `attended` holds person, appointment, arrival and departure (None while in the room), in the order of arrival;
    `doubted` who took a seat that no entry gives them; `delegated` who sits for the holder of an appointment, as that
    person named them; `recused` by item who takes no part in it, with their reasons.
    """

    meeting: int
    offices: Offices
    findings: Findings
    state: str = "scheduled"
    opened: dict[str, Any] = field(default_factory=dict)
    closed: dict[str, Any] = field(default_factory=dict)
    charter: dict[str, Any] = field(default_factory=dict)
    attended: list[list[Any]] = field(default_factory=list)
    doubted: set[int] = field(default_factory=set)
    delegated: dict[int, int] = field(default_factory=dict)
    recused: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def require(self, state: str, entry: Entry) -> None:
        self.findings.expect(self.state == state, entry.where, f"comes while the meeting is {self.state}, not {state}")

    def open(self, entry: Entry) -> None:
        self.require("scheduled", entry)
        self.state, chair = "open", entry.actor["person"]
        self.opened = {"by": chair, "at": entry.data["opened_at"], **entry.data}
        self.charter = self.offices.charters.get(entry.data["charter"], {})
        if self.charter:
            stated = {**entry.data["terms"], **self.charter}  # what its approval holds goes first
            self.findings.expect(
                {**stated, **entry.data["terms"]} == stated, entry.where, "states other terms than were approved"
            )
            self.charter = stated
        self._require_charter(entry)
        self._seat(chair, entry.actor["appointment"], entry.data["arrived_at"], entry)

    def arrive(self, entry: Entry) -> None:
        self.require("open", entry)
        self._seat(entry.data["person"], entry.data["appointment"], entry.data["arrived_at"], entry)

        expect, remote = self.findings.expect, entry.data.get("remote", False)
        expect(not remote or self.charter.get("allows_remote", True), entry.where, "counts somebody from elsewhere")

    def delegate(self, entry: Entry) -> None:
        """A member sends somebody, which only the holder of the seat or their deputy may."""
        appointment, sender = entry.data["appointment"], entry.actor["person"]
        holds = self.offices.in_force(appointment, sender, entry.at)
        self.findings.expect(holds, entry.where, f"person {sender} sends somebody for appointment {appointment}")
        self.delegated.setdefault(appointment, entry.data["person"])

    def leave(self, entry: Entry) -> None:
        self.require("open", entry)
        for line in self.attended:
            if line[0] == entry.data["person"] and line[3] is None:
                line[3] = entry.data["left_at"]
                return
        self.findings.fault(entry.where, f"person {entry.data['person']} leaves who is not in the room")

    def recuse(self, entry: Entry) -> None:
        self.recused[int(entry.subject_id)][entry.data["person"]] = entry.data["reason"]

    def close(self, entry: Entry) -> None:
        self.require("open", entry)
        self.state, self.closed = "closed", entry.data
        for line in self.attended:
            line[3] = line[3] or entry.data["closed_at"]

    # --- who is there, and who counts
    def in_the_room(self) -> dict[int, int]:
        """Who is present, by the appointment of their seat."""
        return {line[0]: line[1] for line in self.attended if line[3] is None}

    def members(self, at: str) -> set[int]:
        """Of them, those who count for a quorum at an instant."""
        room = self.in_the_room()
        return {person for person, seat in room.items() if is_member(seat, self.charter, self.offices, at)}

    def is_chaired_in(self, entry: Entry) -> bool:
        """Is an entry by the chair whom the charter names, under an appointment in force?"""
        appointment = entry.actor.get("appointment", 0)
        held = self.offices.appointments.get(appointment, {})
        named = held.get("role") == self.charter.get("chair_role") and is_over_the_organisation(held)
        return named and self.offices.in_force(appointment, entry.actor["person"], entry.at)

    def _seat(self, person: int, appointment: int, at: str, entry: Entry) -> None:
        expect, room = self.findings.expect, self.in_the_room()
        sent = self.charter.get("allows_delegates", True) and self.delegated.get(appointment) == person
        seated = sent or self.offices.in_force(appointment, person, entry.at)
        expect(seated, entry.where, f"no entry gives person {person} appointment {appointment} on that day")
        expect(person not in room, entry.where, f"person {person} arrives who is in the room already")
        expect(appointment not in room.values(), entry.where, f"the seat of appointment {appointment} is taken already")
        if not seated or appointment in room.values():
            self.doubted.add(person)
        self.attended.append([person, appointment, at, None])

    def _require_charter(self, entry: Entry) -> None:
        """The latest approved version of the forum's rules that has begun, and the chair that it names."""
        number = entry.data["charter"]
        if not self.charter:
            self.findings.fault(entry.where, f"sits under charter {number}, which no entry approves")
            return
        forum, version = entry.data["forum"], self.charter["version"]
        self.findings.expect(self.charter["forum"] == forum, entry.where, f"charter {number} is another forum's")
        later = self.offices.later_charters(forum, version, entry.at)
        self.findings.expect(not later, entry.where, f"charter version {version} was replaced before that day")
        chair = self.offices.appointments.get(entry.actor["appointment"], {})
        self.findings.expect(
            chair.get("role") == self.charter["chair_role"] and is_over_the_organisation(chair), entry.where,
            "is not by the chair whom the charter names",
        )  # fmt: skip


OF_ROOMS: dict[str, Callable[[Room, Entry], None]] = {
    "meeting.opened": Room.open,
    "meeting.arrived": Room.arrive,
    "meeting.delegated": Room.delegate,
    "meeting.left": Room.leave,
    "meeting.closed": Room.close,
    "item.recused": Room.recuse,
}


class Neighbours(dict[int, Room]):
    """The rooms of other meetings, of which one confirms the minutes: as far as entries prove who is in them.

    What is wrong with one of these is for its own pack to say. Those that sit are kept, and no others but while people
    are sent to them, or recused, before they do.
    """

    def take(self, meeting: int, entry: Entry, offices: Offices) -> None:
        room = self.setdefault(meeting, Room(meeting, offices, Findings()))
        try:
            OF_ROOMS[entry.code](room, entry)
        except UNREADABLE:  # from before entries held who came: nobody is proved to be there
            del self[meeting]
            return
        if room.state == "closed":
            del self[meeting]
