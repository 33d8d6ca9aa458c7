"""What a series has shown over its last periods together: a claim rests on the run of periods, not on one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Bools, Floats, Ints, Side
from metrics.detection.claims import DOUBT, in_blocks
from metrics.detection.statistics.scan import scan
from metrics.detection.statistics.stretch import WIDEST
from metrics.detection.targets import meets


@dataclass(frozen=True, slots=True)
class Showing:
    """What one side shows over each window of periods, pairs × windows.

    `holds` says that its mean stands on target without giving way, `better` is the p of its having improved, 1 where
    nothing is known.
    """

    holds: Bools
    better: Floats

    @property
    def improving(self) -> Bools:
        """Moving the right way, beyond doubt."""
        return self.better <= DOUBT

    @property
    def leaning(self) -> Bools:
        """Rather moving the right way than not."""
        return self.better <= 0.5


@dataclass(frozen=True, slots=True)
class Showings:
    """The showings of series in many periods, each read once however many pairs lean on it: periods × series × windows.

    Row 0 stands for whatever lies before the first period, where nothing is shown.
    """

    holds: Bools
    better: NDArray[np.float32]

    @classmethod
    def of(cls, side: Side, leant_on: Iterable[tuple[int, Ints]], season: int) -> Self:
        """Read what some series of a side show up to each of some periods."""
        series, periods = side.values.shape
        shape = periods + 1, series, WIDEST
        showings = cls(np.zeros(shape, bool), np.ones(shape, np.float32))
        for column, block in in_blocks(leant_on):
            showing = shown(side.rows(block), column, season)
            showings.holds[column + 1, block] = showing.holds
            showings.better[column + 1, block] = showing.better
        return showings

    def over(self, column: int, lag: Ints, series: Ints) -> Showing:
        """What stands over a period: shown `lag` periods before."""
        place = (np.maximum(column - lag, -1) + 1) * self.holds.shape[1] + series
        flat = -1, WIDEST
        return Showing(self.holds.reshape(flat)[place], self.better.reshape(flat)[place].astype(float))


def shown(side: Side, column: int, season: int) -> Showing:
    """What every series of a side shows up to one period."""
    seen = scan(side, column, season)
    better = seen.moved(side.direction)
    on_target = meets(seen.mean, side.target[:, None], side.direction[:, None], side.decimals[:, None])
    return Showing(on_target & ~(better >= 1 - DOUBT), np.where(np.isnan(better), 1.0, better))
