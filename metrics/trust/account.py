"""What the record says of one measure's figure in one period: everything its trust is judged by. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from truthgov.figures import EXACTLY
from truthgov.periods import Period

RECENT = 5
"""Periods before the one judged that are looked at: for gaps, and for another way of counting."""


@dataclass(frozen=True, slots=True)
class Source:
    """What another source says of the same figure."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """What the parts come to, along some dimensions ("hotel")."""

    by: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The figure of the whole (None where none has come) with what stands beside it; shares and tolerances relative.

    `expected` parts reported before, `absent` are those of them that are silent, `given` all that report. `flaws` are
    what makes the whole impossible, `flawed_parts` (name, flaw) what makes parts so. Of `looked_back` periods before
    that could have a figure, `gaps` have none. `alike` of `compared` recent periods, this one included, are counted
    as this one is. `late_feeds` owe a figure that has not come. `attested` says whether somebody stands behind the
    figure as it is (None where nobody has to), `was_attested` whether its scope has attested the period at all.
    `unavailable` says why a figure that is computed cannot be.
    """

    period: Period
    today: date
    promised_days: int
    figure: Decimal | None = None
    decimals: int = 2
    tolerance: Decimal = Decimal("0.05")
    arrived: date | None = None
    is_late: bool = False
    late_feeds: tuple[str, ...] = ()
    expected: int = 0
    given: int = 0
    absent: tuple[str, ...] = ()
    looked_back: int = 0
    gaps: tuple[Period, ...] = ()
    flaws: tuple[str, ...] = ()
    flawed_parts: tuple[tuple[str, str], ...] = ()
    others: tuple[Source, ...] = ()
    totals: tuple[Total, ...] = ()
    is_disputed: bool = False
    is_conflicting: bool = False
    version: int = 1
    alike: int = 1
    compared: int = 1
    changed_on: str = ""
    declared: str = ""
    attested: bool | None = None
    was_attested: bool = False
    unavailable: str = ""

    @property
    def due(self) -> date:
        """The day by which the figure was promised."""
        return self.period.end + timedelta(days=self.promised_days)

    @property
    def is_history(self) -> bool:
        """Did it come after its day without being late? So do figures of the time before anything was promised."""
        return self.arrived is not None and self.arrived > self.due and not self.is_late

    @property
    def owes_attestation(self) -> bool:
        """Must somebody stand behind it by now? From the day after its deadline, and before where somebody did."""
        return self.was_attested or (not self.is_history and self.today > self.due)

    def difference(self, other: Decimal) -> Decimal:
        """How far another figure is from this one, relative to this one, both at the definition's decimals."""
        last = Decimal(1).scaleb(-self.decimals)
        ours, theirs = (each.quantize(last, context=EXACTLY) for each in (self.figure or Decimal(0), other))
        if ours == theirs:
            return Decimal(0)
        return abs(theirs - ours) / abs(ours) if ours else Decimal(10)
