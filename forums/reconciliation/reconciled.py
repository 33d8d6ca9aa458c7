"""The executives' read model: every journey, what functions claim, what contradicts, what was decided."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from forums.models.minutes import ViewSnapshot
from forums.reconciliation.cases import worded_cases
from forums.reconciliation.facts import Facts, KpiEntry, OutcomeEntry
from forums.reconciliation.records import Claim, JourneyRow, Outcome, PastDecision, SegmentFigure, View
from forums.reconciliation.verdicts import Standing, off_target_for, standing_of, verdict_of
from forums.registers.sequels import sequels
from journeys.models import Journey
from metrics.dictionary.terms import Terms
from metrics.figures.known import Known
from metrics.figures.rolling import RolledUp
from metrics.trust import DEMANDED, TRUSTED
from truthgov.clock import local_day
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period

CASES_SHOWN = 30
"""How many contradictions the view lists; siblings count as one."""


def reconciled_view(period: Period, *, known_at: int | None = None) -> View:
    """The view of a month, now or as known at an audit entry; a fixed number of queries."""
    facts = Facts(period, Moment.of(known_at))
    journeys = _journeys(facts)
    return View(
        period=period,
        as_of=facts.moment.day,
        journeys=tuple(journeys),
        claims=tuple(_claims(facts, {journey.code: journey for journey in journeys})),
        cases=tuple(worded_cases(facts.cases[:CASES_SHOWN])),
        cases_in_all=sum(len(group.members) for group in facts.cases),
        decisions=tuple(_decisions(facts)),
    )


def _journeys(facts: Facts) -> list[JourneyRow]:
    segments = facts.failing_segments()
    restated = _restated_since_frozen(facts)
    return [_journey(journey, facts, segments, restated) for journey in facts.journeys]


def _journey(journey: Journey, facts: Facts, segments: dict, restated: set[int]) -> JourneyRow:
    outcomes = tuple(
        _outcome(measure, (journey.pk, measure.pk) in facts.required, facts, segments.get(measure.pk, []), restated)
        for measure in facts.outcomes
        if (journey.pk, measure.pk) in facts.required
        or (measure.journey_id == journey.pk and not facts.is_retired(measure.pk))
    )
    verdict = verdict_of(outcome.is_met for outcome in outcomes if outcome.required)
    return JourneyRow(journey.code, journey.name, verdict, outcomes)


def _outcome(measure: OutcomeEntry, required: bool, facts: Facts, segments: list, restated: set[int]) -> Outcome:
    terms = facts.terms(measure.pk)
    if terms is None:
        return Outcome(measure.code, measure.name, "", 0, None, None, None, None, None, required, judged=False)
    shown = _shown(measure, terms, facts)
    trust = facts.trust.get(measure.pk, TRUSTED)
    is_met = terms.meets_target(shown.value) if shown.judged else None
    doubted = not trust.meets(facts.trust_needed(measure))
    return Outcome(
        measure=measure.code, name=measure.name, unit=terms.worded_unit,
        decimals=terms.decimals, definition=terms.pk, value=shown.value, observation=shown.observation,
        target=terms.target, is_met=None if doubted else is_met, required=required, judged=shown.judged,
        since=_off_since(measure, terms, facts) if is_met is False and not doubted else None,
        trust=trust.state.value, doubt=trust.why if doubted else "",
        restated=not restated.isdisjoint((shown.observation, *shown.rolled_from)),
        failing_segments=tuple(SegmentFigure(*segment) for segment in segments),
        rolled_up=shown.words, rolled_from=shown.rolled_from,
    )  # fmt: skip


class _Shown(NamedTuple):
    """The figure of an outcome that a month shows, and whether the month can be judged by it."""

    value: Decimal | None
    judged: bool
    observation: int | None = None
    words: str = ""
    rolled_from: tuple[int, ...] = ()


def _shown(measure: OutcomeEntry, terms: Terms, facts: Facts) -> _Shown:
    """Its own figure, or what its shorter periods come to; a target for a sum of a week is none for a month."""
    grain, absence = Grain(terms.grain), facts.absences.get(measure.pk, "")
    if rolled := facts.rolled_up(measure.pk):
        told, observations = rolled
        judged = terms.roll_up != "sum"
        words = "" if judged else f"its target is for a {grain}"
        return _Shown(told.value, judged, None, "; ".join(filter(None, (_rolled(told, terms), words))), observations)
    figure = facts.figure(measure.pk, facts.period.last(grain).start)
    observation, said = (figure.observation, "") if figure else (None, absence)
    return _Shown(_value(figure), grain is Grain.MONTH, observation, said)


def _rolled(told: RolledUp, terms: Terms) -> str:
    """What a figure was rolled up from: "from 5 weeks", or why it is unknown."""
    if not told.complete:
        return f"unknown: {told.given} of {told.expected} {terms.grain}s reported"
    if told.value is None:
        return f"unknown: {told.why}"
    of = f"the last {terms.grain}" if terms.roll_up == "last" else f"{told.given} {terms.grain}s"
    return f"rolled up from {of}"


def _off_since(measure: OutcomeEntry, terms: Terms, facts: Facts) -> date:
    """The first day of the run of months, up to the one under review, that miss the target which holds now."""
    met = (terms.meets_target(facts.value_in(measure.pk, month)) for month in facts.months)
    return facts.months[off_target_for(met) - 1].start


def _value(figure: Known | None) -> Decimal | None:
    return figure.value if figure else None


def _claims(facts: Facts, rows: dict[str, JourneyRow]) -> list[Claim]:
    journeys = {journey.pk: journey for journey in facts.journeys}
    reached = {outcome.pk: journeys[outcome.journey_id] for outcome in facts.outcomes if outcome.journey_id}
    claims = {
        kpi.pk: _claim(
            kpi,
            facts,
            [rows[code] for code in sorted({reached[out].code for out in facts.links[kpi.pk] if out in reached})],
        )
        for kpi in facts.kpis
        if not facts.is_retired(kpi.pk)
    }
    return _believed(claims, facts)


def _believed(claims: dict[int, Claim], facts: Facts) -> list[Claim]:
    """The claims as they may be made: one whose own figure cannot be relied on is unknown, and so not claimable.

    Only what would be claimed is looked into: that of the others does not change what stands of them.
    """
    claimed = [measure for measure, claim in claims.items() if claim.standing is Standing.CLAIMABLE]
    trust = facts.trust_in_claims(claimed)
    for measure in claimed:
        held = trust.get(measure, TRUSTED)
        if not held.meets(DEMANDED):
            claims[measure] = replace(
                claims[measure], standing=Standing.NOT_CLAIMABLE, why="its own figure is unknown", doubt=held.why
            )
    return list(claims.values())


def _claim(kpi: KpiEntry, facts: Facts, journeys: list[JourneyRow]) -> Claim:
    terms = facts.terms(kpi.pk)
    period = facts.period.last(Grain(terms.grain)) if terms else facts.period
    figure = facts.figure(kpi.pk, period.start)
    is_met = terms.meets_target(_value(figure)) if terms else None
    verdicts, has_target = {row.name: row.verdict for row in journeys}, bool(terms and terms.target is not None)
    standing, why = standing_of(is_met, verdicts, has_target=has_target)
    return Claim(
        function=kpi.function, measure=kpi.code, name=kpi.name,
        unit=terms.worded_unit if terms else "", decimals=terms.decimals if terms else 0,
        definition=terms.pk if terms else None,
        value=_value(figure), observation=figure.observation if figure else None,
        target=terms.target if terms else None, journeys=tuple(row.code for row in journeys),
        standing=standing, why=why,
    )  # fmt: skip


def _decisions(facts: Facts) -> list[PastDecision]:
    outcomes = sequels(facts.decisions, facts.period.last_day, known_at=facts.moment.entry)
    return [
        PastDecision(
            decision.pk, decision.wording, decision.decision_type, local_day(decision.decided_at), decision.forced,
            *outcomes[decision.pk],
        )
        for decision in facts.decisions
    ]  # fmt: skip


def _restated_since_frozen(facts: Facts) -> set[int]:
    """Observations that restate what a meeting had frozen for this month."""
    frozen = ViewSnapshot.objects.filter(facts.moment.knew("frozen_at"), period_start=facts.period.start)
    entry = frozen.order_by("known_entry").values_list("known_entry", flat=True).first()
    return facts.restated_since(entry) if entry is not None else set()
