"""The facts that the reconciled view stands on, read in a fixed number of queries."""

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection

from forums.models.decision import Decision
from forums.reconciliation.cases import SEGMENTS_NAMED, Group, open_groups
from forums.reconciliation.totals import Totals
from journeys.models import Journey
from metrics.dictionary.terms import Terms
from metrics.figures.known import STANDS, Known
from metrics.figures.rolling import RolledUp, within
from metrics.models import Absence, Link, Measure, Observation, RequiredOutcome, Segment, TargetCondition
from metrics.trust import DEMANDED, Trust, in_short, radars, trust_of
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period

HISTORY = 24
"""Periods back that are looked at to say since when an outcome fails, and what stood before a decision."""
A_WEEK = timedelta(days=7)
"""By so much a week that belongs to a month may begin before it."""
DECISIONS_SHOWN = 10


class OutcomeEntry(NamedTuple):
    """A journey outcome of the dictionary."""

    pk: int
    code: str
    name: str
    journey_id: int


class KpiEntry(NamedTuple):
    """A functional KPI that is declared to serve an outcome."""

    pk: int
    code: str
    name: str
    function: str


class Facts:
    """What was known at a moment about a month. Each property is one query, whatever the number of rows."""

    def __init__(self, period: Period, moment: Moment) -> None:
        self.period, self.moment = period, moment

    @cached_property
    def journeys(self) -> list[Journey]:
        return list(Journey.objects.filter(self.moment.knew()).order_by("name"))

    @cached_property
    def required(self) -> dict[tuple[int, int], int]:
        """Journey and measure of each outcome that a target condition in force demands → the trust it needs."""
        known = TargetCondition.objects.filter(self.moment.knew("set_at"))
        in_force = known.in_force(on=self.period.last_day).values("pk")
        demanded = RequiredOutcome.objects.filter(condition__in=in_force)
        return {
            (journey, measure): trust
            for journey, measure, trust in demanded.values_list("condition__journey", "measure", "trust_needed")
        }

    @cached_property
    def trust(self) -> dict[int, Trust]:
        """How far each outcome's figure can be relied on; nothing was, before the first entry."""
        if self.moment.entry == 0:
            return {}
        of_the_month = trust_of([outcome.pk for outcome in self.outcomes], self.period, self.moment.entry)
        return of_the_month | self._trust_in_parts()

    def _trust_in_parts(self) -> dict[int, Trust]:
        """Of what is rolled up: the least trusted of the figures that it comes from."""
        grains = {outcome.pk: Grain(terms.grain) for outcome in self.outcomes if self.rolled_up(outcome.pk)
                  if (terms := self.terms(outcome.pk))}  # fmt: skip
        parts = [part for grain in sorted(set(grains.values())) for part in within(self.period, grain)]
        found = radars(grains, parts, self.moment.entry) if grains else {}
        told: dict[int, Trust] = {}
        for (measure, _), radar in sorted(found.items(), key=lambda item: item[0]):
            trust = in_short(radar)
            told[measure] = min(told.get(measure, trust), trust, key=lambda each: each.share or 0)
        return told

    def trust_needed(self, measure: OutcomeEntry) -> int:
        """The trust (0 to 100) that its journey's target condition asks of an outcome, or that any figure needs."""
        return self.required.get((measure.journey_id, measure.pk), DEMANDED)

    def trust_in_claims(self, kpis: list[int]) -> dict[int, Trust]:
        """How far the figures can be relied on with which these KPIs would be claimed, each in its own last period."""
        if self.moment.entry == 0:
            return {}
        periods = [self.period.last(grain) for grain in Grain]
        found = radars(kpis, periods, self.moment.entry)
        return {measure: in_short(radar) for (measure, _), radar in found.items()}

    @cached_property
    def outcomes(self) -> list[OutcomeEntry]:
        known = Measure.objects.filter(self.moment.knew(), kind=Measure.Kind.JOURNEY_OUTCOME)
        return [OutcomeEntry(*row) for row in known.order_by("code").values_list("pk", "code", "name", "journey_id")]

    @cached_property
    def links(self) -> dict[int, list[int]]:
        """KPI → the outcomes it is declared to serve."""
        serving = Link.objects.filter(self.moment.knew("declared_at"), kind=Link.Kind.DIVERGENCE).order_by()
        return dict(serving.values("from_measure").values_list("from_measure", ArrayAgg("to_measure")))

    @cached_property
    def kpis(self) -> list[KpiEntry]:
        if not self.links:
            return []
        functional = Measure.objects.filter(kind=Measure.Kind.FUNCTIONAL_KPI).order_by("function__name", "code")
        rows = functional.values_list("pk", "code", "name", "function__code")
        return [KpiEntry(*row) for row in rows if row[0] in self.links]

    @cached_property
    def totals(self) -> Totals:
        """Of everything in the period under review; with its history where an outcome is off target in it."""
        outcomes, kpis = [measure.pk for measure in self.outcomes], [measure.pk for measure in self.kpis]
        totals = Totals([*outcomes, *kpis], self.moment)
        quarter = Period.containing(self.period.start, Grain.QUARTER)
        totals.load([*outcomes, *kpis], quarter.start - A_WEEK, self.period.last_day)
        off = [measure for measure in outcomes if self._is_off(measure, totals)]
        totals.load(off, self.earliest - A_WEEK, self.period.start)
        return totals

    def _is_off(self, measure: int, totals: Totals) -> bool:
        terms = totals.terms(measure, self.period.start)
        return terms is not None and terms.meets_target(_value_in(measure, self.period, totals)) is False

    def value_in(self, measure: int, month: Period) -> Decimal | None:
        """The total of a month: its own figure, or what its shorter periods come to."""
        return _value_in(measure, month, self.totals)

    def rolled_up(self, measure: int) -> tuple[RolledUp, tuple[int, ...]] | None:
        """What the figures within the month under review come to, with their observations; None where none do."""
        return self.totals.rolled_up(measure, self.period)

    @property
    def earliest(self) -> date:
        return self.period.shift(-HISTORY).start

    def terms(self, measure: int) -> Terms | None:
        """By which the figure of the period under review is read."""
        return self.totals.terms(measure, self.period.start)

    def is_retired(self, measure: int) -> bool:
        """Is it no longer measured in the period under review?"""
        terms = self.terms(measure)
        return terms is not None and terms.retires

    def figure(self, measure: int, start: date) -> Known | None:
        return self.totals.figure(measure, start)

    @cached_property
    def absences(self) -> dict[int, str]:
        """Why outcomes have no figure for the month under review, in the words of who said so."""
        said = Absence.objects.filter(
            self.moment.knew("stated_at"), measure__in=[outcome.pk for outcome in self.outcomes], segment__key="{}",
            person__isnull=False, period_start=self.period.start,
        )  # fmt: skip
        told = said.order_by("pk").values_list("measure", "reason", "person__name")
        return {measure: f"not available: “{reason}” {name}" for measure, reason, name in told}

    @cached_property
    def months(self) -> list[Period]:
        """The month under review and those looked back at, the latest first."""
        return [self.period.shift(-back) for back in range(HISTORY + 1)]

    @cached_property
    def cases(self) -> list[Group]:
        """Contradictions that were not settled then, siblings together, the most severe first."""
        return open_groups(self.moment)

    @cached_property
    def decisions(self) -> list[Decision]:
        """The last ones taken, with what they expected."""
        known = Decision.objects.filter(self.moment.knew("decided_at")).select_related("item__subject")
        return list(known.prefetch_related("expectations__measure")[:DECISIONS_SHOWN])

    def restated_since(self, entry: int) -> set[int]:
        """Of the observations shown, those that restate a figure and came in after an audit entry."""
        since = self.period.start - A_WEEK
        shown = [figure.observation for (_, start), figure in self.totals.figures.items() if start >= since]
        restating = Observation.objects.filter(pk__in=shown, restates__isnull=False, submission__entry__gt=entry)
        return set(restating.values_list("pk", flat=True))

    def failing_segments(self) -> dict[int, list[tuple[str, Decimal]]]:
        """For each outcome demanded, its largest segments that are off target; too small ones are left out."""
        demanded = {measure for _, measure in self.required}
        asked = [
            (measure.pk, series.source_id, terms)
            for measure in self.outcomes
            if measure.pk in demanded and (terms := self.terms(measure.pk))
            if terms.target is not None and terms.grain == Grain.MONTH
            if (series := self.totals.declared.shown(measure.pk, self.period.start))
        ]
        found: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
        if asked:
            with connection.cursor() as cursor:
                cursor.execute(FAILING.format(figures=self._figures_of_segments()), self._asked(asked))
                for measure, key, value in cursor.fetchall():
                    found[measure].append((str(Segment(values=json.loads(key))), value))
        return found

    def _asked(self, asked: list[tuple[int, int, Terms]]) -> dict[str, Any]:
        terms = [terms for *_, terms in asked]
        return {
            "measures": [measure for measure, *_ in asked],
            "sources": [source for _, source, _ in asked],
            "targets": [each.target for each in terms],
            "higher": [each.higher_is_better for each in terms],
            "decimals": [each.decimals for each in terms],
            "reliable": [each.reliable_from for each in terms],
            "start": self.period.start,
            "entry": self.moment.entry,
            "named": SEGMENTS_NAMED,
            "whole": "{}",
        }

    def _figures_of_segments(self) -> str:
        return READ_NOW if self.moment.entry is None else READ_THEN


