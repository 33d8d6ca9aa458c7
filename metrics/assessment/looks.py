"""What each rule looks at: which measures, and whether in the same segment or in the whole it is a part of."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from metrics.assessment.terms import AS_DECLARED, NOT_YET, History, Terms, histories, number
from metrics.detection.kinds import KINDS
from metrics.models import Rule
from metrics.prepared import Prepared

Kind = Rule.Kind
LOOKS = Prepared("looks", """
    SELECT rule.id, rule.kind, coalesce(link.from_measure_id, rule.measure_id),
        coalesce(link.to_measure_id, rule.other_measure_id), link.lag_periods, link.pass_through, link.tolerance,
        rule.source_id, rule.other_source_id, link.id IS NOT NULL,
        rule.made_by_id IS NOT NULL OR rule.replaced_by_id IS NOT NULL,
        rule.replaced_by_id IS NULL AND EXISTS (
            SELECT FROM metrics_ruleversion said WHERE said.rule_id = rule.id AND said.status = 'approved')
    FROM metrics_rule rule LEFT JOIN metrics_link link ON link.id = rule.link_id
    WHERE rule.id = ANY(%(rules)s::bigint[])
    ORDER BY rule.kind, rule.id""",
    rules="bigint[]",
)  # fmt: skip
COMPANIONS = Prepared("companions", """
    WITH beside AS (
        SELECT wanted.measure, link.kind, CASE WHEN link.from_measure_id = wanted.measure
            THEN link.to_measure_id ELSE link.from_measure_id END AS companion
        FROM unnest(%(measures)s::bigint[]) AS wanted(measure)
        JOIN metrics_link link ON wanted.measure IN (link.from_measure_id, link.to_measure_id)
        WHERE link.kind IN ('companion', 'divergence')),
    first AS (SELECT measure, min(kind) AS kind FROM beside GROUP BY measure)
    SELECT DISTINCT beside.measure, beside.companion FROM beside JOIN first USING (measure, kind)
    WHERE EXISTS (SELECT FROM metrics_definition own JOIN metrics_definition other ON other.grain = own.grain
                  WHERE own.measure_id = beside.measure AND own.status = 'approved'
                    AND other.measure_id = beside.companion AND other.status = 'approved')
    ORDER BY beside.measure, beside.companion""",
    measures="bigint[]",
)  # fmt: skip
"""Declared companions come first, also in the alphabet; only where there are none, what a divergence link joins."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one rule looks at: two measures, or twice the same one.

    Of `sources`, the kpi is the one of record. `is_declared` says that a link states the look. A rule of kind
    `definition_break` has a look a companion, and one at its measure alone, for where no companion has figures. One of
    kind `mix` that no link states has, beside that at its measure, looks at its companions, `is_beside`.
    `initial` says how it judges where none of its `versions` holds.
    """

    rule: int
    kind: str
    kpi: int
    outcome: int
    lag: int
    expected: float
    tolerance: float
    sources: tuple[int, int] | None
    is_declared: bool = False
    initial: Terms = AS_DECLARED
    versions: History = ()
    is_beside: bool = False

    @property
    def of_whole(self) -> bool:
        """Is the kpi read in the whole that a segment is a part of, rather than in the segment itself?"""
        return self.kpi == self.outcome and self.kind in (Kind.MIX, Kind.INCONSISTENCY)

    @property
    def is_alone(self) -> bool:
        """Is this the look of a definition break at its measure without a companion?"""
        return self.kpi == self.outcome and self.kind == Kind.DEFINITION_BREAK


def looks(rules: Iterable[int]) -> list[Look]:
    """Those of some rules whose kind can be judged; whether they judge or not."""
    with connection.cursor() as cursor:
        LOOKS.ask(cursor, {"rules": list(rules)})
        rows = [row for row in cursor.fetchall() if row[1] in KINDS]
    versions = histories([rule for rule, *_, is_tuned in rows if is_tuned])
    return _with_companions([_look(told, versions.get(told[0], ())) for *told, _ in rows])


def looks_of(rule: Rule) -> list[Look]:
    """What a rule that may not be stored yet looks at."""
    if rule.pk:
        return looks([rule.pk])
    measure, other = rule.parties
    return _with_companions(
        [_look((0, rule.kind, measure.pk, other.pk if other else None, 0, *[None] * 4, False, True), ())]
    )


def _with_companions(found: list[Look]) -> list[Look]:
    wanting = [look for look in found if look.is_alone or (look.kind == Kind.MIX and look.of_whole)]
    companions: dict[int, list[int]] = defaultdict(list)
    for measure, companion in _companions(sorted({look.kpi for look in wanting})):
        companions[measure].append(companion)
    return found + [_beside(look, companion) for look in wanting for companion in companions[look.kpi]]


def _companions(measures: list[int]) -> list[tuple[int, int]]:
    """Each of some measures with each of its companions of the same grain."""
    if not measures:
        return []
    with connection.cursor() as cursor:
        COMPANIONS.ask(cursor, {"measures": measures})
        return cursor.fetchall()


def _beside(look: Look, companion: int) -> Look:
    if look.kind == Kind.MIX:
        return replace(look, kpi=companion, is_beside=True)
    return replace(look, outcome=companion)


def _look(told: Sequence[Any], versions: History) -> Look:
    """A look as LOOKS tells it, and the versions of its rule."""
    rule, kind, kpi, outcome, lag, passes, tolerance, source, other, declared, begins_off = told
    if kpi is None:
        raise ValueError(f"rule {rule} looks at nothing")
    judged = kpi if outcome is None else outcome
    claimed = judged if kind == Kind.INCONSISTENCY else kpi  # across segments; who is named beside it is a party
    sources = None if source is None or other is None else (source, other)
    initial = NOT_YET if begins_off else AS_DECLARED
    return Look(rule, kind, claimed, judged, lag or 0, number(passes), number(tolerance), sources, declared, initial,
                versions)  # fmt: skip
