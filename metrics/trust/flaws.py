"""What makes a figure of the whole impossible, in words that follow "the figure is". Pure."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from metrics.ingestion.oddities import FACTOR_OF_1000
from metrics.ingestion.quotients import NO_QUOTIENTS

NEVER_NEGATIVE = frozenset({"count", "fraction", "days", "hours", "minutes"})
ROUNDING, RELATIVE = Decimal("0.005"), Decimal("0.01")
"""How far a figure may lie from its numerator over its denominator: both may have been rounded."""


def flaws_of(
    unit: str, value: Decimal, numerator: Decimal | None, denominator: Decimal | None, notices: Collection[str] = ()
) -> Iterator[str]:
    """Everything that cannot be so."""
    if FACTOR_OF_1000 in notices:
        yield "a thousand times off its neighbours"
    if unit == "fraction" and value > 1:
        yield "a share above one"
    if unit in NEVER_NEGATIVE and value < 0:
        yield "below zero"
    if numerator is None or denominator is None:
        return
    if unit == "fraction" and numerator > denominator:
        yield "a part that is larger than its whole"
    if unit in NO_QUOTIENTS:  # a count may come with what it is held against, and an index be of a hundred
        return
    if denominator and abs(value - numerator / denominator) > max(ROUNDING, abs(value) * RELATIVE):
        yield "not its numerator over its denominator"
