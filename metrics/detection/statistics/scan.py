"""Has a series moved: asked of its last one to six periods together, so that small steady shifts add up.

For each window of k periods up to the judged one, the mean of the window is held against what the past before it leads
to expect; the smallest p of all windows counts, times SCAN_LOOKS for having looked so often. Sources: E. S. Page,
"Continuous inspection schemes", Biometrika 41 (1954), and J. M. Lucas and R. B. Crosier, Technometrics 24 (1982), for
adding up; a scan of few windows instead of their cumulative sum, because it has a p-value of its own and names its
window.

What a past leads to expect is its level, and, as far as this year resembles last year, last year's deviation from it
(shrinkage of a seasonal factor: D. M. Miller and D. Williams, International Journal of Forecasting 19, 2003). How far
chance carries the mean of k periods depends on how neighbours resemble each other: r, their autocorrelation, dies away
by powers (G. V. Bayley and J. M. Hammersley, JRSS Supplement 8, 1946).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Side, Unit
from metrics.detection.statistics import rare, rows
from metrics.detection.statistics.expectation import PRESUMED, PRESUMED_FREEDOM
from metrics.detection.statistics.rare import Cases
from metrics.detection.statistics.special import special
from metrics.detection.statistics.stretch import WIDEST, Stretch, echo_of, season_of

SCAN_LOOKS = 4.0
"""What the smallest of six p-values of windows within each other is multiplied with; on noise three to four suffice."""
FEWEST_BEHIND = 8
"""Figures needed before a window to tell movement from chance."""
LEAST_LEFT = 0.1
"""Share of an expectation that is its level's at least: cases of last year stand behind the rest."""
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
    sizes: Floats
    behind: Floats
    cases: Cases

    def moved(self, sign: Floats) -> Floats:
        """One-sided p of each window's mean having moved `sign`-wards."""
        with np.errstate(divide="ignore", invalid="ignore"):
            score = sign[:, None] * (self.mean - self.expected) / self.error
        p, far = special.ndtr(-score), np.nonzero(score > EXACT_FROM)
        p[far] = special.stdtr(self.freedom[far], -score[far])
        sides = self.mean, self.sizes, self.expected, self.behind
        return rare.apart(p, *sides, sign, self.cases)

    def repeated(self, sign: Floats) -> Bools:
        """Windows in which at least two periods by themselves lie one σ `sign`-wards or more."""
        return np.cumsum(sign[:, None] * self.scores >= 1, axis=1) >= 2


def scan(side: Side, column: int, season: int) -> Scan:
    """Hold the windows up to one period of every series of a side against the periods before them."""
    stretch = Stretch.of(side, column, season)
    echo = echo_of(stretch)
    season_seen, season_sure = season_of(stretch, season, echo)
    cases = Cases.of(
        side, stretch.proportion, stretch.level, rows.kept(stretch.scores, stretch.known[:, : stretch.quiet])
    )
    return _held(stretch, season, echo[:, None], season_seen[:, None], season_sure[:, None], cases)


def same_last_year(side: Side, column: int, season: int) -> Floats:
    """Mean of each window's periods a year before, series × windows; NaN where none is known."""
    end, length = max(0, column - season + 1), min(WIDEST, season - 1)
    periods, lacking = slice(max(0, end - length), end), max(0, length - end)
    values, denominators = (rows.preceded(each[:, periods], lacking) for each in (side.values, side.denominators))
    known = ~np.isnan(values)
    proportion = (side.unit == Unit.FRACTION) & (~known | (denominators > 0)).all(axis=1)
    weights = np.where(known, np.where(proportion[:, None], denominators, 1.0), 0.0)
    whole = _up_to(weights)
    return _wide(_up_to(weights * rows.filled(values, known)) / np.where(whole > 0, whole, np.nan))


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


def _held(stretch: Stretch, season: int, echo: Floats, seen: Floats, sure: Floats, cases: Cases) -> Scan:
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
        cases_behind = behind.weight / np.maximum(left, LEAST_LEFT) ** 2
        unit = _unit(stretch.proportion, stretch.level)
        error = np.sqrt(variance * unit * (ours + theirs))
        alone = apart - share * deviation - behind.level[:, -1:] * (1 - share)
        scores = alone * np.sqrt(weights / (unit * variance[:, -1:]))
    level = stretch.level[:, None]
    known = behind.number >= FEWEST_BEHIND
    expected = np.where(known, expected + level, np.nan)
    mean, expected, error, freedom = (_wide(each) for each in (mean + level, expected, error, freedom))
    sizes, behind_it = _wide(weight), _wide(cases_behind)
    return Scan(mean, expected, error, freedom, _wide(scores[:, ::-1]), sizes, behind_it, cases)


def _variance(stretch: Stretch, behind: Behind, echo: Floats) -> tuple[Floats, Floats]:
    """Variance of single figures before each window and its degrees of freedom; of proportions in binomial ones."""
    proportion = stretch.proportion[:, None]
    independent = (1 - echo**2) / (1 + echo**2)
    freedom = np.maximum(behind.number - 1, 0) * independent
    observed = behind.squares * independent / _unit(stretch.proportion, stretch.level)
    size = rows.total(stretch.weights) / np.maximum(rows.count(stretch.known), 1)
    worth = np.where(proportion, PRESUMED_FREEDOM, 0.0)
    weighed = (observed + worth * (1 + PRESUMED**2 * size[:, None])) / (freedom + worth)
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
