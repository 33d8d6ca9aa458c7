"""A part beside the rest of its whole: what is left when the part is taken out, and how far the two are apart.

Only figures with denominators can be taken apart: the rest of a rate is what the remaining cases show. Shares of nobody
knows how many are held against the whole's share, and a sum without a denominator against nothing.
"""

from dataclasses import dataclass

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints, Side, Unit, reach
from metrics.detection.control import LIMIT_ALPHA, ZONE
from metrics.detection.statistics import rows
from metrics.detection.statistics.expectation import (
    FEWEST,
    GUARD,
    PRESUMED,
    PRESUMED_FREEDOM,
    RANGE_EFFICIENCY,
    tails,
)
from metrics.detection.statistics.limits import RANGE_TO_SIGMA, SCREEN_FACTOR
from metrics.detection.statistics.seasons import winsorised_sigma
from metrics.detection.statistics.special import special

PAST = 36
"""Periods looked back on at most: what happened before is another world."""
DETAIL = 0.01
"""Share of a whole below which a part is a detail of it."""


def past(season: int) -> int:
    """How many periods are looked back on, the judged one among them."""
    return min(PAST, reach(season) + 1)


@dataclass(frozen=True, slots=True)
class Apart:
    """Parts and rests of one stretch of periods, pairs × periods, its last column being the judged one.

    `gap` is part less rest, signed so that positive is worse. `chance` is the standard error that counting alone
    gives it if both are one: binomial for fractions, Poisson for counts by denominator; 1 for means, whose spread only
    their past can tell.
    """

    part: Floats
    rest: Floats
    part_sizes: Floats
    rest_sizes: Floats
    gap: Floats
    chance: Floats
    counted: Bools

    @classmethod
    def of(cls, whole: Side, part: Side, column: int, *, window: int) -> "Apart":
        """Take the parts out of their wholes, for the judged period and those before it, at most `window` in all."""
        window = min(window, max(GUARD, column + 1))
        theirs, whole_sizes = _last(whole.values, column, window), _last(whole.denominators, column, window)
        ours, part_sizes = _last(part.values, column, window), _last(part.denominators, column, window)
        as_rate = (part.unit == Unit.COUNT)[:, None]
        unsized = _unsized(whole, part)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            ours = np.where(as_rate, ours / part_sizes, ours)
            all_of_it = np.where(as_rate, theirs / whole_sizes, theirs)
            rest_sizes = np.where(whole_sizes > part_sizes, whole_sizes - part_sizes, np.nan)
            rest = (all_of_it * whole_sizes - ours * part_sizes) / rest_sizes
        rest = np.where(unsized & np.isnan(part_sizes), all_of_it, rest)
        gap = part.direction[:, None] * (rest - ours)
        counted = (part.unit != Unit.MEAN) & ~np.isnan(part_sizes[:, -1])
        chance = np.where(counted[:, None], _chance(part.unit, all_of_it, part_sizes, rest_sizes), 1.0)
        return cls(ours, rest, part_sizes, rest_sizes, gap, chance, counted)

    @property
    def sizes(self) -> tuple[Floats, Floats]:
        """The cases behind part and rest."""
        return self.part_sizes, self.rest_sizes


def _last(values: Floats, column: int, number: int) -> Floats:
    """The figures of a period and those before it, `number` in all; those before the first period are missing."""
    if number <= column + 1:
        return values[:, column + 1 - number : column + 1]
    before = np.full((len(values), number - column - 1), np.nan)
    return np.hstack([before, values[:, : column + 1]])


def comparable(whole: Side, part: Side, column: int) -> Bools:
    """Which parts can be held against the rest of their wholes in a period."""
    ours, all_of_it = part.denominators[:, column], whole.denominators[:, column]
    return ((ours > 0) & (all_of_it > ours)) | (_unsized(whole, part) & np.isnan(ours))


def falls_behind(whole: Side, part: Side, column: int) -> Bools:
    """Which parts do worse than their wholes in a period, counts by their denominators."""
    as_rate = part.unit == Unit.COUNT
    with np.errstate(divide="ignore", invalid="ignore"):
        ours, everyone = (
            np.where(as_rate, side.values[:, column] / side.denominators[:, column], side.values[:, column])
            for side in (part, whole)
        )
        return part.direction * (everyone - ours) > 0


