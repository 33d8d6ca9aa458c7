"""Mix: a total hides a part that fails (E. H. Simpson, "The interpretation of interaction", JRSS B 13 (1951)).

Three ways to be a finding.
LEVEL, asked where a link declares that one measure may hide another: the whole is on its target; the part, which
carries a tenth of it at least, is off its own by more than counting explains (E. B. Wilson's interval); and what the
rest has more than the part is no chance, with the spread that their gaps really have. The chance told is that of part
against rest: whether the part's failing is new does not matter here, only that it is there, and covered.
COMPOSITION, asked there too: what the whole would show at the shares of its past has worsened beyond chance and by
the smallest change that matters, while the whole itself has not, since at least half of it is made up for by more
cases coming where figures are better (E. M. Kitagawa, "Components of a difference between two rates", JASA 50 (1955)).
TREND, asked of a measure's segments: one has fallen away from the rest of its whole and stands off target, while the
whole is on target and not giving way. Segments that have always differed are no finding here: that is inconsistency.
Nor is one in which a measure that this one is linked with gives way as well: bad news from both sides is not hidden.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Side, Unit, Verdict
from metrics.detection.claimed import looks
from metrics.detection.claims import DOUBT, Claim, bad_run
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.hiding import Way, fallen_away, made_up_for, standing_apart
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.parts import comparable, is_detail
from metrics.detection.statistics.expectation import expect
from metrics.detection.statistics.intervals import wilson
from metrics.detection.targets import misses

CARRIES = 0.1
"""Share of the whole from which a part that is declared, or missing, is more than a detail of it."""


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is the whole, the `outcome` side the part."""
    answer = Judgements.empty(batch)
    for look in looks(batch):
        cells = _judge_column(look.block, look.claimed, look.column)
        answer.write(look.pairs, look.position, look.judged, cells)
    return answer


def gives_way(beside: Side, column: int, season: int) -> Bools:
    """Which of the measures that stand beside parts have given way themselves, in one of the tested periods."""
    worsened = expect(beside, column, season).worsened(beside.direction)
    return np.fmin.reduce(worsened, axis=1) <= DOUBT


def quieten(answer: Judgements, pairs: Ints, column: int) -> None:
    """Take back what was found of parts beside which another measure gives way, too: bad news, and nothing hidden."""
    told = {"verdict": Verdict.CONCORDANT, "basis": Basis.NONE, "p": np.nan}
    answer.write(
        pairs, column, np.ones(len(pairs), bool), {name: np.full(len(pairs), each) for name, each in told.items()}
    )