def _value_in(measure: int, month: Period, totals: Totals) -> Decimal | None:
    if rolled := totals.rolled_up(measure, month):
        return rolled[0].value
    figure = totals.figure(measure, month.start)
    return figure.value if figure else None


READ_NOW = """
    SELECT value, denominator FROM metrics_reading WHERE series_id = s.id AND period_start = %(start)s
"""
READ_THEN = f"""
    SELECT o.value, o.denominator FROM metrics_observation o JOIN metrics_submission d ON d.id = o.submission_id
    WHERE o.series_id = s.id AND o.period_start = %(start)s AND d.entry <= %(entry)s
      AND {STANDS}
    ORDER BY o.id DESC LIMIT 1
"""  # noqa: S608 - STANDS is our own
FAILING = """
    SELECT asked.measure, g.key, worst.value
    FROM unnest(%(measures)s::bigint[], %(sources)s::bigint[], %(targets)s::numeric[], %(higher)s::boolean[],
                %(decimals)s::int[], %(reliable)s::numeric[])
         AS asked(measure, source, target, higher, decimals, reliable)
    CROSS JOIN LATERAL (
        SELECT s.segment_id, f.value, f.denominator
        FROM metrics_series s CROSS JOIN LATERAL ({figures}) f
        WHERE s.measure_id = asked.measure AND s.source_id = asked.source
          AND s.segment_id <> (SELECT id FROM metrics_segment WHERE key = %(whole)s)
          AND (asked.reliable IS NULL OR f.denominator IS NULL OR f.denominator >= asked.reliable)
          AND round(f.value, asked.decimals) <> round(asked.target, asked.decimals)
          AND (f.value < asked.target) = asked.higher
        ORDER BY f.denominator DESC NULLS LAST, s.segment_id LIMIT %(named)s) worst
    JOIN metrics_segment g ON g.id = worst.segment_id
    ORDER BY asked.measure, worst.denominator DESC NULLS LAST, worst.segment_id
"""
