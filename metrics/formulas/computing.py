"""A formula computed for one segment and period, from numerators and denominators: a ratio of sums, never of averages.

Exact throughout (fractions of whole numbers); only what is stored is rounded, to the decimals that a target has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from metrics.formulas.grammar import Formula, Number, Operation, Reference
from metrics.formulas.units import COUNT, PURE

DECIMALS = 12
LAST = Decimal(1).scaleb(-DECIMALS)
EXACT = 80
"""Digits that no figure reaches: 30 before and 20 behind the point, and a constant's."""

SLIGHT, NOISE = Fraction(1, 10_000), Fraction(1, 10**12)
"""How far a value may lie from its parts in any case: what the door lets a fraction, and what programs lose of a
quotient that they keep in binary."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its parts, where it is one over the other."""

    value: Decimal
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    """What can be added up: a count, a sum of money or time."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class _Constant(_Amount):
    pass


@dataclass(frozen=True, slots=True)
class _Rate:
    """One over another, each of which can be added up."""

    numerator: Fraction
    denominator: Fraction

    @property
    def value(self) -> Fraction:
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class _Loose:
    """A figure without parts that mean anything."""

    value: Fraction


_Term = _Amount | _Rate | _Loose


def compute(formula: Formula, figures: Mapping[str, Figure], units: Mapping[str, str]) -> Figure | None:
    """The formula over the figures of measures by their codes, which are in these units.

    None where a figure is missing, or something is divided by nothing: what cannot be known is never guessed.
    """
    term = _term(formula, figures, units)
    if term is None:
        return None
    if not isinstance(term, _Rate):
        return Figure(as_stored(term.value))
    return Figure(as_stored(term.value), as_stored(term.numerator), as_stored(term.denominator))


def why_not(formula: Formula, figures: Mapping[str, Figure], units: Mapping[str, str]) -> str:
    """Why a formula computes nothing from these figures: what is not known, or what nothing can be divided by."""
    if isinstance(formula, Reference):
        return "" if formula.code in figures else f"{formula.code} is not known"
    if isinstance(formula, Number):
        return ""
    for side in (formula.left, formula.right):
        if why := why_not(side, figures, units):
            return why
    by = _term(formula.right, figures, units)
    by_nothing = formula.sign == "/" and by is not None and not by.value
    return f"{_told(formula.right)} is 0, and nothing can be divided by 0" if by_nothing else ""


def _told(formula: Formula) -> str:
    if isinstance(formula, Number):
        return f"{formula.value}"
    if isinstance(formula, Reference):
        return formula.code
    both = (formula.left, formula.right)
    return f" {formula.sign} ".join(f"({_told(side)})" if isinstance(side, Operation) else _told(side) for side in both)


def _term(formula: Formula, figures: Mapping[str, Figure], units: Mapping[str, str]) -> _Term | None:
    if isinstance(formula, Number):
        return _Constant(Fraction(formula.value))
    if isinstance(formula, Reference):
        figure = figures.get(formula.code)
        return None if figure is None else _given(figure, units[formula.code])
    left, right = _term(formula.left, figures, units), _term(formula.right, figures, units)
    if left is None or right is None:
        return None
    return _joined(formula, left, right)


def _given(figure: Figure, unit: str) -> _Term:
    """What a figure is: its parts count where they are the figure's own."""
    if unit != COUNT and figure.numerator is not None and figure.denominator and fits(figure, unit):
        return _Rate(Fraction(figure.numerator), Fraction(figure.denominator))
    return _Loose(Fraction(figure.value)) if unit in PURE else _Amount(Fraction(figure.value))


def fits(figure: Figure, unit: str = "") -> bool:
    """Is the value its numerator over its denominator, as far as it was rounded, or came as a binary fraction?"""
    value, ratio = Fraction(figure.value), Fraction(figure.numerator or 0) / Fraction(figure.denominator or 1)
    decimals = max(-int(figure.value.normalize().as_tuple().exponent), 2 if unit in PURE else 0)
    off = abs(value - ratio)  # rounding takes less than one of the last digit: no growth at all (0) is not 100 of 100
    return off < Fraction(1, 10**decimals) or off <= max(SLIGHT, abs(value) * NOISE)


def _joined(operation: Operation, left: _Term, right: _Term) -> _Term | None:
    if operation.sign == "/":
        return _quotient(left, right)
    if operation.sign == "*":
        constant, other = (left, right) if isinstance(left, _Constant) else (right, left)
        return _scaled(other, constant.value)
    return _sum(left, right if operation.sign == "+" else _scaled(right, Fraction(-1)))


def _scaled(term: _Term, factor: Fraction) -> _Term:
    if isinstance(term, _Rate):
        return _Rate(term.numerator * factor, term.denominator)
    return type(term)(term.value * factor)


def _sum(left: _Term, right: _Term) -> _Term:
    if isinstance(left, _Rate) and isinstance(right, _Rate) and left.denominator == right.denominator:
        return _Rate(left.numerator + right.numerator, left.denominator)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, _Rate) and isinstance(other, _Constant):
            return _Rate(one.numerator + other.value * one.denominator, one.denominator)
    total = left.value + right.value
    if isinstance(left, _Constant) and isinstance(right, _Constant):
        return _Constant(total)
    return _Amount(total) if isinstance(left, _Amount) and isinstance(right, _Amount) else _Loose(total)


def _quotient(left: _Term, right: _Term) -> _Term | None:
    if not right.value:
        return None
    if isinstance(right, _Constant):
        return _scaled(left, 1 / right.value)
    if isinstance(left, _Rate) and isinstance(right, _Rate) and left.denominator == right.denominator:
        return _Rate(left.numerator, right.numerator)
    if isinstance(left, _Constant) and isinstance(right, _Rate):
        return _Rate(left.value * right.denominator, right.numerator)
    if isinstance(left, _Amount) and isinstance(right, _Amount) and not isinstance(left, _Constant):
        return _Rate(left.value, right.value)
    return _Loose(left.value / right.value)


def as_stored(value: Fraction) -> Decimal:
    """As the ledger takes it: exact where twelve decimals hold it, else rounded to them."""
    with localcontext() as context:
        context.prec = EXACT
        whole, rest = divmod(value.numerator * 10**DECIMALS, value.denominator)
        twice = 2 * rest - value.denominator
        rounded = whole + (1 if twice > 0 or (twice == 0 and whole % 2) else 0)
        return Decimal(rounded) * LAST
