"""Handoff: does what one function passes on agree with what the next receives or can keep?

Three ways to ask, the first that can be asked being the one:
1. both ends share a unit and the link states the pass-through it promises: the share that arrived is held against it,
   less its tolerance;
2. the receiving measure states a red threshold: it lies beyond that while the passing one is on target, or, without a
   target, has nothing against it;
3. both ends share a unit and nothing is stated: the share that arrived is held against its own past.
A stated bound already lies where nobody may doubt that something is wrong, so it is enough that this period's 95 %
interval excludes it, or that the last three do together, or that six in a row lie beyond it (a run of r on one side
has chance 2⁻ʳ); the looks are not charged for, since who stands right at the bound is not innocent. What the family of
all pairs is counted with is the chance of such figures if nothing were wrong: if the receiving measure stood at its
target, or all arrived that is promised. A past is no promise, so a fall from it must be as rare as a divergence.

The interval is as wide as figures move by themselves, for noise is no contradiction. Where noise is ruled out, since a
measure that stood at its target would show such figures as rarely as a point outside three-sigma limits, the interval
need only be as wide as counting makes it: what a process is able to do does not move what it is held to (D. J. Wheeler
and D. S. Chambers, *Understanding Statistical Process Control*, 1992, on specifications and natural process limits).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Side, Unit, Verdict, reach
from metrics.detection.claims import Claim, bad_run, own_claim, reaches
from metrics.detection.control import LIMIT_ALPHA, ZONE, persistent_p
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.sources import DEFAULT_TOLERANCE
from metrics.detection.statistics.expectation import Expectation, expect
from metrics.detection.targets import misses

BOUND_ALPHA = 0.025
"""One-sided chance at which a 95 % interval excludes a bound."""
DOUBTFUL = 0.5
"""Chance from which a figure does not even lean beyond its bound, whatever came before it."""
LOOKS = 2.0
"""What is charged to who stands well, for looking at the period and at those before it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is received, as one series a pair, and the bound it must not pass: NaN where only its past counts.

    `well` is where it would stand if nothing were wrong; where no such thing is stated, at the bound.
    """

    received: Side
    bound: Floats
    well: Floats
    askable: Bools


@dataclass(frozen=True, slots=True)
class Chance:
    """p of the received figure by itself, with what came before, and of its persistence; NaN without a past to say.

    Where a bound is stated these are held against it; `p` is the chance if nothing were wrong.
    """

    alone: Floats
    clear: Floats
    repeated: Floats
    p: Floats


@dataclass(frozen=True, slots=True)
class Taking:
    """What the receiving side shows in one period, and whether that is on the wrong side of what it is held against."""

    value: Floats
    size: Floats
    missing: Bools
    small: Bools
    wrong: Bools


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is passed on, the `outcome` side received."""
    answer = Judgements.empty(batch)
    for pairs, block in batch.blocks():
        passed = block.kpi.delayed(block.lag)
        promise = _promise(block, passed)
        for position, column in enumerate(answer.columns.tolist()):
            judged = block.judge[:, column]
            if judged.any():
                answer.write(pairs, position, judged, _judge_column(block, passed, promise, column))
    return answer


def _promise(block: Batch, passed: Side) -> Promise:
    outcome = block.outcome
    stated = block.shares_unit & ~np.isnan(block.expected)
    as_share = judged_as_share(block.shares_unit, block.expected, outcome.red_threshold)
    tolerance = np.where(np.isnan(block.tolerance), DEFAULT_TOLERANCE, block.tolerance)
    bound = np.where(stated, block.expected * (1 - tolerance), np.where(as_share, np.nan, outcome.red_threshold))
    received = _received(outcome, passed, as_share)
    return Promise(
        received, bound, _well(received, bound, np.where(stated, block.expected, np.nan)), as_share | ~np.isnan(bound)
    )


def _well(received: Side, bound: Floats, promised: Floats) -> Floats:
    """The promised share or the target, where it lies on the good side of the bound; else the bound."""
    stated = np.where(np.isnan(promised), received.target, promised)
    return np.where(received.direction * (stated - bound) > 0, stated, bound)


def judged_as_share(shares_unit: Bools | bool, expected: Floats | float, red_threshold: Floats | float) -> Bools:
    """Is a handoff judged by the share that arrives? One unit, and a pass-through stated or no bound to stay within."""
    return np.logical_and(shares_unit, ~np.isnan(expected) | np.isnan(red_threshold))


