"""Rolling figures up: from periods to a longer one, from parts to their whole, as the definition says. Pure.

What is missing makes the whole unknown: a part of a sum is never shown as the sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from metrics.formulas import Figure
from metrics.formulas.computing import as_stored
from truthgov.periods import Grain, Period

ORDER = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER)
OVER_PERIODS = ("sum", "ratio", "last")
OVER_SEGMENTS = ("sum", "ratio")
"""The roll-ups that lead to a figure; by any other nothing is added up."""
THURSDAY = timedelta(days=3)
REFUSED = "{} is never computed from parts: its definition names no roll-up for them. Ask for its own figures."


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What parts come to: no figure where one of the `expected` is not `given`, or `why` it cannot be had."""

    given: int
    expected: int
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    why: str = ""

    @property
    def complete(self) -> bool:
        return self.given == self.expected


def longer(grain: Grain) -> tuple[Grain, ...]:
    """The grains that figures of this one are rolled up to."""
    return ORDER[ORDER.index(grain) + 1 :]


def within(period: Period, grain: Grain) -> list[Period]:
    """The periods of a shorter grain that belong to a period: a week to the one that most of its days lie in."""
    first = Period.containing(period.start, grain)
    return [each for each in _following(first, period) if period.start <= _middle(each) < period.end]


def _following(first: Period, period: Period) -> Iterator[Period]:
    while first.start < period.end:
        yield first
        first = first.shift(1)


def _middle(period: Period) -> date:
    return period.start + THURSDAY if period.grain is Grain.WEEK else period.start


def roll_up(how: str, parts: Sequence[Figure | None]) -> RolledUp:
    """What figures come to by a roll-up, in the order of their periods; None stands for one that is missing.

    ValueError for a roll-up by which nothing is added up.
    """
    if how not in OVER_PERIODS:
        raise ValueError(how)
    asked = parts[-1:] if how == "last" else parts
    given = [part for part in asked if part is not None]
    if len(given) < len(asked) or not given:
        return RolledUp(len(given), max(len(asked), 1), why=f"{len(given)} of {len(asked)} figures are there")
    if how == "last":
        return _told(given, given[0].value, given[0].numerator, given[0].denominator)
    numerator, denominator = _sum([part.numerator for part in given]), _sum([part.denominator for part in given])
    if how == "sum":
        return _told(given, sum((part.value for part in given), Decimal(0)), numerator, denominator)
    if numerator is None or denominator is None:
        return RolledUp(len(given), len(given), why="not every figure came with its numerator and denominator")
    if not denominator:
        return RolledUp(len(given), len(given), why="its denominators come to nothing")
    return _told(given, as_stored(Fraction(numerator) / Fraction(denominator)), numerator, denominator)


def _told(given: Sequence[Figure], value: Decimal, numerator: Decimal | None, denominator: Decimal | None) -> RolledUp:
    return RolledUp(len(given), len(given), value, numerator, denominator)


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
