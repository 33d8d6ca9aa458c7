"""The tables of a dictionary and their columns: how each is read from a text, and what it means. No database."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metrics.ingestion.notation import canonical
from metrics.models import MOST_DECIMALS, Definition, Link, Measure
from truthgov.periods import YEARS, Grain

Value = str | int | Decimal | date | bool | None
Said = dict[str, Value]
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
UNITS = [unit for unit in Definition.Unit.values if unit != Definition.Unit.CURRENCY]


@dataclass(frozen=True)
class Field:
    """A column: its name, how a text becomes its value (ValueError says why not), and what it means in words."""

    name: str
    read: Callable[[str], Value]
    means: str
    needed: bool = False

    def value(self, text: str) -> Value:
        """What a text says in this column; ValueError, worded for its writer, where it cannot be taken."""
        try:
            value = self.read(text)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from error
        if self.needed and value in ("", None):
            raise ValueError(f"{self.name} is empty; write it.")
        return value


def word_value(value: Value) -> str:
    """A value as files write it, and as `Field.value` reads it again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return canonical(f"{value:f}") if isinstance(value, Decimal) else str(value)


def _words(longest: int) -> Callable[[str], str]:
    """A text of one line, without the spaces around it."""

    def read(text: str) -> str:
        stripped = text.strip()
        if len(stripped) > longest or not stripped.isprintable():
            raise ValueError(f"write at most {longest} characters on one line.")
        return stripped

    return read


def _code(text: str) -> str:
    code = _words(80)(text)
    if "/" in code:
        raise ValueError(f"{code!r} holds a slash; codes stand in addresses.")
    return code


