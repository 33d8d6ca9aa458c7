"""Gaming: a KPI got better, or stands on target, while something gave way that should not have.

After C. A. E. Goodhart ("Problems of monetary management", 1975) and G. Bevan and C. Hood, "What's measured is what
matters: targets and gaming in the English public health care system", Public Administration 84 (2006). Five ways to
be a finding; `signs` holds their statistics, and all that could be asked are charged for.
TREND: the KPI improves, or holds its target, while its counter-measure has worsened against its own past.
BUNCHING: its values lie closer on the good side of the target than chance can keep them.
DENOMINATOR: it improves while what it is measured on shrank by a fifth and more.
HARM: with more of the KPI goes more of the harm that its counter-measure shows, which is off target or worsening.
SIGNS: two of the first three show, each at one in twenty, and all three together are as rare as a finding must be.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Side, Verdict
from metrics.detection.claimed import looks
from metrics.detection.claims import Claim, bad_run, claim, reaches
from metrics.detection.control import LIMIT_ALPHA, ZONE, persistent_p
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.signs import Bunching, GoingWith, Shrinking, bunching, going_with, shrinking, together
from metrics.detection.statistics.expectation import Expectation, expect

SHOWS = 0.05
"""Chance at which a sign counts as one of two."""
SHRUNK = 0.2
"""Share of the denominator whose loss matters."""
CLOSELY = 0.5
"""Rank correlation from which harm goes with the KPI: a quarter of the one moves with the other."""

WAYS = (Basis.TREND, Basis.BUNCHING, Basis.DENOMINATOR, Basis.HARM, Basis.SIGNS)


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is what may be gamed, the `outcome` side what guards it."""
    answer = Judgements.empty(batch)
    for look in looks(batch):
        kpi = look.block.kpi.delayed(look.block.lag)
        found = Signs.read(look.block, kpi, look.column)
        answer.write(look.pairs, look.position, look.judged, _cells(look.block, kpi, look.claimed, found, look.column))
    return answer


@dataclass(frozen=True, slots=True)
class Signs:
    """Everything that one period shows of a KPI and its counter-measure, one value a pair.

    `worsened` is the chance of the counter-measure's worsening, with the periods before it, `harm` how much it did.
    """

    guarded: Claim
    expected: Expectation
    worsened: Floats
    harm: Floats
    matters: Bools
    bunched: Bunching
    shrunk: Shrinking
    goes_with: GoingWith

    @classmethod
    def read(cls, block: Batch, kpi: Side, column: int) -> "Signs":
        """Read them off both sides."""
        guard, season = block.outcome, int(block.season[0])
        expected = expect(guard, column, season)
        tested = expected.worsened(guard.direction, zone=ZONE)
        worsened, _ = persistent_p(tested, block.one_is_enough)
        harm = guard.direction * (expected.baseline() - guard.values[:, column])
        matters = (harm > 0) & reaches(harm, guard.min_effect)
        guarded = claim(guard, tested[:, -1], column)
        return cls(
            guarded=guarded,
            expected=expected,
            worsened=worsened,
            harm=harm,
            matters=matters,
            bunched=bunching(kpi, column, season),
            shrunk=shrinking(kpi, column, season),
            goes_with=going_with(kpi, guard, column, season, guarded.off_target | guarded.worsening),
        )

    def chances(self, claimed: Claim) -> Floats:
        """p of each way, ways × pairs: 1 where it is told and does not matter, NaN where it cannot be told."""
        holds, improving = claimed.holds, claimed.improving
        standing = holds & ~self.guarded.on_target
        worse = np.where(self.matters, self.worsened, 1.0)
        trend = np.where(standing, worse, np.where(improving, np.maximum(worse, claimed.p_better), 1.0))
        bunched = np.where(claimed.on_target, self.bunched.p, 1.0)
        shrunk = np.where(self.shrunk.gone >= SHRUNK, self.shrunk.p, 1.0)
        smaller = np.where(improving, np.maximum(shrunk, claimed.p_better), 1.0)
        harm = np.where(self.goes_with.correlation >= CLOSELY, self.goes_with.p, 1.0)
        three = np.stack([worse, bunched, shrunk])
        three = np.where(np.isnan([self.worsened, self.bunched.p, self.shrunk.p]), np.nan, three)
        several = ((three <= SHOWS).sum(axis=0) > 1) & (claimed.on_target | improving)
        ways = np.stack([trend, bunched, smaller, harm, np.where(several, together(three), 1.0)])
        told = [self.worsened, self.bunched.p, self.shrunk.p, self.goes_with.p, three.min(axis=0)]
        return np.where(np.isnan(told), np.nan, ways)


def _cells(block: Batch, kpi: Side, claimed: Claim, found: Signs, column: int) -> dict[str, NDArray]:
    guard = block.outcome
    readable = claimed.readable & found.guarded.readable
    ways = np.where(readable, found.chances(claimed), np.nan)
    told = ~np.isnan(ways)
    best = np.where(told, ways, np.inf).argmin(axis=0)
    p = np.where(told.any(axis=0), np.minimum(1.0, told.sum(axis=0) * np.fmin.reduce(ways)), np.nan)
    cells = {
        "verdict": _verdict(claimed, found, p),
        "p": p,
        "effect": np.where(np.isnan(found.harm), 0.0, found.harm),
    }
    if not block.in_full:
        return cells
    basis = np.where(p <= LIMIT_ALPHA, np.array(WAYS)[best], Basis.NONE)
    baseline, reach = found.expected.baseline(), found.expected.reach()
    return cells | {
        "basis": basis,
        "kpi_value": claimed.value,
        "value": found.guarded.value,
        "size": kpi.sizes_at(column),
        "reference": _reference(kpi, found, basis),
        "baseline": baseline,
        "lower": baseline - reach,
        "upper": baseline + reach,
        "dispersion": found.expected.sigma,
        "history": np.where(basis == Basis.HARM, found.goes_with.changes, found.expected.history),
        "run": np.where(basis == Basis.BUNCHING, found.bunched.run, bad_run(guard, column, baseline)),
        "seasonal": found.expected.seasonal,
    }


def _reference(kpi: Side, found: Signs, basis: NDArray[np.integer]) -> Floats:
    """What a finding is held against: what the counter-measure, the KPI or its denominator should be; a relation."""
    small = (basis == Basis.DENOMINATOR) | (basis == Basis.SIGNS)
    conditions = [basis == Basis.BUNCHING, small, basis == Basis.HARM]
    choices = [kpi.target, found.shrunk.expected, found.goes_with.correlation]
    return np.select(conditions, choices, found.expected.baseline())


def _verdict(claimed: Claim, found: Signs, p: Floats) -> NDArray[np.int64]:
    """The first of these that is true, in the order in which a reader would ask."""
    better = claimed.holds | claimed.improving
    conditions = [
        (claimed.missing | found.guarded.missing, Verdict.MISSING),
        (claimed.small | found.guarded.small, Verdict.TOO_SMALL),
        (np.isnan(p), Verdict.NO_BASELINE),
        (p <= LIMIT_ALPHA, Verdict.FLAG),
        (~better & found.guarded.worsening, Verdict.CONCORDANT),
        (~better | ~(found.harm > 0), Verdict.QUIET),
        (~found.matters, Verdict.BELOW_MINIMUM_EFFECT),
    ]
    return first_true(conditions, Verdict.WITHIN_NOISE)
