"""The units of a foreign dictionary as ours. Pure but for the names of the units.

A share is read as a fraction where its parts say on which scale it stands; without that it stays on its own scale, as
an index. What is no unit of ours is an index, too: judged by its own course, without limits of its own.
"""

from dataclasses import dataclass

from benchmarks.observed import Seen
from metrics.dictionary_files.fields import CURRENCY, UNITS
from metrics.models import Definition

SHARES = {"percent", "%", "pct", "percentage", "percents", "pp", "percentage points", "rate", "share", "proportion",
          "probability", "fraction"}  # fmt: skip
COUNTED = {"number", "#", "no", "nr", "n", "counts", "cases", "items", "people", "customers", "orders", "calls",
           "tickets", "pieces", "units", "integer"}  # fmt: skip
SCORES = {"", "score", "scores", "points", "point", "pts", "stars", "star", "rating", "nps", "idx"}
SPELLED = {"day": "days", "d": "days", "hour": "hours", "h": "hours", "hrs": "hours", "hr": "hours",
           "minute": "minutes", "min": "minutes", "mins": "minutes", "ratios": "ratio", "x": "ratio"}  # fmt: skip
"""Other spellings of units that we have."""
NEAREST = {"s": "minutes", "sec": "minutes", "secs": "minutes", "second": "minutes", "seconds": "minutes",
           "ms": "minutes", "week": "days", "weeks": "days", "month": "days", "months": "days", "years": "days",
           "€": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "dollar": "USD", "dollars": "USD", "£": "GBP",
           "currency": "XXX", "money": "XXX"}  # fmt: skip
CODES = {"eur", "usd", "gbp", "chf", "jpy", "cny", "inr", "sek", "nok", "dkk", "pln", "czk", "cad", "aud", "brl"}


@dataclass(frozen=True)
class Fitted:
    """A unit of ours, by what its figures are divided to stand in it, and what is to be told of it."""

    unit: str
    divisor: int = 1
    note: str = ""


def fitted(text: str, seen: Seen) -> Fitted:
    """The unit that a text names; `seen` is what its figures look like."""
    plain = " ".join(text.replace("_", " ").casefold().split())
    if plain in SHARES:
        return _share(text, plain, seen)
    if plain in UNITS:
        return Fitted(plain)
    if plain in COUNTED:
        unit = Definition.Unit.COUNT if seen.lowest >= 0 else Definition.Unit.INDEX
        return _taken(text, unit.value)
    if plain in SCORES:
        return _taken(text, Definition.Unit.INDEX.value)
    if plain in SPELLED:
        return Fitted(SPELLED[plain])
    if plain in NEAREST:
        return _taken(text, NEAREST[plain])
    return _money(text, plain)


def _share(text: str, plain: str, seen: Seen) -> Fitted:
    scale = seen.scale
    if plain == Definition.Unit.FRACTION and scale != 100:
        return Fitted(plain)
    if scale is None:
        told = f"unit {text!r} is taken as an index as it stands: no parts show its scale."
        return Fitted(Definition.Unit.INDEX.value, note=told)
    if scale == 1:
        return Fitted(Definition.Unit.FRACTION.value, note=f"unit {text!r} is taken as a fraction, as its parts say.")
    told = f"figures in unit {text!r} stand in percent, as their parts say, and are divided by 100."
    return Fitted(Definition.Unit.FRACTION.value, scale, told)


def _money(text: str, plain: str) -> Fitted:
    stripped = text.strip()
    if CURRENCY.fullmatch(stripped):
        return Fitted(stripped)
    if plain in CODES:
        return Fitted(plain.upper())
    named = next((word for word in CODES if plain.endswith(word)), "")
    return _taken(text, named.upper() or Definition.Unit.INDEX.value)


def _taken(text: str, unit: str) -> Fitted:
    return Fitted(unit, note=f"unit {text!r} is taken as {unit}, its figures as they stand.")
