"""Two measures on one axis of periods, with all that is known of either: what the page of a link speaks of."""

from dataclasses import dataclass

import numpy as np

from forums.measures.charts import word
from metrics.detection.batch import Floats
from metrics.figures.courses import Course
from metrics.figures.history import History
from truthgov.periods import Grain, Period
from truthgov.svg.series import as_decimal


@dataclass(frozen=True, slots=True)
class Pairs:
    """Figures of a KPI (`ours`) and of an outcome (`theirs`), missing ones NaN, over `periods` by running number."""

    grain: Grain
    periods: range
    ours: Floats
    theirs: Floats
    histories: tuple[History, History]

    @classmethod
    def of(cls, kpi: Course, outcome: Course) -> "Pairs":
        histories = kpi.history, outcome.history
        held = [each.periods for each in histories if each.periods]
        first, end = min((each.start for each in held), default=0), max((each.stop for each in held), default=0)
        periods = range(first, end)
        ours, theirs = (each.over(periods)[0] for each in histories)
        return cls(Grain(outcome.definition.grain), periods, ours, theirs, histories)

    @property
    def broken(self) -> list[int]:
        """The indices from which either is counted differently."""
        return sorted({at - self.periods.start for each in self.histories for at in each.breaks})

    def period(self, at: int) -> Period:
        return Period.from_ordinal(self.periods[at], self.grain)

    def known(self, lag: int) -> list[int]:
        """The indices of the KPI's figures with a figure of the outcome so many periods later."""
        ours, theirs = self.ours[: max(len(self.ours) - lag, 0)], self.theirs[lag:]
        return np.flatnonzero(np.isfinite(ours) & np.isfinite(theirs)).tolist()

    def word(self, at: int, lag: int) -> str:
        """One pair in words, each figure in its unit of then."""
        kpi, outcome = self.histories
        ours = word(as_decimal(float(self.ours[at])), kpi.definition(self.periods[at]))
        theirs = word(as_decimal(float(self.theirs[at + lag])), outcome.definition(self.periods[at + lag]))
        return f"{self.period(at)}: {ours}; {self.period(at + lag)}: {theirs}"
