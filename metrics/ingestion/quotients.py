"""The value of a row that gives its parts alone: numerator over denominator, as anything computed is stored. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from metrics.formulas.computing import as_stored
from metrics.ingestion.notation import canonical
from metrics.ingestion.resolution import Slot

Column = list[str]
NO_QUOTIENTS = frozenset({"count", "index"})
"""Units of which a value does not follow from parts: an index may be of a hundred."""


def fill(
    value: Column, numerator: Column, denominator: Column, slots: Sequence[Slot | None]
) -> tuple[Column, frozenset[int], dict[int, str]]:
    """The column of values with those that follow from parts, at which indexes these stand, and for each index whose
    quotient is larger than any figure the sentence that says so.

    Where the unit is of no quotient, or nothing can be divided, the value stays empty.
    """
    filled, computed, faults = list(value), set(), {}
    for index, slot in enumerate(slots):
        if value[index] or not numerator[index] or slot is None or slot.unit in NO_QUOTIENTS:
            continue
        try:
            filled[index] = quotient(numerator[index], denominator[index])
        except ValueError as fault:
            faults[index] = str(fault)
        if filled[index]:
            computed.add(index)
    return filled, frozenset(computed), faults


def quotient(numerator: str, denominator: str) -> str:
    """One canonical figure over another; empty where there is none. ValueError where it is larger than any figure."""
    if not numerator or not denominator or not Decimal(denominator):
        return ""
    return canonical(f"{as_stored(Fraction(numerator) / Fraction(denominator)):f}")
