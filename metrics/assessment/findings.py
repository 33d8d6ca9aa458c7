"""A finding with everything its case needs: judged again by itself, its evidence frozen, its sentence worded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any, NamedTuple

import numpy as np

from metrics.assessment.calendar import SEASON, reach, start_of
from metrics.assessment.citing import cited
from metrics.assessment.cuts import Cuts, tree_for
from metrics.assessment.dictionary import Meaning, Span, dictionary_of
from metrics.assessment.judging import Sheet, judge_in_full
from metrics.assessment.looks import looks
from metrics.assessment.pairs import Pairs, pairs_of
from metrics.assessment.spans import Spans
from metrics.assessment.verdicts import borne_out
from metrics.detection.comparing import EVER
from metrics.detection.judgements import Cell
from metrics.detection.told.sentences import tell
from metrics.detection.told.telling import Telling
from metrics.models import Measure, Rule, Segment, Source
from truthgov.periods import Grain, Period

BRIDGED = "Earlier figures are bridged to how it is counted now."


class Place(NamedTuple):
    """Where a finding is: a rule, a segment, a period (its ordinal)."""

    rule: int
    segment: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One judged cell; `observations` are the ledger rows of both series that it leaned on.

    `kpi_segment` is where the kpi was read: the place's own segment, or a whole that this is a part of.
    """

    place: Place
    span: Span
    cell: Cell
    kpi_series: int
    outcome_series: int
    kpi_segment: int
    observations: list[int]

    @property
    def period(self) -> Period:
        return Period.from_ordinal(self.place.ordinal, self.span.grain)

    def evidence(self) -> dict[str, Any]:
        """What is frozen: figures, limits, the window of the past, the versions it was judged under."""
        span, figures = self.span, self.cell.evidence()
        figures.pop("period")
        window = {"from": start_of(self.place.ordinal - reach(span.grain), span.grain), "to": self.period.last_day}
        return {
            "period": self.period.code,
            "figures": figures,
            "window": {name: day.isoformat() for name, day in window.items()},
            "kpi": _meaning(span.kpi, span.grain),
            "outcome": _meaning(span.outcome, span.grain),
            "lag": span.lag,
            "sources": {"kpi": span.kpi_source, "outcome": span.outcome_source},
        } | self._beyond_the_dictionary()

    def _beyond_the_dictionary(self) -> dict[str, Any]:
        """The whole that the kpi was read in, the companion and the version of the rule, where there is one."""
        look, version = self.span.look, self.span.terms.version
        has_companion = look.kind == Rule.Kind.DEFINITION_BREAK and not look.is_alone
        told = {
            "whole": self.kpi_segment if self.kpi_segment != self.place.segment else None,
            "companion": look.outcome if has_companion else None,
            "rule_version": version or None,
        }
        return {name: value for name, value in told.items() if value is not None}

    def sentence(self, names: "Names") -> str:
        """The two sentences it is told in."""
        told = tell(self.span.look.kind, self.cell, names.telling(self))
        bridged = self.span.kpi.compared.bridges or self.span.outcome.compared.bridges
        return f"{told} {BRIDGED}" if bridged else told


@dataclass(frozen=True, slots=True)
class Names:
    """What findings are told with: the names of measures, segments and sources."""

    measures: dict[int, Measure]
    segments: dict[int, Segment]
    sources: dict[int, Source]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "Names":
        told = list(findings)
        measures = {measure for each in told for measure in (each.span.look.kpi, each.span.look.outcome)}
        sources = {source for each in told for source in (each.span.kpi_source, each.span.outcome_source) if source}
        return cls(
            Measure.objects.select_related("journey").in_bulk(measures),
            Segment.objects.in_bulk({segment for each in told for segment in (each.place.segment, each.kpi_segment)}),
            Source.objects.in_bulk(sources),
        )

    def telling(self, finding: Finding) -> Telling:
        span, segment = finding.span, self.segments[finding.place.segment]
        whole = self.segments[finding.kpi_segment]
        kpi, outcome = self.measures[span.look.kpi].name, self.measures[span.look.outcome].name
        of_sources = span.look.sources is not None
        if of_sources:
            kpi, outcome = (self.sources[each].name for each in (span.kpi_source, span.outcome_source) if each)
        return Telling(
            kpi=kpi,
            outcome=outcome,
            period=str(finding.period),
            segment=str(segment) if segment.values else "",
            kpi_unit=span.kpi.unit_name,
            outcome_unit=span.outcome.unit_name,
            kpi_target=_given(span.kpi.target),
            outcome_target=_given(span.outcome.target),
            grain=span.grain.value,
            share=span.is_share,
            measure=self.measures[span.look.outcome].name if of_sources else "",
            whole=str(whole) if span.look.of_whole and whole.values else "",
            tolerance=_given(span.tolerance),
        )


