"""Has a series moved: asked of its last one to six periods together, so that small steady shifts add up.

For each window of k periods up to the judged one, the mean of the window is held against what the past before it leads
to expect; the smallest p of all windows counts, times SCAN_LOOKS for having looked so often. Sources: E. S. Page,
"Continuous inspection schemes", Biometrika 41 (1954), and J. M. Lucas and R. B. Crosier, Technometrics 24 (1982), for
adding up; a scan of few windows instead of their cumulative sum, because it has a p-value of its own and names its
window.

What a past leads to expect is its level, and, as far as this year resembles last year, last year's deviation from it
(shrinkage of a seasonal factor: D. M. Miller and D. Williams, International Journal of Forecasting 19, 2003). How far
chance carries the mean of k periods depends on how neighbours resemble each other: r, their autocorrelation, dies away
by powers (G. V. Bayley and J. M. Hammersley, JRSS Supplement 8, 1946). Both resemblances are shrunk towards what is
presumed of any series, fixed beforehand: each series is judged for itself.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtr, stdtr

from metrics.detection import rows
from metrics.detection.batch import Bools, Floats, Side, Unit
from metrics.detection.limits import RANGE_TO_SIGMA, SCREEN_FACTOR

WIDEST = 6
"""Periods in the longest window."""
SCAN_LOOKS = 4.0
"""What the smallest of six p-values of windows within each other is multiplied with; on noise three to four suffice."""
FEWEST_BEHIND = 8
"""Figures needed before a window to tell movement from chance."""
ECHO, ECHO_WORTH = 0.1, 12.0
"""What neighbours are presumed to resemble each other, and how many figures that presumption is worth."""
MOST_ECHO, MOST_SEASON = 0.8, 0.95
SEASON_WORTH = 12.0
"""Pairs of figures a year apart that the presumption about the season is worth: that it echoes as neighbours do."""
SPREAD, SPREAD_FREEDOM = 0.05, 4.0
"""As `expectation.PRESUMED`."""
WILD = 4.0
"""Short σ from the level beyond which a figure of the past counts as that many: one wild month is no yardstick."""
EXACT_FROM = 1.0
"""Score from which p is worked out exactly; below, where it is larger than one in six, the normal tail will do."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Windows of 1 to WIDEST periods up to the judged one; arrays are series × windows, NaN where there is no past.

    `mean` is a window's own mean (pooled for proportions), `expected` what the past leads to expect of it, `error` how
    far chance carries it, as σ with `freedom` degrees of freedom. `scores` are the window's single periods in σ, series
    × periods, the judged one first.
    """

    mean: Floats
    expected: Floats
    error: Floats
    freedom: Floats
    scores: Floats

    def moved(self, sign: Floats) -> Floats:
        """One-sided p of each window's mean having moved `sign`-wards."""
        with np.errstate(divide="ignore", invalid="ignore"):
            score = sign[:, None] * (self.mean - self.expected) / self.error
        p, far = ndtr(-score), np.nonzero(score > EXACT_FROM)
        p[far] = stdtr(self.freedom[far], -score[far])
        return p

    def repeated(self, sign: Floats) -> Bools:
        """Windows in which at least two periods by themselves lie one σ `sign`-wards or more."""
        return np.cumsum(sign[:, None] * self.scores >= 1, axis=1) >= 2


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
        begin = slice(max(0, column - 2 * season - 14), column + 1)
        values, denominators = side.values[:, begin], side.denominators[:, begin]
        known = ~np.isnan(values)
        proportion = (side.unit == Unit.FRACTION) & (~known | (denominators > 0)).all(axis=1)
        weights = np.where(known, np.where(proportion[:, None], denominators, 1.0), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            level = rows.total(weights * rows.filled(values, known)) / rows.total(weights)
        quiet = max(0, values.shape[1] - max(1, min(WIDEST, season - 1)))
        apart, root = np.where(known, values - level[:, None], 0.0), np.sqrt(weights[:, :quiet])
        apart, level, scores = _tamed(apart, weights, root, known, level, apart[:, :quiet] * root)
        return cls(apart, weights, known, level, proportion, quiet, scores)


def scan(side: Side, column: int, season: int) -> Scan:
    """Hold the windows up to one period of every series of a side against the periods before them."""
    stretch = Stretch.of(side, column, season)
    echo = _echo(stretch)
    season_seen, season_sure = _season(stretch, season, echo)
    return _held(stretch, season, echo[:, None], season_seen[:, None], season_sure[:, None])


def same_last_year(side: Side, column: int, season: int) -> Floats:
    """Mean of each window's periods a year before, series × windows; NaN where none is known."""
    begin = max(0, column - season - min(WIDEST, season - 1) + 1)
    periods = slice(begin, max(begin, column - season + 1))
    values, denominators = side.values[:, periods], side.denominators[:, periods]
    known = ~np.isnan(values)
    proportion = (side.unit == Unit.FRACTION) & (~known | (denominators > 0)).all(axis=1)
    weights = np.where(known, np.where(proportion[:, None], denominators, 1.0), 0.0)
    whole = _up_to(weights)
    return _wide(_up_to(weights * rows.filled(values, known)) / np.where(whole > 0, whole, np.nan))


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


def _echo(stretch: Stretch) -> Floats:
    """How far neighbouring periods resemble each other, 0 to MOST_ECHO."""
    scores = stretch.scores
    squares, products = rows.products(scores, scores), rows.products(scores[:, 1:], scores[:, :-1])
    number = rows.count(stretch.known[:, : stretch.quiet])
    seen = products / np.where(squares > 0, squares, 1.0)
    return np.clip((number * seen + ECHO_WORTH * ECHO) / (number + ECHO_WORTH), 0.0, MOST_ECHO)


def _season(stretch: Stretch, season: int, echo: Floats) -> tuple[Floats, Floats]:
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


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies before each window, series × windows: figures, their weight, level (from the stretch's), squares."""

    number: Floats
    weight: Floats
    level: Floats
    squares: Floats

    @classmethod
    def of(cls, stretch: Stretch) -> Self:
        """Sums of the quiet past, and of what the shorter windows leave to it."""
        quiet, apart, weights = stretch.quiet, stretch.apart, stretch.weights
        past, past_weights, recent = apart[:, :quiet], weights[:, :quiet], slice(quiet, -1)
        number = _before(rows.count(stretch.known[:, :quiet]), stretch.known[:, recent].astype(float))
        weight = _before(rows.total(past_weights), weights[:, recent])
        weighted = weights[:, recent] * apart[:, recent]
        level = _before(rows.products(past_weights, past), weighted) / np.where(weight > 0, weight, np.nan)
        squares = _before(rows.products(stretch.scores, stretch.scores), weighted * apart[:, recent])
        return cls(number, weight, level, np.maximum(squares - weight * level**2, 0.0))


def _held(stretch: Stretch, season: int, echo: Floats, seen: Floats, sure: Floats) -> Scan:
    behind, recent = Behind.of(stretch), slice(stretch.quiet, None)
    apart, weights = stretch.apart[:, recent], stretch.weights[:, recent]
    share, deviation = _last_year(stretch, season, seen)
    weight, own = _up_to(weights), _up_to(weights * apart)
    free = _up_to(weights * (1 - share))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (_up_to(weights * share * deviation) + behind.level * free) / weight
        mean, left = own / weight, free / weight
        variance, freedom = _variance(stretch, behind, echo)
        windows = np.arange(1, weight.shape[1] + 1.0)
        resembling = 1 - 2 * (1 - left) * sure + (1 - left) ** 2
        ours = resembling * inflation(echo, windows) / weight
        theirs = left**2 * np.minimum((1 + echo) / (1 - echo), behind.number) / behind.weight
        unit = _unit(stretch.proportion, stretch.level)
        error = np.sqrt(variance * unit * (ours + theirs))
        alone = apart - share * deviation - behind.level[:, -1:] * (1 - share)
        scores = alone * np.sqrt(weights / (unit * variance[:, -1:]))
    level = stretch.level[:, None]
    known = behind.number >= FEWEST_BEHIND
    return Scan(
        *(_wide(each) for each in (mean + level, np.where(known, expected + level, np.nan), error, freedom)),
        _wide(scores[:, ::-1]),
    )


def _variance(stretch: Stretch, behind: Behind, echo: Floats) -> tuple[Floats, Floats]:
    """Variance of single figures before each window and its degrees of freedom; of proportions in binomial ones."""
    proportion = stretch.proportion[:, None]
    independent = (1 - echo**2) / (1 + echo**2)
    freedom = np.maximum(behind.number - 1, 0) * independent
    observed = behind.squares * independent / _unit(stretch.proportion, stretch.level)
    size = rows.total(stretch.weights) / np.maximum(rows.count(stretch.known), 1)
    worth = np.where(proportion, SPREAD_FREEDOM, 0.0)
    weighed = (observed + worth * (1 + SPREAD**2 * size[:, None])) / (freedom + worth)
    own = np.where(behind.number >= FEWEST_BEHIND, observed / np.where(freedom > 0, freedom, np.nan), 1.0)
    variance = np.where(proportion, np.fmax(np.maximum(weighed, 1.0), own), weighed)
    return variance, np.maximum(freedom + np.where(own > weighed, 0.0, worth), 1.0)


def _last_year(stretch: Stretch, season: int, seen: Floats) -> tuple[Floats, Floats]:
    """How far to lean on the same periods of the last years, and their mean deviation; series × recent periods."""
    recent = np.arange(stretch.quiet, stretch.apart.shape[1])
    weight, total = np.zeros((2, len(stretch.level), len(recent)))
    for before in (recent - season, recent - 2 * season):
        at = before >= 0
        weight[:, at] += stretch.weights[:, before[at]]
        total[:, at] += stretch.weights[:, before[at]] * stretch.apart[:, before[at]]
    size = (rows.total(stretch.weights) / np.maximum(rows.count(stretch.known), 1))[:, None]
    lean = seen * weight
    share = np.where(weight > 0, lean / np.where(weight > 0, lean + (1 - seen) * size, 1.0), 0.0)
    return share, total / np.where(weight > 0, weight, 1.0)


def inflation(echo: Floats, number: Floats) -> Floats:
    """Variance of a mean of so many neighbours that resemble each other, over that of as many that do not."""
    return 1 + 2 * echo / (1 - echo) * (1 - (1 - echo**number) / (number * (1 - echo)))


def _unit(proportion: Bools, level: Floats) -> Floats:
    """Binomial variance of one case for proportions, else 1; series × 1."""
    return np.where(proportion, np.maximum(level * (1 - level), 1e-12), 1.0)[:, None]


def _before(past: Floats, recent: Floats) -> Floats:
    """Sums of everything before each window, the shortest first: those of the quiet past, and what follows it."""
    return np.concatenate((past[:, None], past[:, None] + np.cumsum(recent, axis=1)), axis=1)[:, ::-1]


def _up_to(values: Floats) -> Floats:
    """Sums of the last one, two, … columns."""
    return np.cumsum(values[:, ::-1], axis=1)


def _wide(values: Floats) -> Floats:
    """The same with as many windows as there may be; those that reach before the first period are missing."""
    missing = WIDEST - values.shape[1]
    return values if not missing else np.pad(values, ((0, 0), (0, missing)), constant_values=np.nan)
