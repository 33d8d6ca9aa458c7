"""Corrections of sealed minutes: each names what it corrects, follows the one before, and is by chair and secretary."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from .chain import Entry

if TYPE_CHECKING:
    from .sitting import Sitting

SAID = ("passage", "wording", "reason", "hash")


def correct(sitting: "Sitting", entry: Entry) -> None:
    sitting.require("sealed", entry)
    said, before = entry.data, sitting.corrections
    last = list(before.values())[-1]["hash"] if before else sitting.sealed.get("hash")
    told = json.dumps([last, said["passage"], said["wording"], said["reason"]], separators=(",", ":"))
    found = hashlib.sha256(told.encode()).hexdigest()
    sitting.findings.expect(said["hash"] == found, entry.where, "its hash is not that of what it says and follows")
    _require_office(sitting, entry)
    number = int(entry.subject_id)
    sitting.corrections[number] = {
        "id": number, **{name: said[name] for name in SAID}, "by": entry.actor["person"],
        "appointment": entry.actor["appointment"], "countersigned_by": None, "countersigned_as": None,
    }  # fmt: skip


def countersign(sitting: "Sitting", entry: Entry) -> None:
    correction = _waiting(sitting, entry)
    if correction is None:
        sitting.findings.fault(entry.where, "countersigns no correction that waits for it")
        return
    expect, actor = sitting.findings.expect, entry.actor
    expect(entry.data["hash"] == correction["hash"], entry.where, "countersigns another text than the correction's")
    roles = [sitting.offices.appointments.get(each, {}).get("role")
             for each in (correction["appointment"], actor["appointment"])]  # fmt: skip
    another = correction["by"] != actor["person"] and roles[0] != roles[1]
    expect(another, entry.where, "is not by the other of chair and secretary")
    _require_office(sitting, entry)
    correction |= {"countersigned_by": actor["person"], "countersigned_as": actor["appointment"]}


def withdraw(sitting: "Sitting", entry: Entry) -> None:
    """By who made it, until it is countersigned."""
    correction = _waiting(sitting, entry)
    if correction is None or correction["by"] != entry.actor["person"]:
        sitting.findings.fault(entry.where, "withdraws no correction of its own that waits")
        return
    correction["withdrawn_because"] = entry.data["reason"]


def _waiting(sitting: "Sitting", entry: Entry) -> dict[str, Any] | None:
    """The correction that an entry is about, if it is neither countersigned nor withdrawn."""
    correction = sitting.corrections.get(int(entry.subject_id))
    is_waiting = correction and correction["countersigned_by"] is None and "withdrawn_because" not in correction
    return correction if is_waiting else None


def _require_office(sitting: "Sitting", entry: Entry) -> None:
    """By who is chair or secretary that day."""
    appointment, person = entry.actor["appointment"], entry.actor["person"]
    held, charter = sitting.offices.appointments.get(appointment, {}), sitting.charter
    records = held.get("role") == charter.get("chair_role") or (
        held.get("role") == "secretary" and held.get("scope") == charter.get("scope")
    )
    in_force = sitting.offices.in_force(appointment, person, entry.at)
    sitting.findings.expect(records and in_force, entry.where, "is by nobody who was chair or secretary that day")
