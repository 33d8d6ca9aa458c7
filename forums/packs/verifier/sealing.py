"""The seal: two signatures on one text, over text, attendance, decisions and the view that was frozen."""

import hashlib
import json
from typing import TYPE_CHECKING

from .chain import Entry
from .offices import is_over_the_organisation

if TYPE_CHECKING:
    from .sitting import Sitting


def check_sealing(sitting: "Sitting", entry: Entry) -> None:
    """A fault for each way in which the sealing is not what was signed."""
    said, expect = entry.data, sitting.findings.expect
    expect(said["view"] == sitting.closed.get("view"), entry.where, "seals another view than was frozen at the closing")
    expect(
        said["attended"] == sitting.attended, entry.where, "seals another attendance than the arrivals and departures"
    )
    expect(
        said["hash"] == seal_of(sitting), entry.where, "its hash is not that of text, view, decisions and attendance"
    )
    _check_confirmation(sitting, entry)
    _check_signatures(sitting, entry)


def seal_of(sitting: "Sitting") -> str:
    decided = [[each["id"], each["type"], each["wording"]] for each in sitting.decisions.values()]
    sealed = [sitting.meeting, sitting.sealed["text"], sitting.closed.get("view"), decided, sitting.attended]
    return hashlib.sha256(json.dumps(sealed, separators=(",", ":")).encode()).hexdigest()


def _check_confirmation(sitting: "Sitting", entry: Entry) -> None:
    """The text is the one that a later meeting confirmed."""
    if "confirmed" not in entry.data:
        sitting.findings.remark("that a later meeting confirmed the minutes, which was not asked for then")
        return
    expect, confirmed = sitting.findings.expect, sitting.confirmed
    same = (confirmed.get("text"), confirmed.get("at_meeting")) == (entry.data["text"], entry.data["confirmed"])
    expect(same, entry.where, "seals what no later meeting confirmed")


def _check_signatures(sitting: "Sitting", entry: Entry) -> None:
    """By chair and secretary, two people, each under an appointment of that day."""
    standing, charter, offices = sitting.standing_signatures(), sitting.charter, sitting.offices
    signed, people = set(), {each.actor["person"] for each in standing}
    for each in standing:
        held = offices.appointments.get(each.actor["appointment"], {})
        exercised = offices.in_force(each.actor["appointment"], each.actor["person"], each.at)
        sitting.findings.expect(
            exercised, each.where, f"is under appointment {each.actor['appointment']}, not in force"
        )
        if held.get("role") == "secretary" and held.get("scope") == charter.get("scope"):
            signed.add("secretary")
        if held.get("role") == charter.get("chair_role") and is_over_the_organisation(held):
            signed.add("chair")
    expect = sitting.findings.expect
    expect(
        signed == {"chair", "secretary"},
        entry.where,
        f"the text is signed by {' and '.join(sorted(signed)) or 'nobody'} only",
    )
    expect(len(people) > 1, entry.where, "the text is signed by fewer than two people")