def _received(outcome: Side, passed: Side, as_share: Bools) -> Side:
    """The receiving side; where both share a unit, the share of what was passed on that arrived, more being better."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(passed.values > 0, outcome.values / passed.values, np.nan)
    cells = as_share[:, None]
    return replace(
        outcome,
        values=np.where(cells, share, outcome.values),
        denominators=np.where(cells, passed.sizes, outcome.denominators),
        direction=np.where(as_share, 1.0, outcome.direction),
        unit=np.where(as_share, int(Unit.MEAN), outcome.unit),
        decimals=np.where(as_share, 4, outcome.decimals),
        min_effect=np.where(as_share, np.nan, outcome.min_effect),
        target=np.where(as_share, np.nan, outcome.target),
    )


def _judge_column(block: Batch, passed: Side, promise: Promise, column: int) -> dict[str, NDArray]:
    season, received = int(block.season[0]), promise.received
    expected = expect(received, column, season)
    giving = own_claim(passed, column, season)
    stated, baseline = ~np.isnan(promise.bound), expected.baseline()
    reference = np.where(stated, promise.bound, baseline)
    run = bad_run(received, column, reference)
    chance = _chance(block, promise, expected, np.minimum(run, reach(season)))
    taking = _taking(received, reference, column)
    effect = received.direction * (reference - taking.value)
    verdict = _verdict(promise, giving, taking, effect, chance)
    asked = giving.stands & giving.readable & ~taking.missing & ~taking.small
    cells = {"verdict": verdict, "p": np.where(asked, chance.p, np.nan), "effect": effect}
    if not block.in_full:
        return cells
    limit = expected.reach()
    way = np.where(stated, Basis.LEVEL, Basis.TREND)
    return cells | {
        "basis": np.where(verdict == Verdict.FLAG, way, Basis.NONE),
        "kpi_value": giving.value,
        "value": taking.value,
        "size": taking.size,
        "reference": reference,
        "baseline": baseline,
        "lower": baseline - limit,
        "upper": baseline + limit,
        "dispersion": expected.sigma,
        "history": expected.history,
        "run": run,
        "seasonal": expected.seasonal,
    }


def _taking(received: Side, reference: Floats, column: int) -> Taking:
    value, size = received.values[:, column], received.sizes_at(column)
    wrong = misses(value, reference, received.direction, received.decimals)
    return Taking(value, size, np.isnan(value), size < received.reliable_from, wrong)


def _chance(block: Batch, promise: Promise, expected: Expectation, run: Floats) -> Chance:
    wrong, stated = -promise.received.direction, ~np.isnan(promise.bound)
    moved = expected.moved(np.where(stated, np.nan, wrong), zone=ZONE)
    beyond = expected.beyond(promise.bound, wrong, zone=DOUBTFUL)
    counted = expected.counted_beyond(promise.bound, wrong, zone=DOUBTFUL)
    past_p, past_repeated = persistent_p(moved, block.one_is_enough)
    (near, repeated), (fact, _), (far, _) = (
        _bounded(tested, block.one_is_enough, run)
        for tested in (beyond, counted, expected.beyond(promise.well, wrong, zone=DOUBTFUL))
    )
    no_noise = LOOKS * far <= LIMIT_ALPHA
    clear = np.where(no_noise, np.fmin(near, fact), near)
    told = expected.known() | (stated & expected.bounded())
    return Chance(
        alone=np.where(stated, beyond[:, -1], moved[:, -1]),
        clear=np.where(told, np.where(stated, clear, past_p), np.nan),
        repeated=np.where(stated, repeated, past_repeated),
        p=np.where(told, np.where(stated, np.fmin(LOOKS * far, near), past_p), np.nan),
    )


def _bounded(beyond: Floats, one_is_enough: Bools, run: Floats) -> tuple[Floats, Floats]:
    """Chance of figures so far beyond a bound, and of those of several periods alone."""
    _, together = persistent_p(beyond, one_is_enough, zone=DOUBTFUL)
    repeated = np.fmin(together, 0.5**run)
    return np.where(one_is_enough, np.fmin(beyond[:, -1], repeated), repeated), repeated


def _verdict(promise: Promise, giving: Claim, taking: Taking, effect: Floats, chance: Chance) -> NDArray[np.int64]:
    """The first of these that is true, in the order in which a reader would ask."""
    stated = ~np.isnan(promise.bound)
    alpha = np.where(stated, BOUND_ALPHA, LIMIT_ALPHA)
    conditions = [
        (~promise.askable, Verdict.NOTHING_STATED),
        (giving.missing | taking.missing, Verdict.MISSING),
        (giving.small | taking.small, Verdict.TOO_SMALL),
        (np.isnan(chance.clear), Verdict.NO_BASELINE),
        (~taking.wrong, Verdict.QUIET),
        (~giving.stands, Verdict.CONCORDANT),
        (~stated & ~reaches(effect, promise.received.min_effect), Verdict.BELOW_MINIMUM_EFFECT),
        (chance.clear <= alpha, Verdict.FLAG),
        ((chance.alone <= alpha) & (chance.repeated > alpha), Verdict.NOT_PERSISTENT),
    ]
    return first_true(conditions, Verdict.WITHIN_NOISE)
