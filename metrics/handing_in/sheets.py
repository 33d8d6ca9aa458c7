"""What one function or journey owes for one period, figure by figure."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from metrics.models import Absence, Definition, Measure, Reading, Segment, Source
from truthgov.models import Scope
from truthgov.periods import Period


@dataclass(frozen=True)
class Cell:
    """A figure that is due, with what is on record and what was a period before.

    Without a source where none ever delivered it. `absence` is what was said in the place of a figure. It is not owed
    where it is so small a part of the whole that there may be nothing to report.
    """

    measure: Measure
    definition: Definition
    segment: Segment
    source: Source | None
    reading: Reading | None = None
    last: Reading | None = None
    absence: Absence | None = None
    is_attested: bool = False
    is_owed: bool = True

    @property
    def key(self) -> str:
        return f"{self.measure.pk}-{self.segment.pk}"

    @property
    def unit(self) -> str:
        return self.definition.worded_unit

    @property
    def is_answered(self) -> bool:
        """Is there a figure, or was it said that there is none?"""
        return self.reading is not None or self.absence is not None

    @property
    def is_missing(self) -> bool:
        return self.is_owed and not self.is_answered

    @property
    def misses_target(self) -> bool:
        return self.reading is not None and self.definition.meets_target(self.reading.value) is False


@dataclass(frozen=True)
class Sheet:
    """What one function or journey owes for one period."""

    scope: Scope
    period: Period
    cells: list[Cell] = field(default_factory=list)

    def cell(self, measure: str, segment: str) -> Cell | None:
        """The figure of a measure's code and a segment's key; None where no such figure is due."""
        return next((cell for cell in self.cells if (cell.measure.code, cell.segment.key) == (measure, segment)), None)

    @property
    def missing(self) -> int:
        return sum(cell.is_missing for cell in self.cells)

    @property
    def owed(self) -> int:
        return sum(cell.is_owed or cell.is_answered for cell in self.cells)

    @property
    def absent(self) -> list[Cell]:
        """Figures that somebody said are not available."""
        return [cell for cell in self.cells if cell.absence]

    @property
    def standing(self) -> list[Cell]:
        """Figures on record, and those said to be unavailable: what can be attested."""
        return [cell for cell in self.cells if cell.is_answered]

    @property
    def unattested(self) -> int:
        return sum(not cell.is_attested for cell in self.standing)

    @property
    def is_attested(self) -> bool:
        """Does somebody stand behind everything that is on record, as it stands?"""
        return bool(self.standing) and not self.unattested

    @property
    def due_on(self) -> date:
        """The last day on which the first of its figures is still as fresh as its definition promises."""
        missing = [cell for cell in self.cells if cell.is_missing]
        owed = [cell for cell in self.cells if cell.is_owed or cell.is_answered]
        return min(self.deadline(cell) for cell in missing or owed or self.cells)

    def deadline(self, cell: Cell) -> date:
        return self.period.end + timedelta(days=cell.definition.freshness_days)

    def late(self, *, on: date) -> list[Cell]:
        """The figures that have not come although their deadline has passed."""
        return [cell for cell in self.cells if cell.is_missing and self.deadline(cell) < on]
