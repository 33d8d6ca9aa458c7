"""The meeting's facts as the tables held them, beside what the entries tell; and the papers beside their hashes."""

import hashlib
import json
from typing import Any

from .files import Pack
from .findings import Findings
from .sitting import SAID_LATER, Sitting

FACTS, MINUTES, VIEW = "facts.json", "minutes.txt", "view.json"
BEARING = ("person", "role", "scope", "scope_kind", "starts_on")
AS_EVER = {"allows_remote": True, "allows_delegates": True}
"""Terms that entries did not hold when charters could not say otherwise."""


def check_facts(pack: Pack, sitting: Sitting, findings: Findings) -> None:
    """A fault for each fact that is not the one the entries tell, and for each paper that is not the one sealed."""
    told = pack.load(FACTS)
    _compare(FACTS, told, recomputed(sitting, told), findings)
    for name, expected in ((MINUTES, sitting.sealed.get("text")), (VIEW, sitting.sealed.get("view"))):
        found = hashlib.sha256(pack.read(name)).hexdigest()
        findings.expect(found == expected, name, f"is not what was sealed: its SHA-256 is {found}")
    text = pack.read(MINUTES).decode(errors="replace")
    for each in sitting.corrections.values():
        findings.expect(each["passage"] in text, f"correction {each['id']}", "corrects what the minutes do not say")


def recomputed(sitting: Sitting, told: dict[str, Any]) -> dict[str, Any]:
    """The facts from the entries alone, as the pack tells them."""
    offices, opened, closed = sitting.offices, sitting.opened, sitting.closed
    stated = told.get("appointments", {})
    return {
        "meeting": {
            "id": sitting.meeting, "forum": opened.get("forum"), "charter": opened.get("charter"),
            "opened_by": opened.get("by"), "opened_at": opened.get("at"), "closed_at": closed.get("closed_at"),
        },
        "charter": _charter(sitting.charter, told.get("charter", {})),
        "appointments": {
            str(number): _held(offices.appointments[number], stated.get(str(number), {}))
            for number in sorted(_bearing(sitting)) if number in offices.appointments
        },
        "attendances": sitting.attended,
        "recusals": sorted(
            [item, person, reason] for item, people in sitting.recused.items() for person, reason in people.items()
        ),
        **_questions(sitting, told),
        "decisions": _decisions(sitting, told),
        "dissents": sitting.dissents,
        "confirmation": sitting.confirmed or None,
        "signatures": [[each.actor["person"], each.actor["appointment"], each.data["text"]]
                       for each in sitting.standing_signatures()],
        **_corrections(sitting, told),
        "sealing": {name: sitting.sealed.get(name) for name in ("hash", "text", "view", "entry")},
        "view": {"hash": closed.get("view"), "known": closed.get("known")},
        "mandates": [{name: each[name] for name in ("version", "starts_on", "powers", "text")}
                     for each in sitting.mandates],
    }  # fmt: skip


def _decisions(sitting: Sitting, told: dict[str, Any]) -> list[dict[str, Any]]:
    """What was decided; what entries did not hold yet of a decision is as stated, and remarked."""
    stated, found = {each["id"]: each for each in told.get("decisions", [])}, []
    for number, held in sitting.decisions.items():
        later = {name: stated[number][name] for name in SAID_LATER
                 if name not in held and name in stated.get(number, {})}  # fmt: skip
        if later:
            sitting.findings.remark(f"what decision {number} was expected to move, and when it is reviewed")
        found.append(held | later)
    return found


def _questions(sitting: Sitting, told: dict[str, Any]) -> dict[str, Any]:
    """What the room was asked; packs from before it was say nothing of it."""
    asked = [question.as_fact(number) for number, question in sitting.questions.items()]
    return {"questions": asked} if asked or "questions" in told else {}


def _corrections(sitting: Sitting, told: dict[str, Any]) -> dict[str, Any]:
    """How the minutes were corrected; packs from before they could be say nothing of it."""
    made = list(sitting.corrections.values())
    return {"corrections": made} if made or "corrections" in told else {}


def _charter(held: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    """A charter; packs and entries from before a term say nothing of it."""
    return {name: value for name, value in AS_EVER.items() if held and name in stated} | held


def _held(held: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    """An appointment; what entries did not hold yet when it was confirmed is as stated, and was remarked."""
    return {name: stated.get(name) if held[name] in ("", None) else held[name] for name in BEARING}


def _bearing(sitting: Sitting) -> set[int]:
    """Appointments under which somebody was present, decided, confirmed or signed."""
    return {
        *(line[1] for line in sitting.attended),
        *(each["appointment"] for each in [*sitting.decisions.values(), *sitting.corrections.values()]),
        *(each.put.actor["appointment"] for each in sitting.questions.values()),
        *(each["countersigned_as"] for each in sitting.corrections.values() if each["countersigned_as"]),
        *([sitting.confirmed["appointment"]] if sitting.confirmed else []),
        *(each.actor["appointment"] for each in sitting.standing_signatures()),
    }


def _compare(where: str, told: Any, found: Any, findings: Findings) -> None:
    """A fault for each place at which two values differ."""
    if isinstance(told, dict) and isinstance(found, dict):
        for name in sorted({*told, *found}):
            _compare(f"{where}, {name}", told.get(name), found.get(name), findings)
    elif isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        for place, pair in enumerate(zip(told, found, strict=True), start=1):
            _compare(f"{where} {place}", *pair, findings)
    elif told != found or type(told) is not type(found):
        findings.fault(where, f"says {_short(told)}; the entries say {_short(found)}")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
