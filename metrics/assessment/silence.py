"""Where a rule no longer looks: a measure was retired, or a pair of sources settled. What it said there is taken back.

A verdict that nobody can come to any more must not stand: the cells stored for such periods say RETIRED instead.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.cuts import Touched
from metrics.assessment.dictionary import Span
from metrics.assessment.judging import JUDGED
from metrics.assessment.looks import Look
from metrics.detection.batch import Ints, Verdict
from metrics.detection.comparing import EVER, NEVER
from metrics.models import Judgement
from truthgov.periods import Grain, ordinal


@dataclass(frozen=True, slots=True)
class Silence:
    """Stored cells of a kind and grain that nothing looks at any more, by period; laid out as a judged sheet is."""

    kind: str
    grain: Grain
    ordinals: Ints
    told: dict[int, NDArray[np.void]]

    def cells(self, ordinal: int) -> NDArray[np.void]:
        """The cells of one period, as JUDGED rows."""
        return self.told.get(ordinal, np.empty(0, JUDGED))


def silences(
    touched: Touched, looks: Sequence[Look], spans: Iterable[Span], grains: dict[int, Grain]
) -> Iterator[Silence]:
    """What is stored of rules beyond their spans, from the first period touched on; nothing is read where none ends."""
    of_rule: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        of_rule[span.look.rule].append(span)
    to_the_end = {rule for rule, own in of_rule.items() if all(span.last == NEVER - 1 for span in own)}
    ended = {look.rule for look in looks if look.rule not in to_the_end and look.outcome in grains}
    ended = {rule for rule in ended if _gaps(of_rule[rule])}
    if not ended:
        return
    since = touched.day.min().item()
    told: dict[tuple[str, Grain], dict[int, list[NDArray[np.void]]]] = defaultdict(lambda: defaultdict(list))
    for stored in Judgement.objects.filter(rule__in=ended, period_start__gte=since).order_by("rule_id"):
        grain = Grain(stored.grain)
        at = ordinal(stored.period_start, grain)
        if any(first <= at <= last for first, last in _gaps(of_rule[stored.rule_id])):
            told[stored.kind, grain][at].append(_silent(stored))
    for (kind, grain), periods in told.items():
        joined = {at: np.concatenate(cells) for at, cells in periods.items()}
        yield Silence(kind, grain, np.array(sorted(joined), np.int64), joined)


def _gaps(spans: list[Span]) -> list[tuple[int, int]]:
    """The stretches, after a rule first looked, in which it does not; all of time where it never does."""
    if not spans:
        return [(EVER, NEVER)]
    ordered = sorted((span.first, span.last) for span in spans)
    ends = accumulate((last for _, last in ordered), max)  # the spans of a rule with several companions overlap
    begins = [*(first for first, _ in ordered[1:]), NEVER]
    return [(end + 1, begin - 1) for end, begin in zip(ends, begins, strict=True) if end + 1 < begin]


def _silent(stored: Judgement) -> NDArray[np.void]:
    cells = np.zeros(len(stored.cells), JUDGED)
    cells["rule"], cells["segment"] = stored.rule_id, stored.cells["segment"]
    cells["verdict"], cells["p"] = Verdict.RETIRED, np.nan
    return cells
