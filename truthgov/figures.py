"""How a figure is worded for its reader: short in the cell and exact on hover, or in full for whoever answers for it.

Pure; for showing, never for comparing.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

THIN = "\u202f"
MINUS = "\u2212"
MISSING = "–"
EXACTLY = Context(prec=80)
"""Stored figures have up to fifty digits: differences of them keep every one."""

SHARES = {"fraction": "", "ratio": "+", "percent": ""}
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
SHORTENED_FROM = 10**4
"""Below this every unit of money is shown."""
# From which amount on, in which step, with which suffix.
STEPS = ((10**9, 10**9, "bn"), (10**6, 10**6, "M"), (SHORTENED_FROM, 10**3, "k"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in two wordings: `text` for the cell, `exact` with every stored digit for the title."""

    text: str
    exact: str

    def __str__(self) -> str:
        return self.text


NO_FIGURE = Figure(MISSING, "No figure")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after, and the distance between them."""

    before: Figure
    after: Figure
    difference: Figure


def plain(figure: Decimal | None) -> str:
    """A figure in its shortest plain notation; empty when it was not given."""
    if figure is None:
        return ""
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def word_figure(value: Decimal | None, unit: str, decimals: int | None = None) -> Figure:
    """Word a figure in its unit.

    A `fraction` of 0.444 reads "44.4 %", a `ratio` (a change) carries its sign, a currency is shortened from ten
    thousand on, a `count` is grouped in thousands. `decimals` are those shown, not those stored.
    """
    if value is None:
        return NO_FIGURE
    if unit in SHARES:
        return _word_share(value, unit, decimals)
    if unit == "count":
        return Figure(_grouped(value, decimals or 0), _exact(value))
    if len(unit) == 3 and unit.isupper():
        return _word_money(value, unit, decimals)
    return Figure(f"{_grouped(value, 2 if decimals is None else decimals)}{THIN}{unit}", f"{_exact(value)}{THIN}{unit}")


def word_in_full(value: Decimal | None, unit: str) -> Figure:
    """Word a figure with every stored digit, where somebody is to answer for it."""
    exact = word_figure(value, unit).exact
    return NO_FIGURE if value is None else Figure(exact, exact)


def places_apart(one: Decimal, other: Decimal, unit: str) -> int | None:
    """The decimals at which two figures read differently; None where the usual ones do, or nothing tells them apart."""
    tried = (None, 2, 3, 4, 6, 8)
    apart = (each for each in tried if word_figure(one, unit, each).text != word_figure(other, unit, each).text)
    return next(apart, None)


def word_difference(value: Decimal | None, unit: str, decimals: int | None = None) -> Figure:
    """Word a distance between two figures of one unit, signed; shares differ by percentage points."""
    if value is None:
        return NO_FIGURE
    if unit in SHARES:
        points = value if unit == "percent" else value * 100
        shown = _grouped(points, 1 if decimals is None else decimals, sign="+")
        return Figure(f"{shown}{THIN}pp", f"{_exact(points, sign='+')}{THIN}pp")
    worded = word_figure(abs(value), unit, decimals)
    sign = MINUS if value < 0 else "+"
    return Figure(f"{sign}{worded.text}", f"{sign}{worded.exact}")


def word_change(before: Decimal | None, after: Decimal | None, unit: str) -> Change:
    """Word a change of a figure with the decimals at which it shows, however small it is."""
    if before is None or after is None:
        return Change(word_figure(before, unit), word_figure(after, unit), NO_FIGURE)
    places = places_apart(before, after, unit)
    figures = (word_figure(before, unit, places), word_figure(after, unit, places))
    return Change(*figures, word_difference(EXACTLY.subtract(after, before), unit, places))


def word_change_in_full(before: Decimal | None, after: Decimal | None, unit: str) -> Change:
    """Word a change with every stored digit; there is no difference to be shown where nothing changes."""
    figures = word_in_full(before, unit), word_in_full(after, unit)
    if before is None or after is None or before == after:
        return Change(*figures, NO_FIGURE)
    difference = word_difference(EXACTLY.subtract(after, before), unit).exact
    return Change(*figures, Figure(difference, difference))


def _word_share(value: Decimal, unit: str, decimals: int | None) -> Figure:
    percent = value if unit == "percent" else value * 100
    sign = SHARES[unit]
    shown = _grouped(percent, 1 if decimals is None else decimals, sign=sign)
    return Figure(f"{shown}{THIN}%", f"{_exact(percent, sign=sign)}{THIN}%")


def _word_money(value: Decimal, unit: str, decimals: int | None) -> Figure:
    symbol = SYMBOLS.get(unit, f"{unit}{THIN}")
    sign = MINUS if value < 0 else ""
    amount = abs(value)
    exact = f"{sign}{symbol}{_exact(amount)}"
    for threshold, step, suffix in STEPS:
        if amount >= threshold:
            places = max(2 - (amount / step).adjusted(), 0) if decimals is None else decimals
            return Figure(f"{sign}{symbol}{_grouped(amount / step, places)}{THIN}{suffix}", exact)
    return Figure(f"{sign}{symbol}{_grouped(amount, 2 if decimals is None else decimals)}", exact)


def _grouped(value: Decimal, decimals: int, sign: str = "") -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return _dressed(f"{abs(rounded):,f}", negative=rounded < 0, sign=sign if rounded else "")


def _exact(value: Decimal, sign: str = "") -> str:
    digits = f"{abs(value):,f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return _dressed(digits, negative=value < 0, sign=sign if value else "")


def _dressed(digits: str, *, negative: bool, sign: str) -> str:
    return (MINUS if negative else sign) + digits.replace(",", THIN)


def counted(number: int, noun: str, nouns: str = "") -> str:
    """So many of something: `1 row`, `2 rows`, `3 entries`."""
    return f"{number} {noun if number == 1 else nouns or f'{noun}s'}"
