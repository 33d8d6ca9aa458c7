"""What a version of a rule would have found, before anybody approves it: judged anew, and nothing stored.

The rule is judged as if the version held all along, under the definitions and sources of record that held then, each
period among all that was judged in it.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from metrics.assessment.cuts import Touched, cuts_of, tree_for
from metrics.assessment.dictionary import Dictionary, dictionary_of
from metrics.assessment.findings import Finding, Names, Place, judged_in_full
from metrics.assessment.judging import judge
from metrics.assessment.looks import Look, looks_of
from metrics.assessment.monitoring import Key, judged_cells
from metrics.assessment.pairs import pairs_of
from metrics.assessment.spans import Spans
from metrics.assessment.terms import Terms
from metrics.detection.batch import Verdict
from metrics.models import Judgement, Reading, Rule, RuleVersion, Segment, Series
from truthgov.periods import Grain, Period, ordinal

PERIODS = 24
TOLD = 50
"""Findings, the latest, that are told in their sentences."""


class Found(NamedTuple):
    """One finding of a back-test; its `sentence` is empty beyond the latest TOLD. `p` is NaN without any chance."""

    period: Period
    segment: Segment
    p: float
    effect: float
    sentence: str
    is_new: bool
    """Is it none that the rule, as it stands, has found?"""


class FoundOn(NamedTuple):
    """How many findings there are on one segment."""

    segment: Segment
    found: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a version would have found in some consecutive periods, the latest findings first.

    `suppressed` counts what might look like a finding, by the reason why it is none; `gone` the findings of the rule as
    it stands that this version would not have made.
    """

    periods: list[Period]
    found: list[Found] = field(default_factory=list)
    judged: int = 0
    suppressed: Counter[Verdict] = field(default_factory=Counter)
    gone: int = 0

    @property
    def per_period(self) -> float:
        """How many findings a period it would have made, on average."""
        return len(self.found) / len(self.periods) if self.periods else 0.0

    @property
    def by_period(self) -> list[tuple[Period, int]]:
        """Its findings period by period, none left out."""
        counts = Counter(each.period for each in self.found)
        return [(period, counts[period]) for period in self.periods]

    @property
    def by_segment(self) -> list[FoundOn]:
        """On whom: its findings segment by segment, the most first."""
        return [FoundOn(*each) for each in Counter(each.segment for each in self.found).most_common()]


def back_test(rule: Rule, version: RuleVersion, *, periods: int = PERIODS) -> BackTest:
    """What `rule` would have found under a version in the last periods with figures; neither need be saved.

    A version that would not judge finds nothing. A fixed number of queries, however much is judged.
    """
    terms = Terms.of(version)
    looked = [replace(look, initial=terms, versions=()) for look in looks_of(rule)]
    known = dictionary_of({measure for look in looked for measure in (look.kpi, look.outcome)})
    over = _periods(looked, known, periods)
    if not over:
        return BackTest([])
    spans = Spans(span for look in looked for span in known.spans(look))
    stored = _stored(rule, over)
    if not spans:
        return BackTest(over, gone=sum(len(_flagged(cells)) for cells in stored.values()))
    cells = _judged(rule.kind, looked, spans, known, over, stored)
    return _told(spans, over, cells, stored)


def _periods(looked: list[Look], known: Dictionary, count: int) -> list[Period]:
    """The last periods up to the latest figure of what is judged."""
    judged = {look.outcome for look in looked}
    grain = next((known.grains[measure] for measure in judged if measure in known.grains), None)
    latest = Reading.objects.filter(series__in=Series.objects.filter(measure__in=judged))
    last = latest.aggregate(last=Max("period_start"))["last"]
    if grain is None or last is None:
        return []
    return [Period.containing(last, grain).shift(back) for back in range(1 - count, 1)]


def _stored(rule: Rule, over: list[Period]) -> dict[Key, NDArray[np.void]]:
    """What the rule as it stands has judged in these periods."""
    judged = Judgement.objects.filter(rule=rule.pk, period_start__range=(over[0].start, over[-1].start))
    return {(each.rule_id, each.period_start): each.cells for each in judged}


def _judged(kind: str, looked: list[Look], spans: Spans, known: Dictionary, over: list[Period],
            stored: dict[Key, NDArray[np.void]]) -> dict[date, NDArray[np.void]]:  # fmt: skip
    measures = {side for look in looked for side in (look.kpi, look.outcome)}
    series = np.array(
        sorted(Series.objects.filter(measure__in=measures).values_list("measure", "segment")), np.int64
    ).reshape(-1, 2)
    touched = Touched(series[:, 0], series[:, 1], np.full(len(series), np.datetime64(over[0].start)))
    tree = tree_for(spans)
    sheets = list(judge(pairs_of(cuts_of(touched, spans, known.grains, tree), spans, tree), spans))
    last = over[-1].start
    judged = judged_cells(kind, Grain(over[0].grain), sheets, stored)
    return {start: cells for (_, start), cells in judged if start <= last}


def _told(spans: Spans, over: list[Period], cells: dict[date, NDArray[np.void]],
          stored: dict[Key, NDArray[np.void]]) -> BackTest:  # fmt: skip
    grain, rule = Grain(over[0].grain), spans[0].look.rule
    was = {(start, segment) for (_, start), told in stored.items() for segment in _flagged(told)["segment"].tolist()}
    flagged = [
        (start, int(cell["segment"]), float(cell["p"]), float(cell["effect"]))
        for start, told in sorted(cells.items(), reverse=True)
        for cell in _flagged(told)
    ]
    latest = [Place(rule, segment, ordinal(start, grain)) for start, segment, _, _ in flagged[:TOLD]]
    findings = judged_in_full(latest, spans)
    sentences = _sentences(findings)
    segments = Segment.objects.in_bulk({segment for _, segment, _, _ in flagged})
    found = [
        Found(Period.containing(start, grain), segments[segment], p, effect,
              sentences.get(Place(rule, segment, ordinal(start, grain)), ""), (start, segment) not in was)
        for start, segment, p, effect in flagged
    ]  # fmt: skip
    verdicts = Counter(verdict for told in cells.values() for verdict in told["verdict"].tolist())
    suppressed = Counter({Verdict(each): count for each, count in verdicts.items() if each >= Verdict.MISSING})
    still = {(start, segment) for start, segment, _, _ in flagged}
    return BackTest(over, found, sum(verdicts.values()), suppressed, len(was - still))


def _flagged(cells: NDArray[np.void]) -> NDArray[np.void]:
    return cells[cells["verdict"] == Verdict.FLAG]


def _sentences(findings: dict[Place, Finding]) -> dict[Place, str]:
    names = Names.of(findings.values())
    return {place: finding.sentence(names) for place, finding in findings.items()}
