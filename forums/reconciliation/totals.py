"""The total of each measure from its source of record: what every read model of the forums shows."""

from collections.abc import Collection, Iterable
from datetime import date

from metrics.dictionary.declared import Declared
from metrics.dictionary.terms import Terms
from metrics.figures.known import Cell, Known, figures
from metrics.figures.rolling import OVER_PERIODS, Part, RolledUp, longer, roll_up_parts, within
from metrics.formulas import Figure
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period


class Totals:
    """What is declared of some measures, as known at a moment (three queries), and the figures of their totals.

    `load` reads the figures of a range of dates into it, one query each time.
    """

    def __init__(self, measures: Collection[int], moment: Moment) -> None:
        self._moment = moment
        self.declared = Declared(measures, moment)
        self.figures: dict[Cell, Known] = {}

    def load(self, measures: Iterable[int], first: date, last: date) -> None:
        """Read the figures, from every source, of periods that start from `first` to `last`."""
        keys = [whole.pk for measure in measures for whole in self.declared.wholes(measure)]
        self.figures |= figures(keys, first, last, known_at=self._moment.entry)

    def terms(self, measure: int, start: date) -> Terms | None:
        """The terms by which the figure of the period that starts on a day is read."""
        return self.declared.read_by(measure, start)

    def rolled_up(self, measure: int, period: Period) -> tuple[RolledUp, tuple[int, ...]] | None:
        """What the total's figures within a longer period come to, with their observations.

        None where its definition names no roll-up, or its own periods are as long.
        """
        terms = self.terms(measure, period.start)
        if terms is None or period.grain not in longer(Grain(terms.grain)):
            return None
        asked = [(each, self.terms(measure, each.start) or terms) for each in within(period, Grain(terms.grain))]
        if all(rule.roll_up not in OVER_PERIODS for _, rule in asked):
            return None
        found = [self.figure(measure, each.start) for each, _ in asked]
        parts = [Part(*each, _figure(known)) for each, known in zip(asked, found, strict=True)]
        return roll_up_parts(parts), tuple(known.observation for known in found if known)

    def figure(self, measure: int, start: date) -> Known | None:
        """The total from the source of record for the period that starts on a day."""
        whole = self.declared.shown(measure, start)
        return self.figures.get((whole.pk, start)) if whole else None


def _figure(known: Known | None) -> Figure | None:
    return Figure(known.value, known.numerator, known.denominator) if known else None
