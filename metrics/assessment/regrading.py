"""What changed cases state and how severe they are: computed anew from the signals that stand, and stored."""

from collections.abc import Iterable, Mapping
from copy import copy

from django.db import connection

from metrics.assessment.bearing import signals_bearing_on
from metrics.assessment.grading import grade
from metrics.assessment.record import ASSESSMENT, CaseRecord
from metrics.models import Contradiction, ContradictionEvent, Judgement, Signal, Snooze
from truthgov import clock
from truthgov.periods import Grain

WORDS = Contradiction.Severity.values
"""In their order, the mildest first."""

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


def regrade(cases: list[Contradiction], grains: Mapping[int, Grain], record: CaseRecord) -> None:
    """Recompute what changed cases state and how severe they are, from the signals that stand, and store it.

    `grains` are by rule. A case that is worse than when it was put off is woken, in the record.
    """
    standing = signals_bearing_on([case.pk for case in cases])
    for case in cases:
        case.statement = _statement(case, standing[case.pk])
        grade(case, standing[case.pk], _grain(grains, case, standing[case.pk]))
    _store_graded(cases)
    _wake(cases, record)


def raise_severity(case: Contradiction) -> None:
    """Grade a case by signals that came to bear on it otherwise than by being found: it may get worse by them alone.

    Made light of it is by findings that are told on it, and by nothing else. What is worse wakes.
    """
    standing = signals_bearing_on([case.pk])[case.pk]
    graded = copy(case)
    grade(graded, standing, _grain(_grains(case, standing), case, standing))
    if graded.severity_rank > case.severity_rank:
        graded.save(update_fields=["severity", "severity_rank", "severity_why", "exposure_customers", "exposure_value"])
        case.refresh_from_db()
        record = CaseRecord(clock.now())
        _wake([case], record)
        record.tell()


def _wake(cases: Iterable[Contradiction], record: CaseRecord) -> None:
    """End the snooze of those that have become worse than they were when they were put off."""
    by_key = {case.pk: case for case in cases}
    put_off = Snooze.objects.in_force(on=clock.local_day(record.at)).filter(contradiction__in=by_key)
    for snooze in put_off.order_by("pk"):
        case = by_key[snooze.contradiction_id]
        if WORDS.index(case.severity) > WORDS.index(snooze.severity):
            reason = f"It is {case.severity} now, and was {snooze.severity} when it was put off."
            snooze.wake(reason, by=ASSESSMENT)
            record.note(case, ContradictionEvent.Code.WOKEN, reason=reason)


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


def _grain(grains: Mapping[int, Grain], case: Contradiction, signals: list[Signal]) -> Grain:
    rules = [case.rule_id or 0, *(signal.rule_id for signal in signals)]
    return next((grains[rule] for rule in rules if rule in grains), Grain.MONTH)


def _grains(case: Contradiction, signals: list[Signal]) -> dict[int, Grain]:
    rules = {case.rule_id, *(signal.rule_id for signal in signals)} - {None}
    judged = Judgement.objects.filter(rule__in=rules).values_list("rule", "grain").distinct()
    return {rule: Grain(grain) for rule, grain in judged}
