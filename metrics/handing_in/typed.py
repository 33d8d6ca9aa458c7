"""Figures as people type and paste them, read into the plain notation that the one door takes. Pure.

A decimal comma, grouped thousands, a percent sign and the sign of the measure's own currency are understood; what can
be read in two ways is asked back.
"""

import re
from decimal import Decimal

from metrics.ingestion.notation import DECIMALS, WHOLE_DIGITS
from truthgov.figures import SYMBOLS

NOT_AVAILABLE = "n/a"
SHARES = frozenset({"fraction", "ratio"})
"""Units that may be given with a percent sign, as they are shown."""
_SAID_SO = {"n/a", "na", "n.a.", "not available", "unavailable"}
_SPACE = " \u00a0\u202f\u2009"
_MARKS = f"{_SPACE}'’_"
"""What groups thousands without being read as a decimal mark."""
_GROUPED = re.compile(rf"[+-]?\d{{1,3}}(?:([{_MARKS}])\d{{3}})(?:\1\d{{3}})*(?:[.,]\d*)?", re.ASCII)
_TWO_WAYS = re.compile(r"([+-]?[1-9]\d{0,2})\.(\d{3})\s*%?")
_LETTERS = re.compile(r"[^\W\d_eE]")
"""A text with letters is no figure, and is told as it was typed; an exponent has an e."""
_EXPONENT = re.compile(r"[+-]?[\d.,]+[eE][+-]?(\d+)\s*%?")
_SYMBOL = re.compile("|".join(f"^{each}|{each}$" for each in map(re.escape, SYMBOLS.values())))
_DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"})
_MINUS = {"\u2212": "-", "\u2013": "-"}


def is_unavailable(text: str) -> bool:
    """Does somebody say that there is no figure?"""
    return text.strip().casefold() in _SAID_SO


def ambiguity(text: str) -> str:
    """The sentence that asks back a text which is thousands to some and a decimal fraction to others; else empty."""
    match = _TWO_WAYS.fullmatch(_bare(text))
    if not match:
        return ""
    share = " %" if match[0].endswith("%") else ""
    whole, decimal = f"{match[1]}{match[2]}{share}", f"{match[1]},{match[2]}0{share}"
    return f"{text.strip()} can be read in two ways; write {whole} or {decimal}."


def plain(text: str, *, is_share: bool = False, currency: str | None = None) -> str:
    """The plain notation of one typed figure, empty for an empty one; of a share, `18,4 %` is 0.184.

    `currency` is the code of the one it is in, empty where it is no money; without it any sign of money is taken. What
    is no figure is passed on for the door to refuse; ValueError where a comma can be read in two ways, where an
    exponent is beyond all figures, or where money is of another currency.
    """
    if currency is not None:
        _require_currency(text, currency)
    kept = _bare(text)
    if _has_exponent_beyond(kept):
        raise ValueError(f"{kept[:40]} has more than {WHOLE_DIGITS} digits or {DECIMALS} decimals; round it.")
    if kept.endswith("%"):
        number = kept[:-1].rstrip(_SPACE)
        return _of_percent(plain(number)) if is_share else f"{number}%"
    return text.strip() if _LETTERS.search(kept) else _with_point(_ungrouped(kept))


def _bare(text: str) -> str:
    """A text without the sign of a currency, and with a minus that programs read."""
    kept = text.strip()
    for dash, minus in _MINUS.items():
        kept = kept.replace(dash, minus) if kept != dash else kept
    kept = _SYMBOL.sub("", kept).strip()
    return re.sub(rf"^([+-])[{_SPACE}]+(?=[\d.,])", r"\1", kept)


def _require_currency(text: str, currency: str) -> None:
    found = _SYMBOL.search(text.strip())
    if found is None or found[0] == SYMBOLS.get(currency) or (found[0] == "$" and currency in _DOLLARS):
        return
    if currency:
        raise ValueError(f"{text.strip()[:40]} is not in {currency}; write the number in {currency}.")
    raise ValueError(f"{text.strip()[:40]!r} is an amount of money and this is none; write the number.")


def _ungrouped(text: str) -> str:
    """A text without what groups its thousands; as it is where that stands elsewhere, too: `1 5` is no 15."""
    return re.sub(f"[{_MARKS}]", "", text) if _GROUPED.fullmatch(text) else text


def _has_exponent_beyond(text: str) -> bool:
    """Whether its exponent is one that no figure has: nothing is worked out with it."""
    match = _EXPONENT.fullmatch(text)
    return match is not None and (len(match[1]) > WHOLE_DIGITS or int(match[1]) > WHOLE_DIGITS)


def _with_point(text: str) -> str:
    commas, points = text.count(","), text.count(".")
    if not re.fullmatch(r"[+-]?[\d.,]*\d[.,]?", text) or not (commas or points):
        return text
    if commas and points:
        decimal, grouping = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
        whole, _, rest = text.rpartition(decimal)
        return f"{whole.replace(grouping, '')}.{rest}" if _is_grouped(whole, grouping) else text
    mark = "," if commas else "."
    if commas + points > 1:
        return text.replace(mark, "") if _is_grouped(text, mark) else text
    if points:
        return text
    whole, _, rest = text.lstrip("+-").partition(",")
    if len(rest) == 3 and whole.strip("0"):
        raise ValueError(f"{text} can be read in two ways; write {text.replace(',', '')} or {text.replace(',', '.')}.")
    return text.replace(",", ".")


def _is_grouped(text: str, mark: str) -> bool:
    """Whether a mark stands before every third digit, and nowhere else."""
    return re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})*", text) is not None


def _of_percent(text: str) -> str:
    if not re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text):
        return f"{text}%"
    return f"{Decimal(text) / 100:f}"
