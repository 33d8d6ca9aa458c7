"""What every pack lists beside its items: the journeys with the trust of their figures, and what left the open list.

A contradiction leaves it by a decision, or is listed here: false alarms and joined cases since the forum's meeting
before, and what is put off at present.
"""

from typing import Any

from forums.models import Meeting
from forums.packs.board_pack.papers import Papers, table
from forums.reconciliation.lines import Before, OutcomeLine, word_outcome
from forums.reconciliation.reconciled import reconciled_view
from metrics.models import Contradiction, ContradictionEvent, Snooze
from truthgov import audit, clock
from truthgov.badges import VERDICTS
from truthgov.dates import day

LISTED = {
    ContradictionEvent.Code.FALSE_ALARM: "Declared false alarms since the last meeting",
    ContradictionEvent.Code.JOINED: "Joined to other cases since the last meeting",
}
NAMED = ("contradiction__measure", "contradiction__other_measure", "contradiction__segment", "person")


def view_of(meeting: Meeting) -> dict[str, Any]:
    """Each journey's verdict and outcomes for the month under review, as known now, with the view's hash."""
    view = reconciled_view(meeting.period, known_at=audit.known_now())
    journeys = []
    for row in view.journeys:
        lines = [(word_outcome(each, Before(None)), each) for each in row.outcomes]
        rows = [
            [line.name, line.figure.text, line.badge.word if line.badge else "", each.trust.capitalize(), _words(line)]
            for line, each in lines
        ]
        header = ["Outcome", "Figure", "Stands", "Trust", ""]
        journeys.append(table(f"{row.name}: {VERDICTS[row.verdict].word.lower()}", header, rows))
    return {"journeys": journeys, "hash": view.hash}


def listed(meeting: Meeting) -> list[Papers]:
    """False alarms, joined cases, snoozes: a table each, where there is any."""
    tables = [_since(meeting, code, title) for code, title in LISTED.items()]
    return [each for each in (*tables, _snoozed()) if each["rows"]]


def _since(meeting: Meeting, code: str, title: str) -> Papers:
    before = meeting.forum.meetings.held().filter(starts_at__lt=meeting.starts_at).first()
    events = ContradictionEvent.objects.filter(code=code).select_related(*NAMED).order_by("at", "pk")
    if before is not None:
        events = events.filter(at__gt=before.closed_at)
    rows = [[str(each.contradiction), each.reason, f"{each.person}, {day(each.at)}"] for each in events]
    return table(title, ["Case", "Why", "By"], rows)


def _snoozed() -> Papers:
    snoozed = Snooze.objects.in_force(on=clock.today()).filter(contradiction__status=Contradiction.Status.OPEN)
    rows = [
        [str(each.contradiction), each.reason, f"{each.person}, until {day(each.until)}"]
        for each in snoozed.select_related(*NAMED).order_by("until", "pk")
    ]
    return table("Put off at present", ["Case", "Why", "By"], rows)


def _words(line: OutcomeLine) -> str:
    return "; ".join(part for part in (line.words, line.doubt, line.segments) if part)
