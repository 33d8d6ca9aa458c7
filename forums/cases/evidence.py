"""A signal's frozen evidence laid out for its reader: what was found, what it was held against, by which versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from forums.cases.evidence_terms import terms_of
from metrics.detection.told.wording import how_often, within_ends
from metrics.models import Contradiction
from truthgov.figures import MINUS, counted, word_difference, word_figure

BASES = {
    "level": "where the figure stands",
    "trend": "how the figure moved",
    "level_and_trend": "where the figure stands and how it moved",
    "composition": "how the whole would stand at the mix of its past",
    "bunching": "values that bunch at their target",
    "denominator": "what the KPI is measured on, which gave way",
    "harm": "harm that goes with more of the KPI",
    "signs": "several signs that come together",
    "backlog": "what piled up that could not be kept",
    "forecast": "what is promised for the time ahead",
}


CORRELATION = "correlation"
OF_A_SHARE = (Contradiction.Kind.SOURCE_DISAGREEMENT, Contradiction.Kind.INTEGRITY)
"""Kinds whose effect is a share of the figure itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What evidence is read with: the names and units of the two sides; `kind` says what an effect is."""

    kind: str
    kpi: str
    outcome: str
    kpi_unit: str
    outcome_unit: str


def lay_out(evidence: dict[str, Any], reading: Reading) -> list[tuple[str, str]]:
    """Evidence as terms and what they are; what is silent is left out."""
    return [*_figures(evidence, reading), *_versions(evidence, reading), *_weight(evidence.get("weight") or {})]


def _figures(evidence: dict[str, Any], reading: Reading) -> Iterator[tuple[str, str]]:
    found = {name: value for name, value in (evidence.get("figures") or {}).items() if value is not None}
    of_one = reading.kpi == reading.outcome
    for name, term in terms_of(reading.kind, of_one=of_one).items():
        if term and (worded := _worded(name, found, reading)):
            named = {"kpi": reading.kpi, "outcome": reading.outcome, "window": f"{found.get('window', 1):.0f}"}
            yield term.format(**named), worded
    if "p" in found:
        yield "Would come about by chance", how_often(found["p"])
    if found.get("basis") in BASES:
        yield "Rests on", BASES[found["basis"]]
    if "size" in found:
        yield "Cases behind the figure", _word(found["size"], "count")


def _worded(name: str, found: dict[str, Any], reading: Reading) -> str:
    """One figure of a finding in its unit; empty where there is none, or where it would only repeat another."""
    of_a_relation = reading.kind == Contradiction.Kind.BROKEN_LINK and name not in ("kpi_value", "value")
    unit = CORRELATION if of_a_relation else reading.kpi_unit if name == "kpi_value" else reading.outcome_unit
    if name not in found or (name == "average" and found.get("window", 1) <= 1):
        return ""
    if name == "upper":
        return _range(found, unit, reading)
    if name == "effect" and of_a_relation:
        return _word(found["reference"] - found["effect"], unit)
    return _apart(found["effect"], reading) if name == "effect" else _word(found[name], unit)


def _range(found: dict[str, Any], unit: str, reading: Reading) -> str:
    if "lower" not in found:
        return ""
    of_a_share = reading.kind == Contradiction.Kind.HANDOFF
    low, high = within_ends(found["lower"], found["upper"], unit, of_a_share=of_a_share)
    return f"{_word(low, unit)} to {_word(high, unit)}"


def _versions(evidence: dict[str, Any], reading: Reading) -> Iterator[tuple[str, str]]:
    window = evidence.get("window") or {}
    if window:
        yield "Past looked at", f"{_day(window['from'])} to {_day(window['to'])}"
    told = [f"{name}, version {side['version']}" for name, side in
            ((reading.kpi, evidence.get("kpi")), (reading.outcome, evidence.get("outcome")))
            if side and "version" in side]  # fmt: skip
    if told:
        yield "Under the definitions", "; ".join(dict.fromkeys(told))
    for name, side in ((reading.kpi, evidence.get("kpi")), (reading.outcome, evidence.get("outcome"))):
        yield from _counting(name, side or {})
    if evidence.get("lag"):
        yield "Effect expected", f"{counted(evidence['lag'], 'period')} later"


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%-d %B %Y}"


def _counting(name: str, side: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """How a side's figures compare across a change of counting."""
    if "compared_from" in side:
        yield "Counted anew", f"{name}: figures before {_day(side['compared_from'])} are not compared with later ones"
    for bridge in side.get("bridged", ()):
        plus = f" {bridge['offset']:+g}" if bridge["offset"] else ""
        yield "Bridged", f"{name}: figures before {_day(bridge['before'])} are taken × {bridge['factor']:g}{plus}"


def _weight(weight: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if (times := weight.get("times_the_smallest_that_matters")) is not None:
        yield "Size", f"{times:.1f} times the smallest that matters"
    if (run := weight.get("periods_in_a_row")) is not None:
        yield "Periods in a row", str(run)
    if (share := weight.get("share")) is not None:
        yield "Share of the whole it touches", _word(share, "fraction")


def _apart(effect: float, reading: Reading) -> str:
    if reading.kind in OF_A_SHARE:
        return _word(effect, "fraction")
    return word_difference(_decimal(effect), reading.outcome_unit).text


def _word(value: float, unit: str) -> str:
    if unit == CORRELATION:
        return f"{value:+.2f}".replace("-", MINUS)
    return word_figure(_decimal(value), unit).text


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
