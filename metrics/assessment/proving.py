"""Closing the cases whose remedy the figures have proved, or whose sources were settled."""

from collections.abc import Iterable

from django.db import connection

from metrics.assessment.proof import Proof, is_settled, proof_of
from metrics.assessment.record import CaseRecord
from metrics.models import Contradiction, ContradictionEvent
from metrics.prepared import Prepared
from truthgov import clock
from truthgov.lifecycle import advance

IN_REMEDY = Prepared("in_remedy", """
    SELECT id FROM metrics_contradiction
    WHERE status = 'in_remedy' AND remedy_from IS NOT NULL AND rule_id = ANY(%(rules)s::bigint[])""",
    rules="bigint[]",
)  # fmt: skip
Status, Code = Contradiction.Status, ContradictionEvent.Code


def prove(rules: Iterable[int]) -> None:
    """Close the cases in remedy whose rule has stayed quiet for as many periods as it asks."""
    with connection.cursor() as cursor:
        IN_REMEDY.ask(cursor, {"rules": list(rules)})
        concerned = [case for (case,) in cursor.fetchall()]
    if not concerned:
        return
    waiting = Contradiction.objects.filter(status=Status.IN_REMEDY, pk__in=concerned)
    record = CaseRecord(clock.now())
    for case in waiting.select_related("rule__link").select_for_update(of=("self",)).order_by("pk"):
        proof = proof_of(case)
        if proof.holds:
            _close(case, Code.PROVED, proof, record)
        elif is_settled(case):
            _close(case, Code.SETTLED, proof, record)
    record.tell()


def _close(case: Contradiction, code: ContradictionEvent.Code, proof: Proof, record: CaseRecord) -> None:
    advance(case, Status.IN_REMEDY, Status.CLOSED, changed_at=record.at)
    quiet = [day.isoformat() for day in proof.quiet]
    reason = f"Its rule stayed quiet for {len(quiet)} periods." if code == Code.PROVED else (
        "The source of record is named; the pair is no longer judged, and the disagreement stays on display."
    )  # fmt: skip
    record.note(case, code, reason=reason, quiet_periods=quiet)
