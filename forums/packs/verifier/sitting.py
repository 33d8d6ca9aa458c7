"""One meeting as the entries tell it: who came and went, who was recused, what was decided, signed and sealed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .chain import Entry
from .correcting import correct, countersign, withdraw
from .deciding import Ruling, judge
from .questions import HANDLERS as OF_QUESTIONS
from .questions import Question, judge_room
from .room import OF_ROOMS, Neighbours, Room
from .sealing import check_sealing

SAID_OF_A_DECISION = ("meeting", "item", "matter", "type", "wording", "reason", "forced", "present", "recused",
                      "quorum", "supersedes", "view", "known", "observations", "definitions", "trust", "trust_needed",
                      "trust_override", "decided_at")  # fmt: skip

SAID_LATER = ("expects", "review_on")
"""What entries did not hold of a decision at first."""


@dataclass
class Sitting(Room):
    """The meeting that the pack is of; `neighbours` are the rooms of the others in session, one of which confirms."""

    neighbours: Neighbours = field(default_factory=Neighbours)
    questions: dict[int, Question] = field(default_factory=dict)
    decisions: dict[int, dict[str, Any]] = field(default_factory=dict)
    dissents: list[list[Any]] = field(default_factory=list)
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
        if entry.code == "decision.dissented":
            named = self.meeting if int(entry.subject_id) in self.decisions else None
        if named == self.meeting:
            handler = HANDLERS.get(entry.code)
            if handler:
                handler(self, entry)
        elif entry.code in OF_ROOMS and named is not None:
            self.neighbours.take(named, entry, self.offices)

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
                **{name: said[name] for name in ("question", *SAID_LATER) if name in said},
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
        expect(not self.signatures, entry.where, "comes after a signature")
        later = self.neighbours.get(said["at_meeting"])
        if later is None or later.state != "open" or later.opened.get("forum") != self.opened.get("forum"):
            stated = f"is by meeting {said['at_meeting']}, which is no later one of the forum in session"
            self.findings.fault(entry.where, stated)
        else:
            self._check_quorum_of(later, entry)
        by = {"by": entry.actor["person"], "appointment": entry.actor["appointment"]}
        named = ("text", "at_meeting", "item", "confirmed_at")
        self.confirmed = {name: said[name] for name in named} | by

    def _check_quorum_of(self, later: Room, entry: Entry) -> None:
        """Of the meeting that confirms: by its chair, with a quorum of those whom entries prove to be in its room."""
        expect, where = self.findings.expect, entry.where
        expect(later.is_chaired_in(entry), where, "is not by the chair of the meeting that confirms")
        here = later.members(entry.at) if later.charter else set()
        counted = here - later.doubted - set(later.recused[entry.data["item"]])
        needed = later.charter.get("quorum", 0)
        expect(bool(later.charter), where, "is by a meeting under a charter that no entry approves")
        expect(
            len(counted) >= needed, where, f"is by a meeting without its quorum: {len(counted)} there, {needed} needed"
        )

    def sign(self, entry: Entry) -> None:
        self.require("closed", entry)
        self.signatures.append(entry)

    def seal(self, entry: Entry) -> None:
        self.require("closed", entry)
        self.state, self.sealed = "sealed", {**entry.data, "entry": entry.number}
        self.mandates = [each for each in self.offices.mandates.values() if each["starts_on"]]
        check_sealing(self, entry)

    def standing_signatures(self) -> list[Entry]:
        """Those for the text that was sealed."""
        return [each for each in self.signatures if each.data["text"] == self.sealed.get("text")]


HANDLERS: dict[str, Callable[[Sitting, Entry], None]] = {
    "decision.dissented": Sitting.dissent,
    "minutes.confirmed": Sitting.confirm,
    "minutes.signed": Sitting.sign,
    "minutes.sealed": Sitting.seal,
    "minutes.corrected": correct,
    "correction.countersigned": countersign,
    "correction.withdrawn": withdraw,
    **OF_ROOMS,
    **OF_QUESTIONS,
}
