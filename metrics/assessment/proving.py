"""Closing the cases whose remedy the figures have proved, or whose sources were settled; and what undoes a proof."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db import connection

from metrics.assessment.proof import Proof, is_settled, lost_proofs, proof_of
from metrics.assessment.record import CaseRecord
from metrics.models import Contradiction, ContradictionEvent
from metrics.prepared import Prepared
from truthgov import clock
from truthgov.figures import counted
from truthgov.lifecycle import advance
from truthgov.periods import Period

CONCERNED = Prepared("proofs", """
    SELECT status, id FROM metrics_contradiction
    WHERE status = 'in_remedy' AND remedy_from IS NOT NULL AND rule_id = ANY(%(rules)s::bigint[])
    UNION ALL SELECT status, id FROM metrics_contradiction AS own
    WHERE status = 'closed' AND rule_id = ANY(%(rules)s::bigint[]) AND EXISTS (
        SELECT FROM metrics_contradictionevent
        WHERE contradiction_id = own.id AND code = 'proved'
          AND (data -> 'quiet_periods' ->> -1)::date >= %(since)s::date)
      AND NOT EXISTS (
        SELECT FROM metrics_contradiction AS later
        WHERE later.id > own.id AND later.measure_id = own.measure_id
          AND (later.kind, later.other_measure_id, later.source_id, later.other_source_id, later.segment_id)
              IS NOT DISTINCT FROM
              (own.kind, own.other_measure_id, own.source_id, own.other_source_id, own.segment_id))""",
    rules="bigint[]", since="date",
)  # fmt: skip
"""Those in remedy, and those closed that a period since then has proved; of several about the same, the latest."""
Status, Code = Contradiction.Status, ContradictionEvent.Code


def follow(rules: Collection[int], *, since: date) -> None:
    """What assessing figures from a day on does to proofs of these rules: some are undone, and others come about."""
    concerned: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        CONCERNED.ask(cursor, {"rules": list(rules), "since": since})
        for status, case in cursor.fetchall():
            concerned[status].append(case)
    if proved := concerned[Status.CLOSED]:
        _reconsider(proved)
    if in_remedy := concerned[Status.IN_REMEDY]:
        _prove(in_remedy)


def _reconsider(cases: list[int]) -> None:
    """Look again at what proved a remedy, where a figure changed since: it may be gone, or say otherwise.

    A case that other quiet periods prove as well stays closed, and says so; else it is open again. That is no
    recurrence: nothing has come back, its remedy is unproved.
    """
    proved = Contradiction.objects.filter(status=Status.CLOSED, pk__in=cases)
    closed = {case.pk: case for case in proved.select_for_update(of=("self",), no_key=True).order_by("pk")}
    record = CaseRecord(clock.now())
    for number, lost in lost_proofs(closed.values()).items():
        _take_back(closed[number], lost, proof_of(closed[number]), record)
    record.tell()


def _prove(cases: list[int]) -> None:
    """Close those in remedy whose rule has stayed quiet for as many periods as it asks."""
    waiting = Contradiction.objects.filter(status=Status.IN_REMEDY, pk__in=cases)
    record = CaseRecord(clock.now())
    for case in waiting.select_related("rule__link").select_for_update(of=("self",), no_key=True).order_by("pk"):
        proof = proof_of(case)
        if proof.holds:
            _close(case, Code.PROVED, proof, record)
        elif is_settled(case):
            _close(case, Code.SETTLED, proof, record)
    record.tell()


def _take_back(case: Contradiction, lost: Collection[Period], proof: Proof, record: CaseRecord) -> None:
    quiet = [day.isoformat() for day in proof.quiet]
    gone = f"What proved its remedy no longer does: the figures of {', '.join(map(str, lost))}."
    if proof.holds:
        reason = f"{gone} Its rule stayed quiet for {counted(len(quiet), 'period')} all the same."
        record.note(case, Code.PROVED, reason=reason, quiet_periods=quiet)
        return
    advance(case, Status.CLOSED, Status.OPEN, remedy_from=None, changed_at=record.at)
    are = "is" if len(quiet) == 1 else "are"
    left = f"{len(quiet)} of the {counted(proof.needed, 'quiet period')} that it takes {are} left."
    record.note(case, Code.RETURNED, reason=f"{gone} {left}", periods=[period.start.isoformat() for period in lost])


def _close(case: Contradiction, code: ContradictionEvent.Code, proof: Proof, record: CaseRecord) -> None:
    advance(case, Status.IN_REMEDY, Status.CLOSED, changed_at=record.at)
    quiet = [day.isoformat() for day in proof.quiet]
    reason = f"Its rule stayed quiet for {counted(len(quiet), 'period')}." if code == Code.PROVED else (
        "The source of record is named; the pair is no longer judged, and the disagreement stays on display."
    )  # fmt: skip
    record.note(case, code, reason=reason, quiet_periods=quiet)
