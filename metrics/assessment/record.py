"""What is to be written about cases at one moment: gathered while they are judged, then written in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from metrics.models import Contradiction, ContradictionEvent, Signal, SignalWithdrawal
from truthgov import audit
from truthgov.actor import Actor

ASSESSMENT = Actor(clockwork="assessment")
Code = ContradictionEvent.Code


@dataclass(slots=True)
class Note:
    """A change of a case that waits to be told, and the signals that it rests on."""

    case: Contradiction
    code: ContradictionEvent.Code
    reason: str
    findings: Sequence[Signal]
    data: dict[str, Any]

    def told(self, graded: Contradiction | None) -> dict[str, Any]:
        """What its event says: how severe the case became, `graded`, by which findings."""
        if graded is None or not self.findings:
            return self.data
        cited = "withdrawn" if self.code == Code.WITHDRAWN else "signals"
        return self.data | {
            cited: [signal.pk for signal in self.findings],
            "severity": str(graded.severity), "severity_rank": graded.severity_rank,
        }  # fmt: skip


@dataclass(slots=True)
class CaseRecord:
    """What is to be written about cases at one moment, gathered and written in bulk, events and audit included."""

    at: datetime
    signals: list[Signal] = field(default_factory=list)
    withdrawals: list[SignalWithdrawal] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, case: Contradiction, code: ContradictionEvent.Code, *, reason: str = "",
             findings: Sequence[Signal] = (), **data: Any) -> None:  # fmt: skip
        self.notes.append(Note(case, code, reason, findings, data))

    def write_findings(self) -> None:
        Signal.objects.bulk_create(self.signals)
        SignalWithdrawal.objects.bulk_create(self.withdrawals)

    def tell(self, graded: Iterable[Contradiction] = ()) -> None:
        """Write the events, once the cases are graded: the database lowers no severity that no event tells of."""
        by_key, events = {case.pk: case for case in graded}, []
        for note in self.notes:
            case, data = note.case, note.told(by_key.get(note.case.pk))
            events.append(
                ContradictionEvent(contradiction=case, code=note.code, status=case.status, actor=ASSESSMENT.as_record(),
                                   period_start=case.last_period, reason=note.reason, data=data, at=self.at)
            )  # fmt: skip
            audit.record(f"contradiction.{note.code}", case, by=ASSESSMENT, status=case.status, **data)
        ContradictionEvent.objects.bulk_create(events)
