"""Overcommitment: more is promised than the capability to keep it allows.

Both sides count the same things; what was promised `lag` periods ago falls due now. Three ways to be a finding, each
beyond the link's tolerance, and charged for.
LEVEL: what falls due now exceeds what can be kept, lastingly, by more than their ratio moves by chance; where both are
counts without a past, by more than counting explains (two Poisson rates, exactly, given their sum), weeks and days
lastingly there, too.
BACKLOG: what was not kept piles up: the queue of D. V. Lindley, "The theory of queues with a single server" (1952),
over the last twelve periods, grown to a quarter of what one period can keep, and on average more falls due than is
kept, so that no waiting works it off.
FORECAST: what is promised already and falls due within the lag exceeds what can be expected to be kept by then: the
same periods last year, else the mean of the last twelve. Nothing is extrapolated: the promises are made.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Side, Unit, Verdict
from metrics.detection.claims import run_length
from metrics.detection.control import LIMIT_ALPHA, ZONE, persistent_p
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.sources import DEFAULT_TOLERANCE
from metrics.detection.statistics import rows
from metrics.detection.statistics.expectation import GUARD, RANGE_EFFICIENCY, Expectation, expect
from metrics.detection.statistics.intervals import rates_differ
from metrics.detection.statistics.limits import SETTLED_FROM
from metrics.detection.statistics.seasons import last_year
from metrics.detection.statistics.special import special

HALF = 0.5
"""What a count of nothing counts as where its logarithm is wanted."""
NEARLY_NOTHING = 1e-3
"""What an amount of nothing counts as there, in whatever unit: such a part of what stands on the other side."""
WINDOW = 12
"""Periods over which a backlog is added up, and a capability averaged."""
HEAP = 0.25
"""Share of one period's capability from which a backlog matters."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be promised too much: its p, NaN where it cannot be told, and by how much, in the measure's unit."""

    p: Floats
    excess: Floats


@dataclass(frozen=True, slots=True)
class Load:
    """What falls due and what can be kept, pairs × periods; the logarithm of their ratio, which is as likely to err up
    as down, and its bound by the tolerance."""

    due: Floats
    kept: Floats
    ratio: Side
    tolerance: Floats
    bound: Floats

    @classmethod
    def of(cls, block: Batch) -> "Load":
        """Set what was promised over what can be kept."""
        due, kept = block.kpi.delayed(block.lag).values, block.outcome.values
        ratio = _logarithm(due, kept, _both_count(block)[:, None])
        tolerance = np.where(np.isnan(block.tolerance), DEFAULT_TOLERANCE, block.tolerance)
        return cls(due, kept, Side.of(ratio, direction=-1.0, unit=int(Unit.MEAN)), tolerance, np.log(1 + tolerance))


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is promised, the `outcome` side the capability."""
    answer = Judgements.empty(batch)
    for pairs, block in batch.blocks():
        load = Load.of(block)
        for position, column in enumerate(answer.columns.tolist()):
            judged = block.judge[:, column]
            if judged.any():
                answer.write(pairs, position, judged, _judge_column(block, load, column))
    return answer


def _logarithm(due: Floats, kept: Floats, counted: Bools) -> Floats:
    """Of what is due over what can be kept; zero where both are nothing. Nothing is a figure like any other."""
    most = np.maximum(due, kept)
    least = np.where(counted, HALF, NEARLY_NOTHING * most)
    least = np.where(np.isnan(most) | (least > 0), least, 1.0)
    return np.log(np.maximum(due, least) / np.maximum(kept, least))


def _both_count(block: Batch) -> Bools:
    return (block.kpi.unit == Unit.COUNT) & (block.outcome.unit == Unit.COUNT)


def _judge_column(block: Batch, load: Load, column: int) -> dict[str, NDArray]:
    expected = expect(load.ratio, column, int(block.season[0]))
    due, kept, ratio = load.due[:, column], load.kept[:, column], load.ratio.values[:, column]
    beyond = expected.beyond(load.bound, np.ones(len(load.bound)), zone=ZONE)
    ways = [_now(block, load, expected, beyond, column), _backlog(load, column), _ahead(block, load, column)]
    missing, small = np.isnan(due + kept), _small(block, column)
    told = np.stack([np.where(missing | small | ~block.shares_unit, np.nan, way.p) for way in ways])
    looks = (~np.isnan(told)).sum(axis=0)
    best = np.where(np.isnan(told), np.inf, told).argmin(axis=0)
    p = np.where(looks > 0, np.minimum(1.0, looks * np.fmin.reduce(told)), np.nan)
    found = p <= LIMIT_ALPHA
    excess = np.choose(best, [way.excess for way in ways])
    over = load.ratio.values[:, : column + 1] > load.bound[:, None]
    conditions = [
        (missing, Verdict.MISSING),
        (~block.shares_unit, Verdict.NOTHING_STATED),
        (small, Verdict.TOO_SMALL),
        (found, Verdict.FLAG),
        (~(ratio > 0), Verdict.QUIET),
        (~over[:, -1], Verdict.WITHIN_TOLERANCE),
        (looks == 0, Verdict.NO_BASELINE),
        (beyond[:, -1] <= LIMIT_ALPHA / 3, Verdict.NOT_PERSISTENT),
    ]
    cells = {
        "verdict": first_true(conditions, Verdict.WITHIN_NOISE),
        "p": p,
        "effect": np.where(found, excess, due - kept),
    }
    if not block.in_full:
        return cells
    basis = np.where(found, np.array([Basis.LEVEL, Basis.BACKLOG, Basis.FORECAST])[best], Basis.NONE)
    size = block.kpi.delayed(block.lag).sizes_at(column)
    figures = {"basis": basis, "size": size, "run": run_length(over)}
    return cells | figures | _evidence(load, expected, column)


