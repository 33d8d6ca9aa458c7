"""Rule 3 of governance, from raw entries: the quorum at that moment, and that whoever decided was entitled to."""

from dataclasses import dataclass
from typing import Any

from .chain import Entry
from .findings import Findings
from .offices import Offices, holds

BY_WHO_ANSWERS = {("function_lead", "function"), ("journey_owner", "journey")}
"""Rights that are held by who answers for the matter, over what."""


@dataclass(frozen=True)
class Ruling:
    """A decision with what held when it was made: `room` is who was present, by the appointment of their seat;
    `recused` who was recused from its item; `forced` the appointments that forced earlier decisions, by these;
    `superseded` which decision supersedes which."""

    entry: Entry
    charter: dict[str, Any]
    room: dict[int, int]
    recused: set[int]
    forced: dict[int, int]
    superseded: dict[int, int]

    @property
    def where(self) -> str:
        return f"decision {self.entry.subject_id} (entry {self.entry.number})"


def judge(ruling: Ruling, offices: Offices, findings: Findings) -> None:
    """A fault for each way in which it was not valid."""
    if not ruling.charter:
        findings.fault(ruling.where, "is under no charter that an entry approves")
        return
    _judge_quorum(ruling, offices, findings)
    _judge_right(ruling, offices, findings)
    _judge_free_hand(ruling, offices, findings)
    _judge_rank(ruling, offices, findings)
    _judge_trust(ruling, findings)


def is_member(appointment: int, charter: dict[str, Any], offices: Offices, at: str) -> bool:
    """Does an appointment count for the quorum at an instant? The secretary's alone does not, nor one that ended."""
    held = offices.appointments.get(appointment)
    if held is None or not holds(held, at):
        return False
    role = held.get("role")
    of_the_forum = role == "forum_member" and held.get("scope") == charter["scope"]
    seated = any(role == seat[1] and held.get("scope") == seat[2] for seat in charter.get("seats", ()))
    return role == charter["chair_role"] or role in charter["member_roles"] or seated or of_the_forum


def _judge_quorum(ruling: Ruling, offices: Offices, findings: Findings) -> None:
    said, where = ruling.entry.data, ruling.where
    at, charter = ruling.entry.at, ruling.charter
    members = {person for person, seat in ruling.room.items() if is_member(seat, charter, offices, at)}
    found = {
        "present": len(members), "recused": len(members & ruling.recused), "quorum": ruling.charter["quorum"]
    }  # fmt: skip
    for name, count in found.items():
        findings.expect(said[name] == count, where, f"says {said[name]} for {name}; the entries before it give {count}")
    met = found["present"] - found["recused"] >= found["quorum"]
    findings.expect(
        met or bool(said["forced"]), where,
        f"had no quorum: {found['present']} present less {found['recused']} recused, {found['quorum']} needed",
    )  # fmt: skip


def _judge_right(ruling: Ruling, offices: Offices, findings: Findings) -> None:
    said, where, actor = ruling.entry.data, ruling.where, ruling.entry.actor
    person, appointment, at = actor["person"], actor["appointment"], ruling.entry.at
    right = _right_over(ruling, findings)
    held = offices.appointments.get(appointment, {})
    exercised = offices.in_force(appointment, person, at)
    findings.expect(exercised, where, f"no entry gives person {person} appointment {appointment} on that day")
    role = "truth_owner" if said["forced"] else right
    findings.expect(held.get("role") == role, where, f"was made as {held.get('role')}; the right is held by the {role}")
    if held.get("role") in ("forum_member", "secretary"):
        ours = held["scope"] == ruling.charter["scope"]
        findings.expect(ours, where, "was made under an appointment to another forum")
    if not said["forced"] and "over" in said and (right, said["over"][1]) in BY_WHO_ANSWERS:
        ours = held.get("scope") == said["over"][0]
        findings.expect(ours, where, "was made by who answers for something else than its matter")
    if said["forced"]:
        mandate = offices.mandate(at)
        granted = mandate is not None and "force" in mandate["powers"]
        findings.expect(granted, where, "was forced, and no mandate of that day grants the power to")
        findings.expect(bool(said["reason"].strip()), where, "was forced without a written reason")


def _right_over(ruling: Ruling, findings: Findings) -> str | None:
    """The role that the charter names for this type over the matter; entries from before do not say over what."""
    said, where = ruling.entry.data, ruling.where
    scope, kind = said.get("over", (None, "organisation"))
    held = ruling.charter["rights"].get(said["type"])
    right = held.get(kind) if isinstance(held, dict) else held
    findings.expect(right is not None, where, f"the charter grants no right to {said['type']} over the {kind}")
    governs = ruling.charter.get("governs")
    findings.expect(
        governs in (None, scope), where, f"the charter governs scope {governs}, and the matter is another's"
    )
    return right


def _judge_free_hand(ruling: Ruling, offices: Offices, findings: Findings) -> None:
    person, where = ruling.entry.actor["person"], ruling.where
    findings.expect(person in ruling.room, where, f"person {person}, who decided, was not in the room")
    findings.expect(person not in ruling.recused, where, f"person {person}, who decided, was recused from the item")
    seat = offices.appointments.get(ruling.room.get(person, 0), {}).get("scope")
    own = set(ruling.entry.data["accused"]) & {seat, *offices.scopes_of(person, ruling.entry.at)}
    findings.expect(not own, where, f"person {person} decided on their own case: they answer for scope {_listed(own)}")


def _listed(numbers: set[int]) -> str:
    return " and ".join(map(str, sorted(numbers)))


def _judge_rank(ruling: Ruling, offices: Offices, findings: Findings) -> None:
    """What was forced is overturned by a higher right only, and nothing twice."""
    earlier, where = ruling.entry.data["supersedes"], ruling.where
    if earlier is None:
        return
    findings.expect(earlier not in ruling.superseded, where, f"supersedes {earlier}, which is superseded already")
    if earlier in ruling.forced:
        above, below = (offices.rank(each) for each in (ruling.entry.actor["appointment"], ruling.forced[earlier]))
        findings.expect(above > below, where, f"overturns decision {earlier}, which was forced, by no higher right")


def _judge_trust(ruling: Ruling, findings: Findings) -> None:
    said = ruling.entry.data
    if said["trust"] is None or said["type"] == "escalate":
        return
    low = said["trust"] < max(said["trust_needed"], ruling.charter["trust_needed"])
    findings.expect(
        not low or bool(said["trust_override"].strip()), ruling.where,
        "leans on figures below the trust demanded, without a written override",
    )  # fmt: skip
