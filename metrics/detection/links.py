"""Broken link: has a KPI stopped predicting the outcome it is supposed to serve?

The periods known of both, at the link's lag, are halved: before and now, as far back as two seasons and a year. LOST:
the KPI moved with its outcome before, beyond chance, does not now, and the difference of the two is beyond chance too;
the larger of both chances counts. REVERSED: it now moves against it, beyond chance and by at least a third of a perfect
relation. Two looks are charged for. Correlations, their effective number of periods and their comparison are those of
`ranks`. With fewer than 24 periods nothing is said.

Whether a cell needs a closer look is asked of ordinary correlation first, which running sums give for all periods at
once.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Verdict, reach
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.judgements import Judgements, first_true, judged_at_once
from metrics.detection.relations import ENOUGH
from metrics.detection.statistics import rows
from metrics.detection.statistics.ranks import SPEARMAN, Correlation, correlate
from metrics.detection.statistics.special import special

FEWEST = 10
"""Periods known of both that each half needs."""
RELATED = 0.05
"""One-sided chance within which a relation is still there."""
MATTERS = 0.33
"""The smallest ρ the wrong way round, and the smallest loss, that matters."""
SCREEN = 0.8
"""Share of the correlation that independent periods need to be beyond chance, from which a closer look is taken."""
NEVER = 1.0


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is to predict the `outcome` side, `lag` periods later."""
    return judged_at_once(batch, _told)


@dataclass(frozen=True, slots=True)
class Halves:
    """Of every pair and period: where its window begins, where its later half does, and whether both hold enough."""

    begin: Ints
    middle: Ints
    end: Ints
    enough: Bools

    @classmethod
    def of(cls, known: Bools, columns: Ints, window: int) -> "Halves":
        """Halve what is known of both sides up to each judged period."""
        place = np.arange(known.shape[1])
        following = np.where(known, place, known.shape[1])[:, ::-1]
        following = np.minimum.accumulate(following, axis=1)[:, ::-1]
        begin = np.minimum(following[:, np.maximum(columns - window + 1, 0)], columns + 1)
        middle = columns + 1 - (columns + 1 - begin) // 2
        sums = _running(known.astype(float)[:, :, None])[:, :, 0]
        end = np.broadcast_to(columns + 1, begin.shape)
        row = np.arange(len(known))[:, None]
        earlier, later = sums[row, middle] - sums[row, begin], sums[row, end] - sums[row, middle]
        enough = (earlier + later >= ENOUGH) & (np.minimum(earlier, later) >= FEWEST)
        return cls(begin, middle, end, enough)


def _told(block: Batch, columns: Ints) -> dict[str, NDArray]:
    kpi, sign = block.kpi.delayed(block.lag), block.kpi.direction * block.outcome.direction
    ours, theirs = kpi.values, block.outcome.values
    known = ~np.isnan(ours) & ~np.isnan(theirs)
    halves = Halves.of(known, columns, reach(int(block.season[0])))
    told = _at_rest(block, ours, columns, halves)
    stirred = _stirs(ours, theirs, known, halves, sign) & (told["verdict"] == Verdict.QUIET) & block.judge[:, columns]
    pair, position = np.nonzero(stirred)
    for name, cells in _look_closely(ours * sign[:, None], theirs, halves, pair, position).items():
        if name in told:
            told[name][pair, position] = cells
    return told


def _at_rest(block: Batch, ours: Floats, columns: Ints, halves: Halves) -> dict[str, NDArray]:
    kpi, outcome = ours[:, columns], block.outcome.values[:, columns]
    missing = np.isnan(kpi) | np.isnan(outcome)
    verdict = first_true([(missing, Verdict.MISSING), (~halves.enough, Verdict.NO_BASELINE)], Verdict.QUIET)
    told: dict[str, NDArray] = {
        "verdict": verdict,
        "p": np.where(verdict == Verdict.QUIET, NEVER, np.nan),
        "effect": np.full(kpi.shape, np.nan),
    }
    if block.in_full:
        told |= {name: np.full(kpi.shape, np.nan) for name in FIGURES}
        told |= {"kpi_value": kpi, "value": outcome, "basis": np.zeros(kpi.shape, np.int64)}
        told["size"] = block.outcome.sizes_in(columns)
        told["seasonal"] = np.zeros(kpi.shape, bool)
    return told


