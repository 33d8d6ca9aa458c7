"""How far the figures have proved a remedy: quiet periods, each with figures that are there, trusted, and well."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from metrics.assessment.dictionary import dictionary_of
from metrics.assessment.looks import looks
from metrics.assessment.terms import AS_DECLARED, quiet_periods
from metrics.assessment.verdicts import NO_LONGER_LOOKED_AT, PROVES_NOTHING
from metrics.detection.comparing import NEVER
from metrics.models import Contradiction, ContradictionEvent, Judgement, SourceOfRecord
from metrics.trust import doubted_periods
from truthgov.periods import Grain, Period

Code = ContradictionEvent.Code
CLOSINGS = (Code.PROVED, Code.SETTLED, Code.CLOSED)


@dataclass(frozen=True, slots=True)
class Proof:
    """The quiet periods (their first days) since the remedy began or the last signal, and how many are needed."""

    needed: int
    quiet: list[date] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return len(self.quiet) >= self.needed


def proof_of(case: Contradiction) -> Proof:
    """The proof of a case in remedy, from the stored judgements of its rule; nothing is proved without a rule."""
    if case.rule is None:
        return Proof(needed=1)
    needed = quiet_periods([case.rule.pk], case.remedy_from)[case.rule.pk]
    if case.remedy_from is None:
        return Proof(needed)
    standing = case.signals.filter(withdrawal__isnull=True, period_start__gte=case.remedy_from)
    last_signal = standing.order_by("-period_start").values_list("period_start", flat=True).first()
    judged = Judgement.objects.filter(rule=case.rule, period_start__gte=case.remedy_from).order_by("period_start")
    verdicts = {judgement.period_start: judgement.verdict_on(case.segment_id) for judgement in judged}
    doubted = doubted_periods(case, since=case.remedy_from)
    quiet = [
        start
        for start, verdict in verdicts.items()
        if verdict not in PROVES_NOTHING and start not in doubted and (last_signal is None or start > last_signal)
    ]
    return Proof(needed, quiet)


def proved_by(cases: Collection[int]) -> dict[int, set[date]]:
    """The quiet periods (their first days) that cases were last closed by, where that was their proof; by number."""
    closings = ContradictionEvent.objects.filter(contradiction__in=cases, code__in=CLOSINGS)
    last = closings.order_by("contradiction_id", "-at", "-pk").distinct("contradiction_id")
    return {
        each.contradiction_id: set(map(date.fromisoformat, each.data.get("quiet_periods", ())))
        for each in last
        if each.code == Code.PROVED
    }


def lost_proofs(cases: Collection[Contradiction]) -> dict[int, list[Period]]:
    """The periods that proved closed cases' remedies, and by the figures that stand now prove nothing; two queries.

    By the case's number; cases whose proof stands are left out.
    """
    proved = proved_by([case.pk for case in cases])
    periods = {start for quiet in proved.values() for start in quiet}
    rules = {case.rule_id for case in cases}
    judged: dict[int, list[Judgement]] = defaultdict(list)
    for each in Judgement.objects.filter(rule__in=rules, period_start__in=periods).order_by("period_start"):
        judged[each.rule_id].append(each)
    lost = {case.pk: _lost(case, proved.get(case.pk, set()), judged[case.rule_id or 0]) for case in cases}
    return {case: periods for case, periods in lost.items() if periods}


def _lost(case: Contradiction, proved: set[date], judged: Collection[Judgement]) -> list[Period]:
    verdicts = [(each, each.verdict_on(case.segment_id)) for each in judged if each.period_start in proved]
    return [
        Period.containing(each.period_start, Grain(each.grain))
        for each, verdict in verdicts
        if verdict in PROVES_NOTHING and verdict not in NO_LONGER_LOOKED_AT
    ]


def is_settled(case: Contradiction) -> bool:
    """Has a decision named a source of record that takes this pair of sources out of judgement from now on?"""
    if case.rule is None or case.kind != Contradiction.Kind.SOURCE_DISAGREEMENT:
        return False
    if not SourceOfRecord.objects.filter(measure=case.measure_id).exclude(authority="").exists():
        return False
    look = looks([case.rule.pk])
    known = dictionary_of([case.measure_id])
    if not look or any(meaning.retires for _, meaning in known.meanings.get(case.measure_id, [])[-1:]):
        return False
    as_declared = replace(look[0], initial=AS_DECLARED, versions=())  # a rule that is off settles nothing
    return not any(span.last == NEVER - 1 for span in known.spans(as_declared))
