"""What the figures of one side claim for a judged period: on target, improving, giving way, too small to claim at all."""

from dataclasses import dataclass

import numpy as np

from metrics.detection.batch import Bools, Floats, Side
from metrics.detection.expectation import Expectation
from metrics.detection.targets import meets, misses

DOUBT = 0.05
"""One-sided chance below which a claim is doubted or believed; lenient, for it only decides who is asked."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One side's claim in one period, one value a pair. `p_better` and `p_worse` are NaN without a past."""

    value: Floats
    on_target: Bools
    off_target: Bools
    p_better: Floats
    p_worse: Floats
    missing: Bools
    small: Bools

    @property
    def worsening(self) -> Bools:
        """Moving the wrong way, beyond doubt."""
        return self.p_worse <= DOUBT

    @property
    def improving(self) -> Bools:
        """Moving the right way, beyond doubt."""
        return self.p_better <= DOUBT

    @property
    def holds(self) -> Bools:
        """On target and not giving way: a figure its function may show."""
        return self.on_target & ~self.worsening


def claim(side: Side, expected: Expectation, column: int) -> Claim:
    """Read one side's claim for a period against its target and its own past."""
    value, known = side.values[:, column], expected.known()
    better, worse = (
        np.where(known, expected.moved(sign)[:, -1], np.nan) for sign in (side.direction, -side.direction)
    )
    return Claim(
        value=value,
        on_target=meets(value, side.target, side.direction, side.decimals),
        off_target=misses(value, side.target, side.direction, side.decimals),
        p_better=better,
        p_worse=worse,
        missing=np.isnan(value),
        small=side.sizes[:, column] < side.reliable_from,
    )


def bad_run(side: Side, column: int, reference: Floats) -> Floats:
    """Periods in a row up to this one on the wrong side of a reference, one value a pair; a gap ends the row."""
    wrong = misses(side.values[:, : column + 1], reference[:, None], side.direction[:, None], side.decimals[:, None])
    backwards = wrong[:, ::-1]
    return np.where(backwards.all(axis=1), backwards.shape[1], backwards.argmin(axis=1)).astype(float)
