"""Figures as texts, made canonical without ever becoming floats. Pure.

Canonical is the shortest plain notation: `0.184`, `-3`, `1247`; no exponent, no plus, no trailing zeros. Texts that are
not figures are told apart from those that are missing.
"""

import re
from decimal import Decimal

WHOLE_DIGITS, DECIMALS = 30, 20
"""What a figure may have before and after its point: the ledger's columns hold no more."""

_SHORTENED = rf"-?+(?:0|[1-9]\d{{0,{WHOLE_DIGITS - 1}}}+)(?:\.\d{{1,{DECIMALS}}}+)?+"
_SHORT = rf"-?+(?:0|[1-9]\d{{0,{WHOLE_DIGITS - 1}}}+)(?:\.\d{{0,{DECIMALS - 1}}}[1-9])?+"
_SHORTENED_COLUMN, _SHORT_COLUMN = (re.compile(rf"(?:(?:{figure})?+\n)*+", re.ASCII) for figure in (_SHORTENED, _SHORT))
_FIGURE = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MISSING = {"n/a", "na", "null", "none", "-", "–"}


def canonical_column(texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """The column with canonical figures, and for each index that holds none the sentence that says why.

    An empty text stays empty. Canonical columns, the usual case, are told by one pass of one expression.
    """
    joined = "\n".join(texts) + "\n"
    if _are_canonical(joined, len(texts), _SHORT_COLUMN):
        return texts, {}
    if "." in joined:
        shortened = [text.rstrip("0").rstrip(".") or text if text.count(".") == 1 else text for text in texts]
        if _are_canonical("\n".join(shortened) + "\n", len(texts), _SHORTENED_COLUMN):
            return shortened, {}
    column, faults = [], {}
    for index, text in enumerate(texts):
        try:
            column.append(canonical(text))
        except ValueError as fault:
            column.append("")
            faults[index] = str(fault)
    return column, faults


def _are_canonical(joined: str, number: int, column: re.Pattern[str]) -> bool:
    return joined.count("\n") == number and "-0\n" not in joined and column.fullmatch(joined) is not None


def canonical(text: str) -> str:
    """One figure in canonical notation, or empty; ValueError, worded for its sender, when it is no figure."""
    stripped = text.strip(" \t")
    if not stripped:
        return ""
    if not _FIGURE.fullmatch(stripped):
        raise ValueError(_complaint(stripped))
    figure = f"{Decimal(stripped):f}"
    if "." in figure:
        figure = figure.rstrip("0").rstrip(".")
    whole, _, decimals = figure.lstrip("-").partition(".")
    if len(whole) > WHOLE_DIGITS or len(decimals) > DECIMALS:
        raise ValueError(f"{_quote(text)} has more than {WHOLE_DIGITS} digits or {DECIMALS} decimals; round it.")
    return "0" if figure in {"-0", ""} else figure


def _complaint(text: str) -> str:
    if text.lower() in _MISSING:
        return f"{_quote(text)} is no figure; leave a missing figure's row out."
    if text.endswith("%"):
        return f"{_quote(text)} is a percentage; send a plain number, a share as a fraction: {_fraction(text[:-1])}."
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return f"{_quote(text)} has a decimal comma; send {text.replace(',', '.')}."
    return f"{_quote(text)} is not a number; send plain decimals such as 0.184."


def _fraction(percentage: str) -> str:
    try:
        return canonical(str(Decimal(percentage.strip()) / 100))
    except (ArithmeticError, ValueError):
        return "0.184"


def _quote(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