def find_again(places: Iterable[Place]) -> dict[Place, Finding]:
    """Judge single cells again, for all that stands behind their verdicts; without those whose figures are gone."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    return judged_in_full(wanted, _spans_of(wanted))


def judged_in_full(places: list[Place], spans: Spans) -> dict[Place, Finding]:
    """The cells of some places as rules judge them in these spans."""
    pairs = pairs_of(_cuts(places, spans), spans, tree_for(spans))
    found = [each for sheet in judge_in_full(pairs, spans) for each in _findings(*sheet, spans)]
    return _with_observations(_one_a_place(found))


def no_longer_judged(places: Iterable[Place]) -> set[Place]:
    """Those of some cells in whose period their rule does not look any more."""
    wanted = sorted(set(places))
    if not wanted:
        return set()
    spans = _spans_of(wanted)
    judged = _cuts(wanted, spans)
    rules = [spans[index].look.rule for index in judged.span.tolist()]
    return set(wanted) - set(map(Place, rules, judged.segment.tolist(), judged.first.tolist()))


def _spans_of(places: Iterable[Place]) -> Spans:
    """Where the rules of some cells look."""
    concerned = looks({place.rule for place in places})
    known = dictionary_of({measure for look in concerned for measure in (look.kpi, look.outcome)})
    return Spans(span for look in concerned for span in known.spans(look) if not span.is_monitored)


def _cuts(places: list[Place], spans: Spans) -> Cuts:
    by_rule: dict[int, list[int]] = {}
    for index, span in enumerate(spans):
        by_rule.setdefault(span.look.rule, []).append(index)
    rows = [
        (index, place.segment, place.ordinal, place.ordinal)
        for place in places
        for index in by_rule.get(place.rule, ())
        if spans[index].first <= place.ordinal <= spans[index].last
    ]
    return Cuts(*np.array(rows, np.int64).reshape(-1, 4).T)


def _one_a_place(findings: list[Finding]) -> list[Finding]:
    """Of several companions, what the one says by which the place is decided."""
    verdict, p = (np.array([getattr(each.cell, name) for each in findings], float) for name in ("verdict", "p"))
    one: dict[Place, Finding] = {}
    for index in borne_out(verdict, p).tolist():
        one.setdefault(findings[index].place, findings[index])
    return list(one.values())


def _findings(pairs: Pairs, sheet: Sheet, spans: Spans) -> Iterable[Finding]:
    for row, column in zip(*np.nonzero(sheet.judgements.verdict), strict=True):
        span = spans[pairs.span[row]]
        place = Place(span.look.rule, int(pairs.segment[row]), int(sheet.ordinals[column]))
        cell = sheet.judgements.cell(row, column)
        kpi, outcome, of_kpi = (int(side[row]) for side in (pairs.kpi, pairs.outcome, pairs.kpi_segment))
        yield Finding(place, span, cell, kpi, outcome, of_kpi, observations=[])


def _with_observations(findings: list[Finding]) -> dict[Place, Finding]:
    """The same findings with the ledger rows of both windows, oldest first."""
    windows = [
        (number, series, *_window(each, lag))
        for number, each in enumerate(findings)
        for series, lag in ((each.kpi_series, each.span.lag), (each.outcome_series, 0))
    ]
    cells = [
        (number, each.outcome_series, each.period.start)
        for number, each in enumerate(findings)
        if each.span.look.kind == Rule.Kind.INTEGRITY
    ]
    for number, observation in cited(windows, cells):
        findings[number].observations.append(observation)
    return {each.place: each for each in findings}


def _window(finding: Finding, lag: int) -> tuple[date, date]:
    grain, ordinal = finding.span.grain, finding.place.ordinal - lag
    return start_of(ordinal - reach(grain), grain), start_of(ordinal, grain)


def _meaning(meaning: Meaning, grain: Grain) -> dict[str, Any]:
    compared: dict[str, Any] = {}
    if meaning.compared.since != EVER:
        compared["compared_from"] = start_of(meaning.compared.since, grain).isoformat()
    if meaning.compared.bridges:
        compared["bridged"] = [
            {"before": start_of(before, grain).isoformat(), "factor": factor, "offset": offset}
            for before, factor, offset in meaning.compared.bridges
        ]
    return _stated(meaning) | compared


def _stated(meaning: Meaning) -> dict[str, Any]:
    silent = {"target", "red_threshold", "min_effect", "reliable_from"}
    stated = {name: _given(getattr(meaning, name)) for name in sorted(silent)}
    return {"definition": meaning.pk, "version": meaning.version, **{k: v for k, v in stated.items() if v is not None}}


def _given(value: float) -> float | None:
    return None if isnan(value) else value


def season_before(ordinal: int, grain: Grain) -> int:
    """The first period of the year that ends with one: how far back a new case gathers its signals."""
    return ordinal - max(SEASON[grain], 12) + 1
