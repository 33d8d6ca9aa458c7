"""Signs that a KPI may be gamed, each with its chance were nothing wrong; `gaming` says what they mean together."""

from dataclasses import dataclass

import numpy as np

from metrics.detection.batch import Bools, Floats, Side, Unit, reach
from metrics.detection.control import ZONE, persistent_p
from metrics.detection.statistics import rows
from metrics.detection.statistics.expectation import expect, near_sigma
from metrics.detection.statistics.rows import placed
from metrics.detection.statistics.special import special

BUNCHED = (3, 4, 5, 6)
"""Lengths of runs that are looked at for bunching."""
LONG = np.array(BUNCHED) - 1
"""Where the figure that ends each stands, counted backwards from the judged one."""
PEAK = 0.3989
"""Height of the normal density at its mode, in σ: no interval holds more of it than its width times this."""
TURNS = 24
"""Changes from period to period looked back on at most for harm that goes with more of the KPI."""
FEWEST_TURNS = 12
EXACT = 1e-9
"""What binary fractions may take off a figure that stands exactly on its target; as a share of the largest figure, what
they may add to a change."""


@dataclass(frozen=True, slots=True)
class Bunching:
    """Chance of the values bunching, over how many periods, and the farthest of them from the target."""

    p: Floats
    run: Floats
    farthest: Floats


@dataclass(frozen=True, slots=True)
class Shrinking:
    """Chance of the denominator being so small, what was to be expected, and the share of it that is gone."""

    p: Floats
    expected: Floats
    gone: Floats


@dataclass(frozen=True, slots=True)
class GoingWith:
    """Chance, correlation and number of changes, of harm going with more of the KPI."""

    p: Floats
    correlation: Floats
    changes: Floats


