"""Rolling figures up: from periods to a longer one, from parts to their whole, as the definition says. Pure.

What is missing makes the whole unknown: a part of a sum is never shown as the sum. So does a rule that changes among
the parts: each is counted by the version in force for it, and what was counted otherwise is never added to it unless a
bridge leads across.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from metrics.formulas import Figure
from metrics.formulas.computing import as_stored, fits
from truthgov.periods import Grain, Period

ORDER = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER)
OVER_PERIODS = ("sum", "ratio", "last")
OVER_SEGMENTS = ("sum", "ratio")
"""The roll-ups that lead to a figure; by any other nothing is added up."""
THURSDAY = timedelta(days=3)
REFUSED = "{} is never computed from parts: its definition names no roll-up for them. Ask for its own figures."


class Rule(Protocol):
    """What a version of a definition says of counting and adding up."""

    @property
    def version(self) -> Any: ...
    @property
    def roll_up(self) -> Any: ...
    @property
    def changes_counting(self) -> Any: ...
    @property
    def bridge_factor(self) -> Any: ...
    @property
    def bridge_offset(self) -> Any: ...


class Part(NamedTuple):
    """The figure of a shorter period, or its absence, and the version by which it is read."""

    period: Period
    rule: Rule
    figure: Figure | None


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


def roll_up_parts(parts: Sequence[Part]) -> RolledUp:
    """What parts in the order of their periods come to, each by the version in force for it.

    Without a figure, and with the reason, where the versions add up differently, or count differently without a bridge.
    ValueError where none of them adds anything up.
    """
    ways = {part.rule.roll_up for part in parts}
    if ways.isdisjoint(OVER_PERIODS):
        raise ValueError(", ".join(sorted(ways)))
    if len(ways) > 1:
        at = next(at for at in range(1, len(parts)) if parts[at].rule.roll_up != parts[at - 1].rule.roll_up)
        return _changed(parts, at, "is added up")
    (how,) = ways
    figures = [part.figure for part in parts]
    if how == "last" or None in figures:
        return roll_up(how, figures)
    breaks = [at for at in range(1, len(parts)) if _breaks(parts[at - 1].rule, parts[at].rule)]
    unbridged = [at for at in breaks if parts[at].rule.bridge_factor is None]
    if unbridged:
        return _changed(parts, unbridged[-1], "is counted")
    for at in breaks:
        figures[:at] = [_bridged(figure, parts[at].rule) for figure in figures[:at] if figure]
    return roll_up(how, figures)


def _breaks(before: Rule, rule: Rule) -> bool:
    return bool(rule.changes_counting) and rule.version != before.version


def _changed(parts: Sequence[Part], at: int, what: str) -> RolledUp:
    given, part = sum(part.figure is not None for part in parts), parts[at]
    return RolledUp(given, len(parts), why=f"it {what} otherwise from {part.period} on (version {part.rule.version})")


def _bridged(figure: Figure, rule: Rule) -> Figure:
    """A figure as it would have been counted; its numerator goes with it, so that a ratio stays one."""
    factor, offset = Fraction(rule.bridge_factor), Fraction(rule.bridge_offset)
    moved = replace(figure, value=as_stored(Fraction(figure.value) * factor + offset))
    if figure.numerator is None or figure.denominator is None:
        return moved
    numerator = Fraction(figure.numerator) * factor + offset * Fraction(figure.denominator)
    return replace(moved, numerator=as_stored(numerator))


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
    if not all(map(fits, given)):
        # A growth beside its two amounts: what those come to is another figure than the growth.
        return RolledUp(len(given), len(given), why="not every figure is its numerator over its denominator")
    return _told(given, as_stored(Fraction(numerator) / Fraction(denominator)), numerator, denominator)


def _told(given: Sequence[Figure], value: Decimal, numerator: Decimal | None, denominator: Decimal | None) -> RolledUp:
    return RolledUp(len(given), len(given), value, numerator, denominator)


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
