"""Pairs in, judged cells out: figures are put side by side and handed to the kind's detector."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import ONE_IS_ENOUGH, SEASON, reach
from metrics.assessment.dictionary import Span
from metrics.assessment.figures import Figures
from metrics.assessment.pairs import Pairs
from metrics.detection.batch import Batch, Ints, Side, Verdict
from metrics.detection.judgements import Judgements
from metrics.detection.kinds import KINDS
from truthgov.periods import Grain

SLICE = 4096
"""Pairs judged at a time: bounds the memory that a detector's many answers take."""
MEANINGS = ("unit", "direction", "target", "red_threshold", "min_effect", "reliable_from", "decimals")
JUDGED = np.dtype(
    [("rule", "<i8"), ("segment", "<i8"), ("ordinal", "<i8"), ("verdict", "u1"), ("p", "<f8"), ("effect", "<f4")]
)
"""A judged cell of any rule; the ordinal is in the grain that its family has."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pairs of one kind, grain and first period, judged; `judgements.columns[i]` is the period `start + columns[i]`."""

    kind: str
    grain: Grain
    pairs: Pairs
    start: int
    judgements: Judgements

    def cells(self, spans: Sequence[Span]) -> NDArray[np.void]:
        """The judged cells as JUDGED rows."""
        row, column = np.nonzero(self.judgements.verdict != Verdict.NOT_JUDGED)
        rules = np.array([span.look.rule for span in spans], np.int64)
        cells = np.empty(len(row), JUDGED)
        cells["rule"] = rules[self.pairs.span[row]]
        cells["segment"] = self.pairs.segment[row]
        cells["ordinal"] = self.start + self.judgements.columns[column]
        cells["verdict"] = self.judgements.verdict[row, column]
        cells["p"] = self.judgements.p[row, column]
        cells["effect"] = self.judgements.effect[row, column]
        return cells


def judge(pairs: Pairs, spans: Sequence[Span]) -> Iterator[Sheet]:
    """Judge pairs from their first period on, sheet by sheet: a sheet holds what starts with the same period."""
    kinds = np.array([span.look.kind for span in spans], object)[pairs.span]
    grains = np.array([span.grain for span in spans], object)[pairs.span]
    for grain in sorted(set(grains.tolist())):
        of_grain = pairs.rows(grains == grain)
        figures = _figures(of_grain, spans, grain)
        alike = kinds[grains == grain]
        for kind in sorted(set(alike.tolist())):
            yield from _judge_kind(of_grain.rows(alike == kind), spans, figures, kind, grain)


def _figures(pairs: Pairs, spans: Sequence[Span], grain: Grain) -> Figures:
    lag = np.array([span.look.lag for span in spans], np.int64)[pairs.span]
    series = np.concatenate((pairs.kpi, pairs.outcome))
    return Figures.read(series, np.concatenate((pairs.first - lag, pairs.first)), grain)


def _judge_kind(pairs: Pairs, spans: Sequence[Span], figures: Figures, kind: str, grain: Grain) -> Iterator[Sheet]:
    last = np.minimum(pairs.last, figures.last_known(pairs.outcome))
    for first in np.unique(pairs.first):
        chosen = np.flatnonzero((pairs.first == first) & (last >= first))
        for begin in range(0, len(chosen), SLICE):
            part = chosen[begin : begin + SLICE]
            batch, start = _batch(pairs.rows(part), last[part], spans, figures, grain)
            yield Sheet(kind, grain, pairs.rows(part), start, KINDS[kind](batch))


def _batch(pairs: Pairs, last: Ints, spans: Sequence[Span], figures: Figures, grain: Grain) -> tuple[Batch, int]:
    """The figures of pairs that start with one period, from as far back as judging that period may lean on."""
    used, which = np.unique(pairs.span, return_inverse=True)
    own = [spans[index] for index in used]
    lag = np.array([span.look.lag for span in own], np.int64)
    start = max(figures.start, int(pairs.first[0]) - reach(grain) - int(lag.max()))
    window = slice(start - figures.start, int(last.max()) + 1 - figures.start)
    periods = np.arange(start, int(last.max()) + 1)
    kpi, outcome = (
        Side(
            figures.values[figures.rows_of(series), window],
            figures.denominators[figures.rows_of(series), window],
            **_meanings([getattr(span, side) for span in own], which),
        )
        for side, series in (("kpi", pairs.kpi), ("outcome", pairs.outcome))
    )
    batch = Batch(
        kpi,
        outcome,
        judge=(periods >= pairs.first[:, None]) & (periods <= last[:, None]),
        lag=lag[which],
        season=np.full(len(which), SEASON[grain]),
        one_is_enough=np.full(len(which), ONE_IS_ENOUGH[grain]),
        expected=np.array([span.look.expected for span in own])[which],
        tolerance=np.array([_tolerance(span) for span in own])[which],
        shares_unit=np.array([span.shares_unit for span in own])[which],
    )
    return batch, start


def _meanings(meanings: Sequence[object], which: Ints) -> dict[str, NDArray]:
    kinds = {"unit": np.int64, "decimals": np.int64}
    return {
        name: np.array([getattr(meaning, name) for meaning in meanings], kinds.get(name, np.float64))[which]
        for name in MEANINGS
    }


def _tolerance(span: Span) -> float:
    return span.kpi.source_tolerance if span.look.sources else span.look.tolerance