def _stirs(ours: Floats, theirs: Floats, known: Bools, halves: Halves, sign: Floats) -> Bools:
    """Where ordinary correlation makes a finding possible."""
    x, y = (np.where(known, each - rows.mean(each, known)[:, None], 0.0) for each in (ours, theirs))
    running = _running(np.stack([known, x, y, x * x, y * y, x * y], axis=2).astype(float))
    row = np.arange(len(x))[:, None]
    edges = [running[row, edge] for edge in (halves.begin, halves.middle, halves.end)]
    sums = [later - earlier for earlier, later in pairwise(edges)]
    before, now = (sign[:, None] * _ordinary(each) for each in sums)
    enough, enough_now = (_needed(each[:, :, 0]) for each in sums)
    return ((before >= enough) & (now < enough_now)) | (now <= -enough_now)


def _needed(number: Floats) -> Floats:
    """The correlation from which so many periods are looked at more closely."""
    return SCREEN * np.tanh(-special.ndtri(LIMIT_ALPHA / 2) * np.sqrt(SPEARMAN / np.maximum(number - 3, 1)))


def _ordinary(sums: Floats) -> Floats:
    """Pearson's correlation from sums of ones, of both, of their squares and of their products."""
    number, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (xy - x * y / number) / np.sqrt((xx - x * x / number) * (yy - y * y / number))


def _running(values: Floats) -> Floats:
    """Running sums along the periods, one more than there are, from nothing."""
    return np.concatenate((np.zeros_like(values[:, :1]), np.cumsum(values, axis=1)), axis=1)


def _look_closely(ours: Floats, theirs: Floats, halves: Halves, pair: Ints, position: Ints) -> dict[str, NDArray]:
    begin, middle, end = (each[pair, position] for each in (halves.begin, halves.middle, halves.end))
    before, now = (
        correlate(*(_window(side, pair, first, last) for side in (ours, theirs)))
        for first, last in ((begin, middle), (middle, end))
    )
    lost, reversed_ = _lost(before, now), np.where(now.rho <= -MATTERS, now.above(-1.0), NEVER)
    p = np.minimum(NEVER, 2 * np.fmin(lost, reversed_))
    flagged = p <= LIMIT_ALPHA
    turned = reversed_ < lost
    lower, upper = now.interval()
    reference = np.where(turned, 0.0, before.rho)
    return {
        "verdict": np.where(flagged, Verdict.FLAG, Verdict.QUIET),
        "basis": np.where(flagged, np.where(turned, Basis.REVERSED, Basis.LOST), Basis.NONE),
        "p": np.where(np.isnan(p), NEVER, p),
        "effect": reference - now.rho,
        "reference": reference,
        "baseline": before.rho,
        "lower": lower,
        "upper": upper,
        "dispersion": np.sqrt(now.variance),
        "history": before.known,
        "run": (end - middle).astype(float),
    }


def _lost(before: Correlation, now: Correlation) -> Floats:
    """The chance that a relation was not there before, or is no weaker now; one where it is still there."""
    chance = np.maximum(before.above(), before.larger_than(now))
    gone = (now.above() > RELATED) & (before.rho - now.rho >= MATTERS)
    return np.where(gone, chance, NEVER)


def _window(values: Floats, pair: Ints, first: Ints, last: Ints) -> Floats:
    """The figures of each cell's pair from its first period until before its last, missing ones in front."""
    width = int((last - first).max(initial=1))
    source = last[:, None] - np.arange(width, 0, -1)
    return np.where(source >= first[:, None], values[pair[:, None], np.maximum(source, 0)], np.nan)


FIGURES = ("reference", "baseline", "lower", "upper", "dispersion", "history", "run")