def _prose(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds NUL characters; write text.")
    return text


def _one_of(known: Iterable[str]) -> Callable[[str], str]:
    choices = list(known)

    def read(text: str) -> str:
        if text.strip() and text.strip() not in choices:
            raise ValueError(f"{text.strip()!r} is not one of {', '.join(choices)}.")
        return text.strip()

    return read


def _unit(text: str) -> str:
    unit = text.strip()
    if unit and not CURRENCY.fullmatch(unit) and unit not in UNITS:
        raise ValueError(f"{unit!r} is neither one of {', '.join(UNITS)} nor a currency such as EUR.")
    return unit


def _figure(whole: int, decimals: int) -> Callable[[str], Decimal | None]:
    """A figure of so many digits before and after its point, or nothing."""

    def read(text: str) -> Decimal | None:
        plain = canonical(text)
        before, _, after = plain.lstrip("-").partition(".")
        if len(before) > whole or len(after) > decimals:
            raise ValueError(f"{plain} has more than {whole} digits or {decimals} decimals; round it.")
        return Decimal(plain) if plain else None

    return read


def _count(most: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        digits = text.strip()
        if not digits:
            return None
        if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and int(digits) <= most):
            raise ValueError(f"{digits!r} is not a whole number from 0 to {most}.")
        return int(digits)

    return read


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise ValueError(f"{text.strip()!r} is no day; write it like 2026-10-01.") from error
    if day and day.year not in YEARS:
        raise ValueError(f"{day} is not in our time; choose a year from {YEARS[0]} to {YEARS[-1]}.")
    return day


def _yes_no(text: str) -> bool | None:
    said = text.strip().lower()
    if said not in ("", "yes", "no", "true", "false"):
        raise ValueError(f"{text.strip()!r} is neither yes nor no.")
    return said in ("yes", "true") if said else None


def _field(name: str, read: Callable[[str], Value], means: str, *, needed: bool = False) -> Field:
    return Field(name, read, means, needed)


def _share(text: str) -> Decimal | None:
    """From 0 to 1, of four decimals, or nothing."""
    share = _figure(2, 4)(text)
    if share is not None and not 0 <= share <= 1:
        raise ValueError(f"{share} is not between 0 and 1; write 5 % as 0.05.")
    return share


AMOUNT = _figure(18, MOST_DECIMALS)
NAME = _words(200)

MEASURES = (
    _field("code", _code, "Its code, by which everything names it", needed=True),
    _field("name", NAME, "What people call it", needed=True),
    _field("kind", _one_of(Measure.Kind.values), "functional_kpi, journey_outcome or counter_measure", needed=True),
    _field("function", NAME, "The function that answers for a KPI, or supplies an outcome's figures"),
    _field("journey", NAME, "The journey whose outcome it is, or which a KPI belongs to"),
    _field("guards", _code, "The code of the measure that it guards against being gamed"),
)
VERSIONS = (
    _field("code", _code, "The measure's code", needed=True),
    _field("version", _count(9999), "Numbered from 1; a changed last version is proposed as a further one"),
    _field("starts_on", _day, "The first day of the first period it holds for; empty: since ever"),
    _field("wording", _prose, "The formula in words"),
    _field("formula", _prose, "The formula in symbols"),
    _field("derivation", _words(500), "The formula that computes it from other measures: A / B, A + B, share(A, B)"),
    _field("unit", _unit, f"{', '.join(UNITS)}, or a currency such as EUR; never changes"),
    _field("direction", _one_of(Definition.Direction.values), "Which way is good: higher or lower"),
    _field("grain", _one_of(grain.value for grain in Grain), "day, week, month or quarter; never changes"),
    _field("decimals", _count(MOST_DECIMALS), "How many decimals are held against the target"),
    _field("target", AMOUNT, "In the measure's unit; of a fraction, 0.3 is 30 %"),
    _field("red_threshold", AMOUNT, "From here on it is red; in the measure's unit"),
    _field("min_effect", AMOUNT, "The smallest change that matters; in the measure's unit"),
    _field("reliable_from", _figure(24, 6), "The denominator below which a figure is too small to judge"),
    _field("source_tolerance", _share, "By how much two sources may differ; 0.05 is 5 %"),
    _field("restatement_threshold", _share, "From where on a restatement matters; 0.02 is 2 %"),
    _field("freshness_days", _count(9999), "Days after a period's end within which its figures are promised"),
    _field("roll_up", _one_of(Definition.RollUp.values), "How a total comes from parts: none, sum, ratio or last"),
    _field("unguarded_because", _prose, "Why its target needs no counter-measure"),
    _field("changes_counting", _yes_no, "yes where figures before and after cannot be compared"),
    _field("bridge_factor", _figure(12, 12), "Figures before × factor + offset compare with those after"),
    _field("bridge_offset", AMOUNT, "In the measure's unit"),
    _field("bridge_reason", _prose, "Why figures compare so"),
    _field("retires", _yes_no, "yes where the measure ends"),
    _field("rationale", _prose, "Why this version"),
)
SOURCES_OF_RECORD = (
    _field("code", _code, "The measure's code", needed=True),
    _field("source", NAME, "The source whose figure is the one shown", needed=True),
    _field("starts_on", _day, "The first day of the first period it holds for; empty: since ever"),
    _field("settles", NAME, "The other source, where naming this one settled a disagreement"),
)
LINKS = (
    _field("kind", _one_of(Link.Kind.values), f"One of {', '.join(Link.Kind.values)}", needed=True),
    _field("from_measure", _code, "The code of the KPI or the passing measure", needed=True),
    _field("to_measure", _code, "The code of the outcome or the receiving measure", needed=True),
    _field("lag_periods", _count(9999), "Periods until the effect is expected"),
    _field("pass_through", _figure(4, 4), "Of a handoff, the share expected to arrive"),
    _field("tolerance", _figure(2, 4), "Of a handoff, the relative tolerance"),
)
DIMENSIONS = (
    _field("dimension", _words(80), "A way of cutting figures: channel, region", needed=True),
    _field("value", NAME, "A value of it that figures may name", needed=True),
)
SOURCES = (_field("name", NAME, "A source that figures may come from", needed=True),)
TARGET_CONDITIONS = (
    _field("journey", NAME, "The journey", needed=True),
    _field("version", _count(9999), "Numbered from 1"),
    _field("starts_on", _day, "The day from which it holds", needed=True),
    _field("outcome", _code, "The code of an outcome that must hold", needed=True),
    _field("trust_needed", _count(100), "The trust that its figures need, 0 to 100"),
)
TABLES: dict[str, tuple[Field, ...]] = {
    "measures": MEASURES, "versions": VERSIONS, "sources_of_record": SOURCES_OF_RECORD, "links": LINKS,
    "dimensions": DIMENSIONS, "sources": SOURCES, "target_conditions": TARGET_CONDITIONS,
}  # fmt: skip
"""Every table of a dictionary, in the order in which files hold them."""
KEYS = {
    "measures": ("code",), "versions": ("code", "version"), "links": ("kind", "from_measure", "to_measure"),
    "dimensions": ("dimension", "value"), "sources": ("name",),
    "target_conditions": ("journey", "version", "outcome"),
}  # fmt: skip
"""What a file says once: two rows of a table never share these."""
ALWAYS = frozenset({
    "version", "wording", "unit", "direction", "grain", "decimals", "source_tolerance", "restatement_threshold",
    "freshness_days", "roll_up", "changes_counting", "bridge_offset", "retires", "lag_periods", "trust_needed",
})  # fmt: skip
"""What everything has: left empty, it is not said, and stays as it is or takes its usual value."""