def bunching(kpi: Side, column: int, season: int) -> Bunching:
    """Do the last values all lie closer on the good side of their target than chance can keep them?

    After D. Burgstahler and I. Dichev, "Earnings management to avoid earnings decreases and losses", Journal of
    Accounting and Economics 24 (1997): too many values just beyond a threshold. Wherever the true level is, a value
    falls into an interval of width w with chance 0.4 w/σ at most, and a run of r with that to the power of r; several
    lengths are looked at, and charged for. σ of a proportion is the binomial one, the least it can be, its steps of
    one case counted in; else what the past shows. Nothing can bunch at 0 or 1, where a proportion ends.
    """
    end, length = column + 1, max(BUNCHED)
    values, sizes = (
        rows.preceded(each[:, max(0, end - length) : end], max(0, length - end))
        for each in (kpi.values, kpi.denominators)
    )
    target = kpi.target[:, None]
    good = kpi.direction[:, None] * (values - target)
    proportion = ((kpi.unit == Unit.FRACTION) & (kpi.target > 0) & (kpi.target < 1))[:, None] & (sizes > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        binomial = np.sqrt(target * (1 - target) / sizes)
        sigma = np.where(proportion, binomial, _seen_sigma(kpi, column, season)[:, None])
        width = np.maximum(good, 0) + np.where(proportion, 1 / sizes, 0.0)
        inside = np.where((good >= -EXACT) & (sigma > 0), np.minimum(1.0, PEAK * width / sigma), 1.0)
    worst, farthest = (np.maximum.accumulate(figures[:, ::-1], axis=1)[:, LONG] for figures in (inside, good))
    each = np.stack([worst[:, place] ** run for place, run in enumerate(BUNCHED)])
    best = each.argmin(axis=0)
    looks = (~np.isnan(farthest)).sum(axis=1)
    told = (looks > 0) & ~np.isnan(sigma[:, -1])
    p = np.where(told, np.minimum(1.0, looks * each.min(axis=0)), np.nan)
    return Bunching(p, np.array(BUNCHED)[best].astype(float), farthest[np.arange(len(best)), best])


def _seen_sigma(kpi: Side, column: int, season: int) -> Floats:
    """σ that the past of means and counts with a target shows; NaN for all others."""
    asked = (kpi.unit != Unit.FRACTION) & ~np.isnan(kpi.target)
    if not asked.any():
        return np.full(len(asked), np.nan)
    return placed(near_sigma(kpi.rows(np.flatnonzero(asked)), column, season), asked)


def shrinking(kpi: Side, column: int, season: int) -> Shrinking:
    """Has what the KPI is measured on given way, by more than its past explains and for longer than a period?"""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = Side.of(np.log(np.where(kpi.denominators > 0, kpi.denominators, np.nan)), unit=int(Unit.MEAN))
    expected = expect(logs, column, season)
    _, repeated = persistent_p(expected.worsened(logs.direction, zone=ZONE), np.zeros(len(logs.values), bool))
    usual = np.exp(expected.baseline())
    return Shrinking(repeated, usual, 1 - kpi.denominators[:, column] / usual)


def going_with(kpi: Side, guard: Side, column: int, season: int, asked: Bools) -> GoingWith:
    """Does harm rise when the KPI gets better? Spearman's rank correlation of the changes from period to period.

    Asked of some pairs only, for ranking costs.

    Changes, not levels, for two levels that drift look related (G. U. Yule, "Why do we sometimes get nonsense
    correlations between time-series?", JRSS 89 (1926)). As many changes count as independent ones would tell as much:
    n (1 − r₁r₂) / (1 + r₁r₂), with the lag-one autocorrelations of both (M. S. Bartlett, JRSS 98 (1935)).
    """
    window = slice(max(0, column - min(TURNS, reach(season))), column + 1)
    kpi, guard = kpi.rows(np.flatnonzero(asked)), guard.rows(np.flatnonzero(asked))
    better, harm = _changes(kpi.direction, kpi.values[:, window]), _changes(-guard.direction, guard.values[:, window])
    known = ~np.isnan(better + harm)
    ours, theirs = (_ranked(np.where(known, values, np.nan)) for values in (better, harm))
    correlation = _correlation(ours, theirs)
    number = rows.count(known)
    related = _correlation(ours[:, 1:], ours[:, :-1]) * _correlation(theirs[:, 1:], theirs[:, :-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.fmin(number, number * (1 - related) / (1 + related))
        score = correlation * np.sqrt((worth - 2) / (1 - correlation**2))
    told = (number >= FEWEST_TURNS) & (worth > 2) & ~np.isnan(score)
    p = np.where(told, special.stdtr(np.where(told, worth - 2, 1.0), np.where(told, -score, 0.0)), np.nan)
    return GoingWith(*(placed(each, asked) for each in (p, correlation, number)))


def together(chances: Floats) -> Floats:
    """One p for independent ones, signs × pairs, NaN counting as none (R. A. Fisher's sum of logarithms)."""
    known = ~np.isnan(chances)
    with np.errstate(divide="ignore"):
        score = -2 * np.where(known, np.log(np.where(known, chances, 1.0)), 0.0).sum(axis=0)
    number = known.sum(axis=0)
    return np.where(number > 0, special.chdtrc(2.0 * np.maximum(number, 1), score), np.nan)


def _changes(sign: Floats, values: Floats) -> Floats:
    """Changes from period to period in steps of EXACT of the largest figure, so that those of one size share a rank."""
    largest = np.fmax.reduce(np.abs(values), axis=1, initial=0.0)
    step = EXACT * np.where(largest > 0, largest, 1.0)
    return np.rint(np.diff(values, axis=1) * (sign / step)[:, None])


def _ranked(values: Floats) -> Floats:
    """Mean ranks within each row, less their mean; NaN where unknown."""
    below = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    upto = (values[:, None, :] <= values[:, :, None]).sum(axis=2)
    ranks = np.where(np.isnan(values), np.nan, (below + upto + 1) / 2)
    return ranks - rows.mean(ranks, ~np.isnan(ranks))[:, None]


def _correlation(ours: Floats, theirs: Floats) -> Floats:
    known = ~np.isnan(ours + theirs)
    ours, theirs = (rows.filled(values - rows.mean(values, known)[:, None], known) for values in (ours, theirs))
    with np.errstate(divide="ignore", invalid="ignore"):
        return rows.total(ours * theirs) / np.sqrt(rows.total(ours**2) * rows.total(theirs**2))
