"""One meeting as the entries tell it: who came and went, who was recused, what was decided, signed and sealed."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .chain import Entry
from .correcting import correct, countersign
from .deciding import Ruling, judge
from .findings import Findings
from .offices import Offices, is_over_the_organisation
from .questions import HANDLERS as OF_QUESTIONS
from .questions import Question, judge_room
from .sealing import check_sealing

SAID_OF_A_DECISION = ("meeting", "item", "matter", "type", "wording", "reason", "forced", "present", "recused",
                      "quorum", "supersedes", "view", "known", "observations", "definitions", "trust", "trust_needed",
                      "trust_override", "decided_at")  # fmt: skip


@dataclass
class Sitting:
    """The meeting of a number, up to the entry taken last; `state` is scheduled, open, closed or sealed.

    `attended` holds person, appointment, arrival and departure (None while in the room), in the order of arrival;
    `delegated` who sits for the holder of an appointment, as that person named them; `sat` the meetings in session, by
    their number, with their forum.
    """

    meeting: int
    offices: Offices
    findings: Findings
    state: str = "scheduled"
    opened: dict[str, Any] = field(default_factory=dict)
    closed: dict[str, Any] = field(default_factory=dict)
    charter: dict[str, Any] = field(default_factory=dict)
    attended: list[list[Any]] = field(default_factory=list)
    delegated: dict[int, int] = field(default_factory=dict)
    recused: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    questions: dict[int, Question] = field(default_factory=dict)
    decisions: dict[int, dict[str, Any]] = field(default_factory=dict)
    dissents: list[list[Any]] = field(default_factory=list)
    sat: dict[int, Any] = field(default_factory=dict)
    confirmed: dict[str, Any] = field(default_factory=dict)
    signatures: list[Entry] = field(default_factory=list)
    sealed: dict[str, Any] = field(default_factory=dict)
    corrections: dict[int, dict[str, Any]] = field(default_factory=dict)
    mandates: list[dict[str, Any]] = field(default_factory=list)
    forced: dict[int, int] = field(default_factory=dict)
    superseded: dict[int, int] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """What an entry says of this meeting; entries about others are passed over, but for what they force."""
        if entry.code == "decision.made":
            self.decide(entry)
            return
        if entry.code == "decision.overturned":
            self.overturn(entry)
            return
        named = int(entry.subject_id) if entry.subject_kind == "forums.meeting" else entry.data.get("meeting")
        if entry.code == "meeting.opened":
            self.sat[int(entry.subject_id)] = entry.data.get("forum")
        elif entry.code == "meeting.closed":
            self.sat.pop(int(entry.subject_id), None)
        if entry.code == "decision.dissented":
            named = self.meeting if int(entry.subject_id) in self.decisions else None
        handler = HANDLERS.get(entry.code)
        if handler and named == self.meeting:
            handler(self, entry)

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

    def decide(self, entry: Entry) -> None:
        """Every decision is remembered where it is forced or supersedes, and judged where it is this meeting's."""
        number, said = int(entry.subject_id), entry.data
        if said.get("meeting") == self.meeting:
            self.require("open", entry)
            judge(Ruling(entry, self.charter, self.in_the_room(), set(self.recused[said["item"]]), self.forced,
                         self.superseded), self.offices, self.findings)  # fmt: skip
            judge_room(self, entry)
            self.decisions[number] = {
                "id": number, "by": entry.actor["person"], "appointment": entry.actor["appointment"],
                **{name: said[name] for name in SAID_OF_A_DECISION},
                **{name: said[name] for name in ("question",) if name in said},
            }  # fmt: skip
        if said.get("forced"):
            self.forced[number] = entry.actor["appointment"]
        if said.get("supersedes"):
            self.superseded[said["supersedes"]] = number

    def overturn(self, entry: Entry) -> None:
        """By a higher authority, in answer to an escalation: nothing supersedes it after that."""
        number = int(entry.subject_id)
        under = self.decisions[number]["appointment"] if number in self.decisions else self.forced.get(number)
        if under is not None:
            above, below = self.offices.rank(entry.actor["appointment"]), self.offices.rank(under)
            self.findings.expect(above > below, entry.where, f"overturns decision {number} by no higher right")
        exercised = self.offices.in_force(entry.actor["appointment"], entry.actor["person"], entry.at)
        self.findings.expect(exercised, entry.where, "is under an appointment that is not in force")
        self.findings.expect(number not in self.superseded, entry.where, f"overturns {number}, which stood no more")
        self.superseded[number] = 0

    def dissent(self, entry: Entry) -> None:
        person = entry.actor["person"]
        present = any(line[0] == person for line in self.attended)
        self.findings.expect(present, entry.where, f"person {person} was never in the room")
        self.findings.expect(self.state != "sealed", entry.where, "comes after the sealing")
        self.dissents.append([int(entry.subject_id), person, entry.data["reason"]])

    def confirm(self, entry: Entry) -> None:
        self.require("closed", entry)
        expect, said = self.findings.expect, entry.data
        expect(not self.confirmed, entry.where, "confirms minutes that are confirmed already")
        later = said["at_meeting"] != self.meeting and self.sat.get(said["at_meeting"]) == self.opened.get("forum")
        expect(later, entry.where, f"is by meeting {said['at_meeting']}, which is no later one of the forum in session")
        expect(not self.signatures, entry.where, "comes after a signature")
        by = {"by": entry.actor["person"], "appointment": entry.actor["appointment"]}
        named = ("text", "at_meeting", "item", "confirmed_at")
        self.confirmed = {name: said[name] for name in named} | by

    def sign(self, entry: Entry) -> None:
        self.require("closed", entry)
        self.signatures.append(entry)

    def seal(self, entry: Entry) -> None:
        self.require("closed", entry)
        self.state, self.sealed = "sealed", {**entry.data, "entry": entry.number}
        self.mandates = [each for each in self.offices.mandates.values() if each["starts_on"]]
        check_sealing(self, entry)

    def in_the_room(self) -> dict[int, int]:
        """Who is present, by the appointment of their seat."""
        return {line[0]: line[1] for line in self.attended if line[3] is None}

    def standing_signatures(self) -> list[Entry]:
        """Those for the text that was sealed."""
        return [each for each in self.signatures if each.data["text"] == self.sealed.get("text")]

    def _seat(self, person: int, appointment: int, at: str, entry: Entry) -> None:
        expect, room = self.findings.expect, self.in_the_room()
        sent = self.charter.get("allows_delegates", True) and self.delegated.get(appointment) == person
        seated = sent or self.offices.in_force(appointment, person, entry.at)
        expect(seated, entry.where, f"no entry gives person {person} appointment {appointment} on that day")
        expect(person not in room, entry.where, f"person {person} arrives who is in the room already")
        expect(appointment not in room.values(), entry.where, f"the seat of appointment {appointment} is taken already")
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


HANDLERS: dict[str, Callable[[Sitting, Entry], None]] = {
    "meeting.opened": Sitting.open,
    "meeting.arrived": Sitting.arrive,
    "meeting.delegated": Sitting.delegate,
    "meeting.left": Sitting.leave,
    "meeting.closed": Sitting.close,
    "item.recused": Sitting.recuse,
    "decision.dissented": Sitting.dissent,
    "minutes.confirmed": Sitting.confirm,
    "minutes.signed": Sitting.sign,
    "minutes.sealed": Sitting.seal,
    "minutes.corrected": correct,
    "correction.countersigned": countersign,
    **OF_QUESTIONS,
}