def is_detail(whole: Side, part: Side, column: int) -> Bools:
    """Parts too small a share of their whole for anyone to read it as speaking of them."""
    return part.denominators[:, column] < DETAIL * whole.denominators[:, column]


def _unsized(whole: Side, part: Side) -> Bools:
    """Shares may be held against a whole's share where nobody says of how many: the part is then in both."""
    return (part.unit == Unit.FRACTION) & (whole.unit == Unit.FRACTION)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far gaps move by themselves: σ in units of `Apart.chance`, and what it is worth in degrees of freedom."""

    sigma: Floats
    freedom: Floats
    history: Floats


def standing(apart: Apart) -> tuple[Floats, Spread]:
    """One-sided p of the last GUARD gaps, were part and rest one: pairs × GUARD; and the spread it rests on.

    As `expectation` tells chances within ZONE.

    σ is what neighbouring gaps show (mean moving range, screened once), at least what counting explains; while there
    are fewer than FEWEST of them, each side is presumed to move as `expectation` presumes of a lone proportion.
    """
    about = (apart.gap - rows.mean(apart.gap, ~np.isnan(apart.gap))[:, None]) / apart.chance
    spread = spread_of(about, apart)
    error = apart.chance[:, -GUARD:] * spread.sigma[:, None]
    return _tail(apart.gap[:, -GUARD:], error, spread.freedom), spread


@dataclass(frozen=True, slots=True)
class Fall:
    """How far parts have fallen away from their rests: one value a pair, `tested` pairs × GUARD.

    `before` is the mean gap of the past, `shift` how much wider the tested ones are on average, `surely` the lower end
    of that, `sigma` that of one gap in the judged period.
    """

    tested: Floats
    before: Floats
    shift: Floats
    surely: Floats
    sigma: Floats
    history: Floats


def fall(apart: Apart) -> Fall:
    """Hold the last GUARD gaps against those before them; seasons that part and rest share have gone from both."""
    earlier, now = apart.gap[:, :-GUARD], apart.gap[:, -GUARD:]
    known = ~np.isnan(earlier)
    before, history = rows.mean(earlier, known), rows.count(known)
    about = (earlier - before[:, None]) / apart.chance[:, :-GUARD]
    spread = spread_of(about, apart, drifting=True)
    error = apart.chance[:, -GUARD:] * spread.sigma[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        tested = _tail(now - before[:, None], error * np.sqrt(1 + 1 / history)[:, None], spread.freedom)
        there = ~np.isnan(now)
        shift = rows.mean(now, there) - before
        doubt = error[:, -1] * np.sqrt(1 / np.maximum(rows.count(there), 1) + 1 / history)
    # As sure as of a point outside its limits, and not of what merely seems to matter.
    surely = shift - special.ndtri(1 - LIMIT_ALPHA) * doubt
    return Fall(tested, before, shift, surely, error[:, -1], history)


def _chance(unit: Ints, level: Floats, part_sizes: Floats, rest_sizes: Floats) -> Floats:
    fraction = (unit == Unit.FRACTION)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(fraction, np.maximum(level * (1 - level), 0), level)
        told = np.sqrt(each * (1 / part_sizes + 1 / rest_sizes))
    return np.where(told > 0, told, np.nan)


def spread_of(about: Floats, apart: Apart, *, drifting: bool = False) -> Spread:
    """How far gaps move about their level, `about` being in units of chance: from neighbours, and where gaps drift,
    from winsorised deviations too; at least what counting explains."""
    ranges = np.abs(np.diff(about, axis=1))
    mean = rows.mean(ranges, ~np.isnan(ranges))
    sigma = rows.mean(ranges, ranges <= SCREEN_FACTOR * mean[:, None]) / RANGE_TO_SIGMA
    history = rows.count(~np.isnan(about))
    if drifting:
        sigma = np.fmax(sigma, winsorised_sigma(about, history - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        presumed = np.sqrt(1 + 2 * PRESUMED**2 / (1 / apart.part_sizes[:, -1] + 1 / apart.rest_sizes[:, -1]))
    least = np.where(history < FEWEST, presumed, 1.0)
    freedom = np.maximum(RANGE_EFFICIENCY * (history - 1), np.where(apart.counted, PRESUMED_FREEDOM, 1.0))
    return Spread(np.where(apart.counted, np.fmax(sigma, least), sigma), freedom, history)


def _tail(distance: Floats, error: Floats, freedom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(distance == 0, 0.0, distance / error)
    return tails(score, freedom, ZONE)
