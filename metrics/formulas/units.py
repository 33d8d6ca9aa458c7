"""Which unit a formula results in: what is added has one unit, what is divided leaves the quotient of two."""

from collections.abc import Callable
from dataclasses import dataclass

from metrics.formulas.grammar import Formula, FormulaError, Number, Operation, Reference

PURE = ("fraction", "ratio", "index")
"""Units of what has none: how many of the one for one of the other."""
COUNT = "count"


@dataclass(frozen=True, slots=True)
class Dimension:
    """Units with the powers in which they stand, in their order; nothing stands for a plain number."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, unit: str) -> "Dimension":
        """That of a measure in a unit; a currency by its code."""
        return cls() if unit in PURE else cls(((unit, 1),))

    def over(self, other: "Dimension") -> "Dimension":
        """What is left of this divided by another. Money or time over a count stays money or time: a mean."""
        powers = dict(self.powers)
        for unit, power in other.powers:
            powers[unit] = powers.get(unit, 0) - power
        left = {unit: power for unit, power in powers.items() if power}
        if left.get(COUNT) == -1 and sorted(left.values()) == [-1, 1]:
            del left[COUNT]
        return Dimension(tuple(sorted(left.items())))

    def __str__(self) -> str:
        if not self.powers:
            return "a plain number"
        return " ".join(unit if power == 1 else f"{unit}^{power}" for unit, power in self.powers)


def dimension_of(formula: Formula, unit_of: Callable[[str], str]) -> Dimension:
    """The dimension that a formula results in; FormulaError where what does not share a unit is added."""
    if isinstance(formula, Number):
        return Dimension()
    if isinstance(formula, Reference):
        return Dimension.of(unit_of(formula.code))
    left, right = dimension_of(formula.left, unit_of), dimension_of(formula.right, unit_of)
    if formula.sign == "/":
        return left.over(right)
    if formula.sign == "*":
        return _scaled(formula, left, right)
    if left != right:
        verb = "added" if formula.sign == "+" else "subtracted"
        raise FormulaError(formula.at, f"{left} and {right} cannot be {verb}; both sides have one unit.")
    return left


def units_of(dimension: Dimension) -> tuple[str, ...]:
    """The units in which a measure of this dimension can be defined."""
    if not dimension.powers:
        return PURE
    [(unit, power), *others] = dimension.powers
    return (unit,) if power == 1 and not others else ("ratio", "index")


def _scaled(formula: Operation, left: Dimension, right: Dimension) -> Dimension:
    if not is_constant(formula.left) and not is_constant(formula.right):
        raise FormulaError(formula.at, "only a number multiplies a measure; a product of two has no parts to add up.")
    return right if is_constant(formula.left) else left


def is_constant(formula: Formula) -> bool:
    """Does it name no measure?"""
    if isinstance(formula, Operation):
        return is_constant(formula.left) and is_constant(formula.right)
    return isinstance(formula, Number)
