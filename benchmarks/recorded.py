"""A meeting as the audit would hold it, written by hand: code, actor, kind and number of the record, data.

There is somebody from elsewhere, a delegate and a standing seat; somebody is recused; the room consents after two
objections, votes openly and in secret, and a question is taken back; something is forced, and something overturned; the
minutes are amended, confirmed by a later meeting, signed, sealed and corrected.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

AT = "1790000000.000000"
TEXT, VIEW = b"Minutes.\n", b"{}"
TEXT_HASH, VIEW_HASH = (hashlib.sha256(each).hexdigest() for each in (TEXT, VIEW))
ORGANISATION, FORUM, SALES = 1, 2, 3
OFFICES = {
    1: ("truth_owner", ORGANISATION, "organisation"), 2: ("executive", ORGANISATION, "organisation"),
    3: ("secretary", FORUM, "forum"), 4: ("sponsor", ORGANISATION, "organisation"),
    5: ("function_lead", SALES, "function"), 6: ("executive", ORGANISATION, "organisation"),
    7: ("executive", ORGANISATION, "organisation"),
}  # fmt: skip
"""By the number of an appointment, which is that of who holds it."""
DELEGATE, PROPOSER, CONFIRMER = 70, 80, 90
CONSENT, OPENLY, SECRETLY, FORCED = "resolve_contradiction", "policy", "service_standard", "fund"
CHARTER = {
    "forum": 1, "scope": FORUM, "version": 1, "starts_on": "2020-01-01", "quorum": 3, "chair_role": "truth_owner",
    "member_roles": ["executive"], "trust_needed": 0, "proposed_by": PROPOSER, "allows_remote": True,
    "allows_delegates": True, "rights": dict.fromkeys((CONSENT, OPENLY, SECRETLY, FORCED), "truth_owner"),
    "ways": {CONSENT: ["consent", "open", True], OPENLY: ["majority", "open", False],
             SECRETLY: ["majority", "secret", False]},
    "seats": [["data", "function_lead", SALES]],
}  # fmt: skip
MEETING, LATER = "1", "2"
Told = list[Any]


def meeting() -> Iterator[Told]:
    """From the appointments to the correction."""
    yield from _offices()
    yield from _opened(MEETING)
    yield ["meeting.delegated", as_(7), "forums.meeting", MEETING, {"person": DELEGATE, "appointment": 7}]
    yield from (_arrived(MEETING, *seat) for seat in ((2, 2), (5, 5), (6, 6, True), (DELEGATE, 7)))
    yield ["item.recused", as_(6), "forums.agendaitem", "11", {"meeting": 1, "person": 6, "reason": "My shares."}]
    yield from _by_consent()
    yield from _by_votes()
    yield from _forced()
    yield ["meeting.left", as_(6), "forums.meeting", MEETING, {"person": 6, "left_at": AT}]
    closed = {"view": VIEW_HASH, "known": 1, "text": TEXT_HASH, "closed_at": AT}
    yield ["meeting.closed", as_(1), "forums.meeting", MEETING, closed]
    yield from _minutes()


def as_(number: int) -> dict[str, int]:
    return {"person": number, "appointment": number}


def _offices() -> Iterator[Told]:
    for number, (role, scope, kind) in OFFICES.items():
        held = {"person": number, "role": role, "scope": scope, "scope_kind": kind, "starts_on": "2020-01-01"}
        yield ["appointment.proposed", {"person": PROPOSER}, "truthgov.appointment", str(number), {}]
        yield ["appointment.confirmed", {"person": CONFIRMER}, "truthgov.appointment", str(number),
               held | {"ends_on": None}]  # fmt: skip
    powers = {"version": 1, "starts_on": "2020-01-01", "powers": ["force"], "text": "Force."}
    yield ["mandate.granted", as_(4), "truthgov.mandate", "1", powers]
    yield ["charter.proposed", {"person": PROPOSER}, "forums.charter", "1", {}]
    yield ["charter.approved", {"person": CONFIRMER}, "forums.charter", "1", CHARTER]


def _opened(number: str) -> Iterator[Told]:
    opened = {"forum": 1, "charter": 1, "terms": CHARTER, "opened_at": AT, "arrived_at": AT}
    yield ["meeting.opened", as_(1), "forums.meeting", number, opened]


def _arrived(number: str, person: int, seat: int, remote: bool = False) -> Told:
    arrived = {"person": person, "appointment": seat, "remote": remote, "arrived_at": AT}
    return ["meeting.arrived", {"person": person}, "forums.meeting", number, arrived]


def _put(number: str, item: int, kind: str, accused: list[int]) -> Told:
    put = {"meeting": 1, "item": item, "type": kind, "wording": f"So be it: {kind}.", "motion": {"type": kind},
           "accused": accused}  # fmt: skip
    return ["question.put", as_(1), "forums.question", number, put]


def _decided(number: str, item: int, kind: str, **said: Any) -> Told:
    decided = {
        "meeting": 1, "item": item, "matter": ["contradiction", item], "type": kind, "wording": f"So be it: {kind}.",
        "reason": "", "forced": False, "present": 5, "recused": 0, "quorum": 3, "supersedes": None, "view": VIEW_HASH,
        "known": 1, "observations": [1], "definitions": [], "trust": 80, "trust_needed": 50, "trust_override": "",
        "decided_at": AT, "accused": [], "over": [ORGANISATION, "organisation"],
    }  # fmt: skip
    return ["decision.made", as_(1), "forums.decision", number, decided | said]


def _by_consent() -> Iterator[Told]:
    """One objection is withdrawn, the other overruled; what was decided is overturned by the sponsor's answer."""
    about = {"meeting": 1, "question": 1}
    yield _put("1", 11, CONSENT, [SALES])
    yield ["question.objected", as_(2), "forums.objection", "1", about | {"reason": "Harm."}]
    yield ["question.objected", {"person": DELEGATE, "appointment": 7}, "forums.objection", "2",
           about | {"reason": "More harm."}]  # fmt: skip
    yield ["objection.withdrawn", as_(2), "forums.objection", "1", about | {"reason": ""}]
    yield ["objection.overruled", as_(1), "forums.objection", "2", about | {"reason": "None."}]
    yield _decided("1", 11, CONSENT, question=1, recused=1, accused=[SALES])
    yield ["escalation.taken", as_(1), "forums.escalation", "1", {"to": "sponsor", "reason": "Too far."}]
    yield ["escalation.answered", as_(4), "forums.escalation", "1", {"answer": "Otherwise.", "overturns": 1}]
    yield ["decision.overturned", as_(4), "forums.decision", "1", {"escalation": 1}]


