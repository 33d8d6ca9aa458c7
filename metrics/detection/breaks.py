"""Definition break: did the level of a measure jump without any change in its companions?

A change in the world shows in what belongs to the measure; a change in counting shows in the figures alone. A finding
is a step that stays (see `steps`): no trend, no excursion, beyond what chance explains, at least the smallest change
that matters, while the companion of the measure did not move at that time. A measure without a companion is not
judged: its figures alone cannot tell the two apart. A change of counting that was declared leaves no past to compare
with, or a bridged one, and so is no contradiction.

For the better, three periods are enough: such a step is shown as a success at once. For the worse its function gains
nothing, and most such steps are troubles that end: it must have stood for a run of eight (Western Electric,
*Statistical Quality Control Handbook*, 1956).

Seasons: where one shows, differences from the year before are judged instead of figures; where too few years have been
seen to say, both have to show the step; where there is none, a step has to be as large as seasons hardly make them,
and to have stood for a run of eight. Where a season is known not to show, figures are judged as they stand.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Side, Unit, Verdict, reach
from metrics.detection.claims import reaches
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.judgements import Judgements, first_true, judged_at_once
from metrics.detection.statistics import rows
from metrics.detection.statistics.seasons import season_hidden
from metrics.detection.statistics.steps import FEWEST, NEVER, SINCE, Steps, at, largest, tail
from metrics.detection.statistics.stirring import stirs

MOVED = 0.01
"""Two-sided chance from which a companion is taken to have moved at the same time."""
JUMP = 3.0
"""σ from which a step is a jump: the new level itself lies beyond the natural process limits of the old (Wheeler)."""
LONG = 8
"""Periods that a step for the worse must have stood."""
FAR = 5.0
"""σ from which a step that has stood so long is none of a season's, where there is no year before to ask."""


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is the measure, the `outcome` side its companion."""
    return judged_at_once(batch, _told)


@dataclass(frozen=True, slots=True)
class Look:
    """The step of each measure in its window, and how rarely its companion would have moved so at the same place.

    One value a cell. Companions are asked only where there is news, that is a jump; elsewhere their chance is NaN.
    """

    step: Steps
    news: Bools
    companion: Floats
    alone: Bools
    seasonal: Bools

    @property
    def untold(self) -> Bools:
        """Too little past to tell, of the measure or of its companion."""
        return np.isnan(self.step.p) | (self.news & ~self.alone & np.isnan(self.companion))


def _told(block: Batch, columns: Ints) -> dict[str, NDArray]:
    """What is said of every pair in some periods: most stand where they always did; at the others one looks closely."""
    season = int(block.season[0])
    told = _at_rest(block, columns, reach(season))
    readable = told["verdict"] == Verdict.QUIET
    stirred = stirs(block.kpi.values, columns, reach(season), season)
    pair, position = np.nonzero(stirred & readable & block.judge[:, columns])
    for name, cells in _look_closely(block, pair, columns[position], reach(season)).items():
        if name in told:
            told[name][pair, position] = cells
    return told


def _at_rest(block: Batch, columns: Ints, window: int) -> dict[str, NDArray]:
    values, others = block.kpi.values[:, columns], block.outcome.values[:, columns]
    known = rows.counts_within(~np.isnan(block.kpi.values), columns, window)
    small = block.kpi.sizes_in(columns) < block.kpi.reliable_from[:, None]
    conditions = [
        (np.isnan(values) | np.isnan(others), Verdict.MISSING),
        (small, Verdict.TOO_SMALL),
        (known < FEWEST + SINCE, Verdict.NO_BASELINE),
    ]
    verdict = first_true(conditions, Verdict.QUIET)
    told: dict[str, NDArray] = {
        "verdict": verdict,
        "p": np.where(verdict == Verdict.QUIET, NEVER, np.nan),
        "effect": np.full(values.shape, np.nan),
    }
    if block.in_full:
        told |= {name: np.full(values.shape, np.nan) for name in FIGURES}
        told |= {"kpi_value": values, "value": others, "size": block.kpi.sizes_in(columns)}
        told |= {"basis": np.zeros(values.shape, np.int64), "seasonal": np.zeros(values.shape, bool)}
    return told


def _look_closely(block: Batch, pair: Ints, column: Ints, window: int) -> dict[str, NDArray]:
    look = _look(block, pair, column, window)
    step = look.step
    verdict = _verdict(block.kpi.rows(pair), look)
    asked = ~look.untold & ~(look.news & look.alone) & ~(look.companion <= MOVED)
    return {
        "verdict": verdict,
        "basis": np.where(verdict == Verdict.FLAG, Basis.TREND, Basis.NONE),
        "p": np.where(asked, np.where(verdict == Verdict.FLAG, step.p, NEVER), np.nan),
        "reference": step.before,
        "effect": np.abs(step.size),
        "baseline": step.before,
        "lower": step.before - JUMP * step.sigma,
        "upper": step.before + JUMP * step.sigma,
        "dispersion": step.sigma,
        "history": step.history,
        "run": step.run,
        "seasonal": look.seasonal,
    }


def _verdict(measure: Side, look: Look) -> NDArray[np.int64]:
    """The first of these that is true, in the order in which a reader would ask."""
    step = look.step
    better = np.sign(step.size) == measure.direction
    lasting = better | (step.run >= LONG)
    conditions = [
        (look.untold, Verdict.NO_BASELINE),
        (~look.news, Verdict.QUIET),
        (~step.no_trend, Verdict.A_TREND),
        (~step.stays | ~lasting, Verdict.NOT_PERSISTENT),
        (~reaches(np.abs(step.size), measure.min_effect), Verdict.BELOW_MINIMUM_EFFECT),
        (look.alone, Verdict.NO_COMPANION),
        (look.companion <= MOVED, Verdict.COMPANION_MOVED),
    ]
    return first_true(conditions, Verdict.FLAG)


def _look(block: Batch, pair: Ints, column: Ints, window: int) -> Look:
    ours, chance = _windows(block.kpi.values, pair, column, window), _chance(block.kpi, pair, column, window)
    step, seasonal = _steps(ours, chance, int(block.season[0]))
    news = _is_news(step)
    alone = _same(ours, _windows(block.outcome.values, pair, column, window))
    companion = np.full(len(pair), np.nan)
    for asked, yearly in ((news & ~seasonal, False), (news & seasonal, True)):
        chosen = np.flatnonzero(asked)
        if not len(chosen):
            continue
        place = pair[chosen], column[chosen], window
        theirs, beside = _windows(block.outcome.values, *place), _chance(block.outcome, *place)
        shown = _yearly(theirs, int(block.season[0])) if yearly else theirs
        run = step.run[chosen].astype(int)
        companion[chosen] = at(shown, run, beside * (1 + yearly), may_slope=not yearly).p
    return Look(step, news, companion, alone, seasonal)


def _steps(ours: Floats, chance: Floats, season: int) -> tuple[Steps, Bools]:
    """The largest step of each window, and where it was looked for in differences from the year before."""
    yearly, steps = _yearly(ours, season), largest(ours, chance)
    is_since = np.arange(ours.shape[1]) >= (ours.shape[1] - steps.run)[:, None]
    level = ours - (steps.before[:, None] + np.where(is_since, steps.size[:, None], 0.0))
    turned = rows.count(~np.isnan(yearly)) >= season
    hidden = season_hidden(level, season)
    steps = _doubted(steps, yearly, turned & hidden, np.where(turned & ~hidden, 2.0, 1.0))
    other = np.flatnonzero(turned & ~hidden & ~_is_news(steps))
    differing = _in_figures(largest(yearly[other], 2 * chance[other], may_slope=False), ours[other])
    told = ~np.isnan(differing.p)
    steps.put(other[told], differing.rows(told))
    seasonal = np.zeros(len(ours), bool)
    seasonal[other[told]] = True
    return steps, seasonal


def _is_news(step: Steps) -> Bools:
    """Whether a step is a jump beyond chance."""
    return (np.abs(step.size) >= JUMP * step.sigma) & (step.p <= LIMIT_ALPHA)


def _yearly(values: Floats, season: int) -> Floats:
    """Differences from the year before."""
    return values[:, season:] - values[:, :-season]


def _windows(values: Floats, pair: Ints, column: Ints, window: int) -> Floats:
    """The figures of some cells, each with those before it as far as it is judged by: cells × window."""
    source = column[:, None] - np.arange(window - 1, -1, -1)
    return np.where(source >= 0, values[pair[:, None], np.maximum(source, 0)], np.nan)


def _in_figures(differing: Steps, ours: Floats) -> Steps:
    """A step in differences from the year before, told as one of figures: from the level of the periods before it."""
    is_before = np.arange(ours.shape[1]) < (ours.shape[1] - differing.run)[:, None]
    known = ~np.isnan(ours)
    level, now = rows.mean(ours, known & is_before), rows.mean(ours, known & ~is_before)
    seen = np.sign(differing.size) * (now - level) >= np.abs(differing.size) / 2
    p = np.minimum(2 * differing.p, NEVER)
    return replace(differing, before=level, sigma=differing.sigma / np.sqrt(2), p=p, stays=differing.stays & seen)


def _doubted(plain: Steps, yearly: Floats, hidden: Bools, looks: Floats) -> Steps:
    """The same steps; where there may be a season, no likelier than the year before lets them be, if there is one."""
    is_since = np.arange(yearly.shape[1]) >= (yearly.shape[1] - plain.run)[:, None]
    known = is_since & ~np.isnan(yearly)
    number = rows.count(known)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = plain.sigma * np.sqrt(2 / (number * plain.worth))
        p = 2 * tail(np.sign(plain.size) * rows.mean(yearly, known) / error, plain.freedom)
    certain = (plain.run >= LONG) & (np.abs(plain.size) >= FAR * plain.sigma)
    doubt = np.where(number >= SINCE, np.maximum(plain.p, p), np.where(certain, plain.p, np.nan))
    return replace(plain, p=np.where(hidden, plain.p, np.minimum(looks * doubt, NEVER)))


def _chance(side: Side, pair: Ints, column: Ints, window: int) -> Floats:
    """The binomial variance of one figure of a proportion in its window; zero for anything else."""
    proportion = np.flatnonzero(side.unit[pair] == Unit.FRACTION)
    values, sizes = (
        _windows(each, pair[proportion], column[proportion], window) for each in (side.values, side.denominators)
    )
    known = ~np.isnan(values) & (sizes > 0)
    level = rows.mean(values, known)
    with np.errstate(divide="ignore"):
        variance = np.clip(level * (1 - level), 0, None) * rows.mean(1 / sizes, known)
    chance = np.zeros(len(pair))
    chance[proportion] = np.nan_to_num(variance)
    return chance


def _same(ours: Floats, theirs: Floats) -> Bools:
    """Which pairs are a measure beside itself: no companion."""
    return ((ours == theirs) | (np.isnan(ours) & np.isnan(theirs))).all(axis=1)


FIGURES = ("reference", "baseline", "lower", "upper", "dispersion", "history", "run")
