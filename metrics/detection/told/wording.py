"""Figures, differences and chances as a reader takes them in. Pure: numbers in, plain text out."""

from math import isnan


def figure(value: float, unit: str) -> str:
    """A figure as a reader writes it: shares and changes in percent, counts and money with thousands set apart."""
    if isnan(value):
        return "no figure"
    if unit == "fraction":
        return f"{value * 100:.1f} %"
    if unit == "ratio":
        percent = round(value * 100, 1)
        return f"{percent:+.1f} %" if percent else "0.0 %"
    if unit == "count":
        return f"{value:,.0f}"
    amount = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
    return amount if unit in {"", "index"} else f"{unit} {amount}"


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
