"""What changed cases state and how severe they are: computed anew from the signals that stand, and stored."""

from collections import defaultdict

from django.db import connection

from metrics.assessment.docket import Docket
from metrics.assessment.grading import grade
from metrics.models import Contradiction, Signal
from truthgov.periods import Grain

CHANGED = ["statement", "severity", "severity_rank", "severity_why", "exposure_customers", "exposure_value",
           "first_period", "last_period", "changed_at"]  # fmt: skip
STORE_GRADED = """
    UPDATE metrics_contradiction SET statement = now.statement, severity = now.severity,
        severity_rank = now.severity_rank, severity_why = now.severity_why,
        exposure_customers = now.exposure_customers, exposure_value = now.exposure_value,
        first_period = now.first_period, last_period = now.last_period, changed_at = now.changed_at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::float8[], %s::text[], %s::bigint[], %s::numeric[],
        %s::date[], %s::date[], %s::timestamptz[]) AS now(id, statement, severity, severity_rank, severity_why,
        exposure_customers, exposure_value, first_period, last_period, changed_at)
    WHERE metrics_contradiction.id = now.id"""


def regrade(cases: list[Contradiction], docket: Docket) -> None:
    """Recompute what changed cases state and how severe they are, from their signals that stand, and store it."""
    standing: dict[int, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(contradiction__in=cases, withdrawal__isnull=True):
        standing[signal.contradiction_id].append(signal)
    for case in cases:
        case.statement = _statement(case, standing[case.pk])
        grade(case, standing[case.pk], _grain(docket, case, standing[case.pk]))
    _store_graded(cases)


def _store_graded(cases: list[Contradiction]) -> None:
    """Store what changed of cases, all in one statement."""
    columns = [[getattr(case, name) for case in cases] for name in ("pk", *CHANGED)]
    with connection.cursor() as cursor:
        cursor.execute(STORE_GRADED, columns)


def _statement(case: Contradiction, signals: list[Signal]) -> str:
    """What its latest signal says, of its own scope rather than of a part; a person's own words stay."""
    if case.surfaced_by_id or not signals:
        return case.statement
    latest = max(signals, key=lambda signal: (signal.segment_id == case.segment_id, signal.period_start))
    return latest.sentence


def _grain(docket: Docket, case: Contradiction, signals: list[Signal]) -> Grain:
    rules = [case.rule_id, *(signal.rule_id for signal in signals)]
    return next((docket.grains[rule] for rule in rules if rule in docket.grains), Grain.MONTH)