def _evidence(load: Load, expected: Expectation, column: int) -> dict[str, NDArray]:
    usual, reach, kept = expected.baseline(), expected.reach(), load.kept[:, column]
    return {
        "kpi_value": load.due[:, column],
        "value": kept,
        "reference": kept * (1 + load.tolerance),
        "baseline": np.exp(usual),
        "lower": np.exp(usual - reach),
        "upper": np.exp(usual + reach),
        "dispersion": expected.sigma,
        "history": expected.history,
        "seasonal": expected.seasonal,
    }


def _small(block: Batch, column: int) -> Bools:
    promised, kept = block.kpi, block.outcome
    return (promised.sizes_at(column) < promised.reliable_from) | (kept.sizes_at(column) < kept.reliable_from)


def _now(block: Batch, load: Load, expected: Expectation, beyond: Floats, column: int) -> Way:
    _, lasting = persistent_p(beyond, block.one_is_enough)
    due, kept = load.due[:, column], load.kept[:, column]
    p = np.where(expected.history >= SETTLED_FROM, lasting, np.nan)
    counted = np.flatnonzero(np.isnan(p) & _both_count(block))
    if len(counted):
        p[counted] = _by_counting(load, counted, block.one_is_enough[counted], column)
    over = due > kept * (1 + load.tolerance)
    return Way(np.where(np.isnan(p), np.nan, np.where(over, p, 1.0)), due - kept)


def _by_counting(load: Load, chosen: Ints, one_is_enough: Bools, column: int) -> Floats:
    """The chance of so much more being due by counting alone; where one period is not enough, of the last three."""
    periods = slice(max(0, column + 1 - GUARD), column + 1)
    due, kept = load.due[chosen, periods], load.kept[chosen, periods]
    tested = rates_differ(due, 1 + load.tolerance[chosen, None], kept, np.ones(kept.shape))
    _, repeated = persistent_p(rows.preceded(tested, GUARD - tested.shape[1]), one_is_enough)
    return np.where(one_is_enough, tested[:, -1], repeated)


def _backlog(load: Load, column: int) -> Way:
    window = slice(max(0, column + 1 - WINDOW), column + 1)
    due, kept, ratio = load.due[:, window], load.kept[:, window], load.ratio.values[:, window]
    known = ~np.isnan(ratio)
    left = np.zeros(len(due))
    for period in range(due.shape[1]):
        left = np.where(known[:, period], np.maximum(0.0, left + (due - kept)[:, period]), left)
    number, mean = rows.count(known), rows.mean(ratio, known)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(rows.total(rows.filled((ratio - mean[:, None]) ** 2, known)) / (number - 1))
        score = np.where(mean == 0, 0.0, mean * np.sqrt(number) / spread)
        p = special.stdtr(RANGE_EFFICIENCY * np.maximum(number - 1, 1), -score)
    heap = np.maximum(HEAP, load.tolerance) * rows.mean(kept, known)
    told = (number == WINDOW) & ~np.isnan(score)
    growing = (mean > 0) & (rows.total(rows.filled(due - kept, known)) > 0)
    return Way(np.where(told, np.where((left >= heap) & growing, p, 1.0), np.nan), left)


def _ahead(block: Batch, load: Load, column: int) -> Way:
    """What falls due after the judged period is promised within the lag up to it."""
    season = int(block.season[0])
    usual = _usual(load.kept, column)
    coming, expected = np.zeros(len(usual.mean)), np.zeros(len(usual.mean))
    for ahead in range(1, int(block.lag.max(initial=0)) + 1):
        within = block.lag >= ahead
        promised = _at(block.kpi.values, column + ahead - block.lag)
        turns = -(-ahead // season)  # as many as lead back to a period that is over
        before = last_year(load.kept, np.array([column + ahead]), turns * season)[:, 0]
        coming = np.where(within, coming + promised, coming)
        expected = np.where(within, expected + np.where(np.isnan(before), usual.mean, before), expected)
    bound = expected * (1 + load.tolerance)
    lag = np.maximum(block.lag, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = usual.sigma * np.sqrt(lag + np.maximum(lag, lag**2 / usual.number))
        p = special.stdtr(RANGE_EFFICIENCY * np.maximum(usual.number - 1, 1), -(coming - bound) / error)
    told = (block.lag > 0) & (usual.number >= SETTLED_FROM) & ~np.isnan(p)
    return Way(np.where(told, np.where(coming > bound, p, 1.0), np.nan), coming - expected)


@dataclass(frozen=True, slots=True)
class Usual:
    """What a capability usually is: mean, σ and number of the last figures."""

    mean: Floats
    sigma: Floats
    number: Floats


def _usual(kept: Floats, column: int) -> Usual:
    lately = kept[:, max(0, column + 1 - WINDOW) : column + 1]
    known = ~np.isnan(lately)
    mean, number = rows.mean(lately, known), rows.count(known)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = rows.total(rows.filled((lately - mean[:, None]) ** 2, known))
        return Usual(mean, np.sqrt(squares / (number - 1)), number)


def _at(values: Floats, columns: Ints) -> Floats:
    """One value a row, each of its own column; missing before the first."""
    picked = values[np.arange(len(values)), np.clip(columns, 0, values.shape[1] - 1)]
    return np.where(columns >= 0, picked, np.nan)
