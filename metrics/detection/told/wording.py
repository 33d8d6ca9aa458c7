"""Figures, differences and chances as a reader takes them in. Pure: numbers in, plain text out."""

from math import floor, isnan, log10

CLOSEST = 4
"""Decimals that are added at most to tell two figures apart."""


def figure(value: float, unit: str, *, closer: int = 0) -> str:
    """A figure as a reader writes it: shares and changes in percent, counts and money with thousands set apart.

    `closer` adds so many decimals; of small amounts two digits are told.
    """
    if isnan(value):
        return "no figure"
    if unit in {"fraction", "ratio"}:
        percent = round(value * 100, 1 + closer) + 0.0  # no −0.0
        sign = "+" if unit == "ratio" and percent else ""
        return f"{percent:{sign}.{1 + closer}f} %"
    if unit == "count":
        return f"{round(value, closer) + 0.0:,.{closer}f}"
    amount = f"{value:,.{_decimals(value) + closer}f}"
    return amount if unit in {"", "index"} else f"{unit} {amount}"


def beside(value: float, other: float, unit: str) -> tuple[str, str]:
    """Two figures, as close as it takes to see that they differ."""
    for closer in range(CLOSEST + 1):
        told = figure(value, unit, closer=closer), figure(other, unit, closer=closer)
        if told[0] != told[1] or value == other:
            break
    return told


def within_ends(low: float, high: float, unit: str, *, of_a_share: bool = False) -> tuple[float, float]:
    """Limits cut where figures end: none is below nothing, no part above its whole.

    `of_a_share` says that they are of what arrives of what was passed on, which may be more.
    """
    if unit in {"fraction", "count"}:
        low = 0.0 if low < 0 else low
    if unit == "fraction" and not of_a_share:
        high = 1.0 if high > 1 else high
    return low, high


def _decimals(amount: float) -> int:
    if abs(amount) >= 1000:
        return 0
    return 2 if abs(amount) >= 0.1 or round(amount, 2) == amount else min(1 - floor(log10(abs(amount))), 9)


def gap(value: float, unit: str) -> str:
    """A difference between two figures; between percentages it is in points."""
    return f"{abs(value) * 100:.1f} points" if unit in {"fraction", "ratio"} else figure(abs(value), unit)


def odds(p: float) -> str:
    """A chance as a sentence tells it."""
    return "may well be chance" if isnan(p) or p > 0.5 else f"would come about by chance {how_often(p)}"


def how_often(p: float) -> str:
    """A chance as a reader takes it in."""
    if p < 1e-6:
        return "less than once in a million times"
    return f"about once in {float(f'{1 / p:.2g}'):,.0f} times" if p <= 0.5 else "more often than not"
