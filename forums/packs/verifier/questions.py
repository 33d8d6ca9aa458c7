"""What the room was asked and what it answered, from raw entries: who took part might, and the count is theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .chain import Entry

if TYPE_CHECKING:
    from .sitting import Sitting

BY_ITS_HOLDER = ["chair", "open", False]
"""The rule, the ballot and whether an objection may be overruled, of a type of which a charter says none."""
CHOICES = ("in_favour", "against", "abstained")


@dataclass
class Question:
    """`objections` by number: who, why, and how it ended; `votes` who voted; `ended` the reason, or which decision."""

    put: Entry
    way: list[Any]
    objections: dict[int, list[Any]] = field(default_factory=dict)
    votes: list[int] = field(default_factory=list)
    tally: dict[str, Any] | None = None
    withdrawn: str | None = None
    decision: int | None = None

    @property
    def item(self) -> int:
        return int(self.put.data["item"])

    @property
    def stands(self) -> bool:
        voted_down = self.tally is not None and not self.tally["carried"]
        return self.withdrawn is None and self.decision is None and not voted_down

    def as_fact(self, number: int) -> dict[str, Any]:
        said = {name: self.put.data[name] for name in ("item", "type", "wording", "motion")}
        return said | {
            "id": number, "by": self.put.actor["person"], "appointment": self.put.actor["appointment"],
            "objections": [[each, *told] for each, told in sorted(self.objections.items())],
            "votes": sorted(self.votes), "tally": self.tally, "withdrawn": self.withdrawn, "decision": self.decision,
        }  # fmt: skip


def way_of(sitting: "Sitting", decision_type: str) -> list[Any]:
    return list(sitting.charter.get("ways", {}).get(decision_type, BY_ITS_HOLDER))


def judge_room(sitting: "Sitting", entry: Entry) -> None:
    """A fault for each way in which a decision passed the room by."""
    said, number = entry.data, entry.data.get("question")
    where, expect = f"decision {entry.subject_id} (entry {entry.number})", sitting.findings.expect
    rule = way_of(sitting, said["type"])[0]
    if said["forced"] or rule == "chair":
        expect(number is None, where, "names a question, and was left to whoever holds the right, or forced")
        return
    question = sitting.questions.get(number) if number else None
    if question is None:
        sitting.findings.fault(where, f"was not put to the room, whose {rule} the charter asks for")
        return
    put = question.put.data
    same = (put["item"], put["type"], put["wording"]) == (said["item"], said["type"], said["wording"])
    expect(same, where, f"is not what question {number} put to the room")
    expect(question.stands, where, f"question {number} was taken back, voted down or decided before")
    standing = [told[0] for told in question.objections.values() if told[2] is None]
    expect(not standing, where, f"was made while objections of {standing} stood")
    carried = question.tally is not None and question.tally["carried"]
    expect(rule != "majority" or carried, where, "was made without a majority that carried it")
    question.decision = int(entry.subject_id)


def put(sitting: "Sitting", entry: Entry) -> None:
    way, item = way_of(sitting, entry.data["type"]), int(entry.data["item"])
    expect, where = _expect(sitting, entry), entry.where
    expect(way[0] != "chair", where, "asks the room what the charter leaves to whoever holds the right")
    expect(not any(each.stands and each.item == item for each in sitting.questions.values()), where,
           "is put while another question on the item is before the room")  # fmt: skip
    expect(sitting.is_chaired_in(entry), where, "is not put by the chair whom the charter names")
    expect(_is_free(sitting, entry, item), where, "is put by who was not in the room, or recused")
    sitting.questions[int(entry.subject_id)] = Question(entry, way)


def object_to(sitting: "Sitting", entry: Entry) -> None:
    question = _live(sitting, entry, entry.data["question"])
    person, expect = entry.actor["person"], _expect(sitting, entry)
    expect(question.way[0] == "consent", entry.where, "objects where a vote is asked for")
    expect(person in entitled(sitting, question, entry), entry.where, f"person {person} was not entitled to object")
    question.objections[int(entry.subject_id)] = [person, entry.data["reason"], None]


def lift(sitting: "Sitting", entry: Entry) -> None:
    """Withdrawn by whoever made it, or overruled by whoever holds the right, where the right says so."""
    question = _live(sitting, entry, entry.data["question"])
    told, actor, expect = question.objections[int(entry.subject_id)], entry.actor, _expect(sitting, entry)
    expect(told[2] is None, entry.where, "lifts an objection that stood no more")
    overruled = entry.code == "objection.overruled"
    if overruled:
        held = sitting.offices.appointments.get(actor["appointment"], {})
        right = sitting.charter["rights"].get(question.put.data["type"])
        expect(question.way[2], entry.where, "overrules where the charter lets nobody")
        expect(held.get("role") == right, entry.where, f"is by a {held.get('role')}; the right is held by the {right}")
        free = _is_free(sitting, entry, question.item) and actor["person"] not in _accused(sitting, question, entry)
        expect(free, entry.where, "is by who was not in the room, recused, or accused")
        expect(bool(entry.data["reason"].strip()), entry.where, "overrules without a written reason")
    else:
        expect(told[0] == actor["person"], entry.where, "is withdrawn by another than who made it")
    told[2] = [overruled, actor["person"], actor["appointment"], entry.data["reason"]]


def vote(sitting: "Sitting", entry: Entry) -> None:
    question = _live(sitting, entry, int(entry.subject_id))
    person, expect = entry.actor["person"], _expect(sitting, entry)
    expect(question.way[0] == "majority", entry.where, "votes where consent is asked for")
    expect(person in entitled(sitting, question, entry), entry.where, f"person {person} was not entitled to vote")
    expect(person not in question.votes, entry.where, f"person {person} votes twice")
    question.votes.append(person)


def close(sitting: "Sitting", entry: Entry) -> None:
    question, said = _live(sitting, entry, int(entry.subject_id)), entry.data
    expect, where = _expect(sitting, entry), entry.where
    expect(sitting.is_chaired_in(entry), where, "is not closed by the chair whom the charter names")
    electors = entitled(sitting, question, entry) | set(question.votes)
    expect(said["entitled"] == len(electors), where, f"says {said['entitled']} for entitled; the entries give "
           f"{len(electors)}")  # fmt: skip
    counted = sum(said[choice] for choice in CHOICES)
    expect(counted == len(question.votes), where, f"counts {counted} ballots of {len(question.votes)} who voted")
    expect(said["carried"] == (2 * said["in_favour"] > len(electors)), where, "does not say whether it was carried")
    members, gone = sitting.members(entry.at), sitting.recused[question.item]
    expect(len(members - set(gone)) >= sitting.charter["quorum"], where, "closes a vote without its quorum")
    _check_ballots(question, said, expect, where)
    question.tally = {name: said[name] for name in (*CHOICES, "entitled", "carried", "choices")}


def withdraw(sitting: "Sitting", entry: Entry) -> None:
    """By the chair before the count; or because who took part is recused."""
    question = sitting.questions[int(entry.subject_id)]
    expect = _expect(sitting, entry)
    expect(question.stands, entry.where, "takes back a question that is no longer before the room")
    part = {*question.votes, *(told[0] for told in question.objections.values())}
    lapses = bool(part & set(sitting.recused[question.item]))
    expect(lapses or (question.tally is None and sitting.is_chaired_in(entry)), entry.where,
           "is taken back after its vote, or not by the chair")  # fmt: skip
    question.withdrawn = entry.data["reason"]


def entitled(sitting: "Sitting", question: Question, entry: Entry) -> set[int]:
    """Members in the room, neither recused from the item nor accused in it."""
    return sitting.members(entry.at) - set(sitting.recused[question.item]) - _accused(sitting, question, entry)


def _check_ballots(question: Question, said: dict[str, Any], expect: Callable[..., None], where: str) -> None:
    """Of an open ballot everybody's choice stands; of a secret one nobody's."""
    if question.way[1] == "secret":
        expect(said["choices"] == [], where, "names ballots of a secret vote")
        return
    named, chosen = sorted(each[0] for each in said["choices"]), [each[1] for each in said["choices"]]
    expect(named == sorted(question.votes), where, "names other voters than those who voted")
    expect(all(chosen.count(choice) == said[choice] for choice in CHOICES), where, "does not count its own ballots")


def _live(sitting: "Sitting", entry: Entry, number: int) -> Question:
    question = sitting.questions[number]
    open_to_all = question.stands and question.tally is None
    _expect(sitting, entry)(open_to_all, entry.where, "comes when the question is no longer before the room")
    return question


def _expect(sitting: "Sitting", entry: Entry) -> Callable[..., None]:
    sitting.require("open", entry)
    return sitting.findings.expect


def _accused(sitting: "Sitting", question: Question, entry: Entry) -> set[int]:
    """Who answers for what is contradicted, and whoever sits in their seat."""
    accused, offices = set(question.put.data["accused"]), sitting.offices
    return {
        person for person, seat in sitting.in_the_room().items()
        if offices.scopes_of(person, entry.at) & accused or offices.appointments.get(seat, {}).get("scope") in accused
    }  # fmt: skip


def _is_free(sitting: "Sitting", entry: Entry, item: int) -> bool:
    person = entry.actor["person"]
    return person in sitting.in_the_room() and person not in sitting.recused[item]


HANDLERS: dict[str, Callable[["Sitting", Entry], None]] = {
    "question.put": put,
    "question.objected": object_to,
    "objection.withdrawn": lift,
    "objection.overruled": lift,
    "vote.cast": vote,
    "question.closed": close,
    "question.withdrawn": withdraw,
}