def _judge_column(block: Batch, claimed: Claim, column: int) -> dict[str, NDArray]:
    part = Standing.of(block, claimed, column)
    asked = {basis: chosen for basis, chosen in part.asked(block, claimed).items() if chosen.any()}
    ways = {basis: _found(block, basis, chosen, column) for basis, chosen in asked.items()} or {
        Basis.NONE: Way.nothing(len(part.value))
    }
    open_ways = np.where(block.of_parent, 1.0, 2.0)
    chances = np.stack([way.counted(open_ways) for way in ways.values()])
    unasked = np.isnan([way.matters for way in ways.values()])
    best = np.where(np.isnan(chances), np.where(unasked, np.inf, 2.0), chances).argmin(axis=0)
    p = np.fmin.reduce(chances)
    p = np.where(np.isnan(p) & part.claimed, 1.0, p)
    told = Way.chosen(list(ways.values()), best)
    cells = {"verdict": _verdict(part, told, p), "p": p, "effect": told.effect}
    if not block.in_full:
        return cells
    return cells | {
        "basis": np.where(p <= LIMIT_ALPHA, np.array(list(ways))[best], Basis.NONE),
        "kpi_value": claimed.value,
        "value": part.value,
        "size": part.size,
        "reference": told.reference,
        "baseline": told.expected,
        "lower": told.expected - told.reach,
        "upper": told.expected + told.reach,
        "dispersion": told.sigma,
        "history": told.history,
        "run": bad_run(block.outcome, column, block.outcome.target),
        "seasonal": np.zeros(len(part.value), bool),
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """Where parts stand in one period, one value a pair, and whether anything is claimed that might hide it."""

    value: Floats
    size: Floats
    missing: Bools
    small: Bools
    detail: Bools
    comparable: Bools
    off: Bools
    claimed: Bools
    surely_off: Bools
    carries: Bools

    @classmethod
    def of(cls, block: Batch, claimed: Claim, column: int) -> Self:
        """Read the parts of a block."""
        part, whole = block.outcome, block.kpi
        value, size = part.values[:, column], part.sizes_at(column)
        missing, small = claimed.missing | np.isnan(value), claimed.small | (size < part.reliable_from)
        rates, detail = comparable(whole, part, column), block.of_parent & is_detail(whole, part, column)
        stands = claimed.on_target | (np.isnan(whole.target) & ~claimed.worsening)
        steady = np.where(block.of_parent, stands & ~claimed.worsening, stands | claimed.improving)
        off = misses(value, part.target, part.direction, part.decimals)
        asked = steady & rates & ~missing & ~small & ~detail
        return cls(
            value,
            size,
            missing,
            small,
            detail,
            rates,
            off,
            asked,
            _surely_off(part, column),
            _carries(whole, part, column),
        )

    def asked(self, block: Batch, claimed: Claim) -> dict[Basis, Bools]:
        """Which way is asked of which pairs."""
        part, whole = block.outcome, block.kpi
        declared = self.claimed & ~block.of_parent
        fractions = (part.unit == Unit.FRACTION) & (whole.unit == Unit.FRACTION)
        stands = claimed.on_target | np.isnan(whole.target)
        return {
            Basis.LEVEL: declared & stands & self.off & self.surely_off & self.carries,
            Basis.COMPOSITION: declared & fractions & ~claimed.worsening,
            Basis.TREND: self.claimed & block.of_parent & (self.off | np.isnan(part.target)),
        }


def _surely_off(part: Side, column: int) -> Bools:
    """Whether counting alone does not explain that parts are off target; told only where there are cases to count."""
    value, size = part.values[:, column], part.denominators[:, column]
    low, high = wilson(value * size, size)
    counted = (part.unit == Unit.FRACTION) & (size > 0)
    return ~counted | np.where(part.direction > 0, high < part.target, low > part.target)


def _carries(whole: Side, part: Side, column: int) -> Bools:
    """Whether parts are a share of their whole that matters; a share that nobody knows is taken for one."""
    return ~(part.denominators[:, column] < CARRIES * whole.denominators[:, column])


def _found(block: Batch, basis: Basis, asked: Bools, column: int) -> Way:
    chosen = np.flatnonzero(asked)
    given = block.kpi.rows(chosen), block.outcome.rows(chosen), block.one_is_enough[chosen], column
    way = {Basis.LEVEL: standing_apart, Basis.TREND: fallen_away}.get(basis, made_up_for)
    return way(*given, int(block.season[0])).among(asked)


def _verdict(part: Standing, told: Way, p: Floats) -> NDArray[np.int64]:
    """The first of these that is true, in the order in which a reader would ask."""
    conditions = [
        (part.missing, Verdict.MISSING),
        (~part.comparable, Verdict.NOTHING_STATED),
        (part.small, Verdict.TOO_SMALL),
        (part.detail, Verdict.A_DETAIL),
        (~part.claimed & part.off, Verdict.CONCORDANT),
        (~part.claimed | np.isnan(told.matters), Verdict.QUIET),
        (np.isnan(told.p), Verdict.NO_BASELINE),
        (p <= LIMIT_ALPHA, Verdict.FLAG),
        (~(told.effect > 0), Verdict.QUIET),
        (told.matters == 0, Verdict.BELOW_MINIMUM_EFFECT),
        ((told.alone <= LIMIT_ALPHA / 2) & ~(told.repeated <= LIMIT_ALPHA), Verdict.NOT_PERSISTENT),
    ]
    return first_true(conditions, Verdict.WITHIN_NOISE)