def _by_votes() -> Iterator[Told]:
    """Openly, with a dissent; and in secret."""
    chosen = {1: "in_favour", 2: "in_favour", 6: "in_favour", 5: "against"}
    yield _put("2", 12, OPENLY, [])
    yield from _voted("2", list(chosen), against=1, choices=sorted([who, what] for who, what in chosen.items()))
    yield _decided("2", 12, OPENLY, question=2)
    yield ["decision.dissented", as_(5), "forums.decision", "2", {"reason": "Not ours to move."}]
    yield _put("3", 13, SECRETLY, [])
    yield from _voted("3", [1, 2, 5, 6], abstained=1, choices=[])
    yield _decided("3", 13, SECRETLY, question=3)


def _voted(question: str, people: list[int], *, against: int = 0, abstained: int = 0, choices: Told) -> Iterator[Told]:
    yield from (["vote.cast", as_(each), "forums.question", question, {"meeting": 1}] for each in people)
    in_favour = len(people) - against - abstained
    counted = {"in_favour": in_favour, "against": against, "abstained": abstained, "entitled": 5, "carried": True}
    yield ["question.closed", as_(1), "forums.question", question, {"meeting": 1, "choices": choices} | counted]


def _forced() -> Iterator[Told]:
    """Once a question on the item was taken back."""
    yield _put("4", 14, OPENLY, [])
    yield ["question.withdrawn", as_(1), "forums.question", "4", {"meeting": 1, "reason": "It is late."}]
    yield _decided("4", 14, FORCED, forced=True, reason="Customers wait.")


def _minutes() -> Iterator[Told]:
    """Circulated, amended, confirmed by the next meeting with its quorum, signed, sealed, corrected."""
    about = {"meeting": 1}
    yield ["minutes.circulated", as_(3), "forums.minutes", "1", about | {"text": TEXT_HASH, "people": [1, 2, 5, 6]}]
    yield ["amendment.proposed", as_(2), "forums.amendment", "1",
           about | {"part": "left", "wording": "Thanks.", "reason": "They earned it."}]  # fmt: skip
    yield ["amendment.accepted", as_(3), "forums.amendment", "1", about | {"part": "left", "reason": "So it was."}]
    yield from _opened(LATER)
    yield from (_arrived(LATER, *seat) for seat in ((2, 2), (6, 6)))
    confirmed = {"text": TEXT_HASH, "at_meeting": int(LATER), "item": 21, "confirmed_at": AT}
    yield ["minutes.confirmed", as_(1), "forums.minutes", "1", about | confirmed]
    for signer in (1, 3):
        yield ["minutes.signed", as_(signer), "forums.minutes", "1", about | {"text": TEXT_HASH}]
    yield from _sealed()


def _sealed() -> Iterator[Told]:
    decided = [[1, CONSENT], [2, OPENLY], [3, SECRETLY], [4, FORCED]]
    worded = [[number, kind, f"So be it: {kind}."] for number, kind in decided]
    attended = [[who, seat, AT, AT] for who, seat in ((1, 1), (2, 2), (5, 5), (6, 6), (DELEGATE, 7))]
    seal = _hash([1, TEXT_HASH, VIEW_HASH, worded, attended])
    sealed = {"meeting": 1, "hash": seal, "view": VIEW_HASH, "text": TEXT_HASH, "attended": attended, "confirmed": 2}
    yield ["minutes.sealed", as_(1), "forums.sealing", "1", sealed]
    said = {"passage": "Minutes", "wording": "The minutes", "reason": "An article."}
    correction = _hash([seal, *said.values()])
    yield ["minutes.corrected", as_(1), "forums.correction", "1", {"meeting": 1, "hash": correction} | said]
    yield ["correction.countersigned", as_(3), "forums.correction", "1", {"meeting": 1, "hash": correction}]


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
