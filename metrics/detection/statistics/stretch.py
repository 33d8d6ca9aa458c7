"""A stretch of a series as the scan leans on it: about its level, wild figures drawn in, and how it resembles itself.

Neighbours resemble each other, and so may periods a year apart. Both likenesses are shrunk towards what is presumed of
any series, fixed beforehand: each series is judged for itself.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Side, Unit, reach
from metrics.detection.statistics import rows
from metrics.detection.statistics.limits import RANGE_TO_SIGMA, SCREEN_FACTOR

WIDEST = 6
"""Periods in the longest window."""
ECHO, ECHO_WORTH = 0.1, 12.0
"""What neighbours are presumed to resemble each other, and how many figures that presumption is worth."""
MOST_ECHO, MOST_SEASON = 0.8, 0.95
SEASON_WORTH = 12.0
"""Pairs of figures a year apart that the presumption about the season is worth: that it echoes as neighbours do."""
WILD = 4.0
"""Short σ from the level beyond which a figure of the past counts as that many: one wild month is no yardstick."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A series' past and window about its level, series × periods; missing figures weigh nothing.

    `apart` is how far each figure lies from `level`, `weights` its denominator (1 where size plays no part). The first
    `quiet` periods lie before every window; `scores` are theirs, in units of a figure that weighs 1.
    """

    apart: Floats
    weights: Floats
    known: Bools
    level: Floats
    proportion: Bools
    quiet: int
    scores: Floats

    @classmethod
    def of(cls, side: Side, column: int, season: int) -> Self:
        """The stretch that judging a period leans on: two seasons and a year, and the longest window."""
        begin = slice(max(0, column - reach(season)), column + 1)
        values, denominators = side.values[:, begin], side.denominators[:, begin]
        known = ~np.isnan(values)
        proportion = (side.unit == Unit.FRACTION) & (~known | (denominators > 0)).all(axis=1)
        weights = np.where(known, np.where(proportion[:, None], denominators, 1.0), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            level = rows.level(values, weights, rows.total(weights))
        quiet = max(0, values.shape[1] - max(1, min(WIDEST, season - 1)))
        apart, root = np.where(known, values - level[:, None], 0.0), np.sqrt(weights[:, :quiet])
        apart, level, scores = _tamed(apart, weights, root, known, level, apart[:, :quiet] * root)
        return cls(apart, weights, known, level, proportion, quiet, scores)


def echo_of(stretch: Stretch) -> Floats:
    """How far neighbouring periods resemble each other, 0 to MOST_ECHO."""
    scores = stretch.scores
    squares, products = rows.products(scores, scores), rows.products(scores[:, 1:], scores[:, :-1])
    number = rows.count(stretch.known[:, : stretch.quiet])
    seen = products / np.where(squares > 0, squares, 1.0)
    return np.clip((number * seen + ECHO_WORTH * ECHO) / (number + ECHO_WORTH), 0.0, MOST_ECHO)


def season_of(stretch: Stretch, season: int, echo: Floats) -> tuple[Floats, Floats]:
    """How far periods resemble those a year before: as presumed and seen, and as far as seen alone."""
    quiet, known = stretch.quiet, stretch.known
    if quiet <= season:
        return echo, np.zeros(len(echo))
    scores = stretch.scores
    number = rows.count(known[:, season:quiet] & known[:, : quiet - season])
    squares = rows.products(scores, scores) * number / np.maximum(rows.count(known[:, :quiet]), 1)
    products = rows.products(scores[:, season:], scores[:, :-season])
    seen = number * np.clip(products / np.where(squares > 0, squares, 1.0), -1, 1) / (number + SEASON_WORTH)
    presumed = SEASON_WORTH * echo / (number + SEASON_WORTH)
    return np.clip(seen + presumed, 0, MOST_SEASON), np.clip(seen, 0, MOST_SEASON)


def _tamed(
    apart: Floats, weights: Floats, root: Floats, known: Bools, level: Floats, scores: Floats
) -> tuple[Floats, Floats, Floats]:
    """Figures of the past no further from their level than WILD short σ; the level and scores then."""
    quiet = scores.shape[1]
    if quiet < 2:
        return apart, level, scores
    ranges, pairs = np.abs(np.diff(scores, axis=1)), known[:, 1:quiet] & known[:, : quiet - 1]
    mean = rows.mean(ranges, pairs)
    short = rows.mean(ranges, pairs & (ranges <= SCREEN_FACTOR * mean[:, None])) / RANGE_TO_SIGMA
    most = np.where(short > 0, WILD * short, np.inf)
    wild = np.flatnonzero((np.abs(scores) > most[:, None]).any(axis=1))
    if len(wild):
        changed, drawn = _drawn_in(apart[wild], weights[wild], root[wild], most[wild, None])
        apart[wild] = np.where(known[wild], changed - drawn[:, None], 0.0)
        scores[wild], level[wild] = apart[wild, :quiet] * root[wild], level[wild] + drawn
    return apart, level, scores


def _drawn_in(apart: Floats, weights: Floats, root: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Rows with their wild figures drawn in, and how far that moves their level."""
    tamed, quiet = apart.copy(), root.shape[1]
    for _ in range(2):  # a wild figure draws the level after it: once more, about the level of the others
        level = rows.products(tamed[:, :quiet], weights[:, :quiet]) / rows.total(weights[:, :quiet])
        tamed[:, :quiet] = _within(apart[:, :quiet], level[:, None], most, root)
    return tamed, rows.products(weights, tamed) / rows.total(weights)


def _within(apart: Floats, level: Floats, most: Floats, root: Floats) -> Floats:
    """Figures no further from a level than so many scores; those that weigh nothing stay nothing."""
    reach = most / np.where(root > 0, root, 1.0)
    return np.where(root > 0, level + np.clip(apart - level, -reach, reach), 0.0)
