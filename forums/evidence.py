"""A signal's frozen evidence laid out for its reader: what was found, what it was held against, by which versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.detection.wording import how_often
from metrics.models import Contradiction
from truthgov.figures import word_difference, word_figure

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


OF_THE_PAST = ("reference", "baseline", "upper")


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
    of_sources = reading.kind == Contradiction.Kind.SOURCE_DISAGREEMENT
    terms = _terms(found, reading)
    for name in ("kpi_value", "value", "average", *(() if of_sources else OF_THE_PAST), "effect", "p", "basis", "size"):
        if name in terms and name in found:
            yield terms[name]


def _terms(found: dict[str, Any], reading: Reading) -> dict[str, tuple[str, str]]:
    """What each figure of a finding is called, and its wording."""
    unit = reading.outcome_unit
    terms = {
        name: (label, _word(found[name], shown))
        for name, label, shown in (
            ("kpi_value", reading.kpi, reading.kpi_unit),
            ("value", reading.outcome, unit),
            ("reference", "Held against", unit),
            ("baseline", "Expected from the past", unit),
            ("size", "Cases behind the figure", "count"),
        )
        if name in found
    }
    if {"lower", "upper"} <= found.keys():
        terms["upper"] = "Natural limits", f"{_word(found['lower'], unit)} to {_word(found['upper'], unit)}"
    if "effect" in found:
        terms["effect"] = "Worse by", _apart(found["effect"], reading)
    if found.get("window", 1) > 1 and "average" in found:
        terms["average"] = f"Mean over {found['window']:.0f} periods", _word(found["average"], unit)
    if "p" in found:
        terms["p"] = "Would come about by chance", how_often(found["p"])
    if found.get("basis") in BASES:
        terms["basis"] = "Rests on", BASES[found["basis"]]
    return terms


def _versions(evidence: dict[str, Any], reading: Reading) -> Iterator[tuple[str, str]]:
    window = evidence.get("window") or {}
    if window:
        yield "Past looked at", f"{window.get('from')} to {window.get('to')}"
    told = [f"{name}, version {side['version']}" for name, side in
            ((reading.kpi, evidence.get("kpi")), (reading.outcome, evidence.get("outcome")))
            if side and "version" in side]  # fmt: skip
    if told:
        yield "Under the definitions", "; ".join(dict.fromkeys(told))
    for name, side in ((reading.kpi, evidence.get("kpi")), (reading.outcome, evidence.get("outcome"))):
        yield from _counting(name, side or {})
    if evidence.get("lag"):
        yield "Effect expected", f"{evidence['lag']} periods later"


def _counting(name: str, side: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """How a side's figures compare across a change of counting."""
    if "compared_from" in side:
        yield "Counted anew", f"{name}: figures before {side['compared_from']} are not compared with later ones"
    for bridge in side.get("bridged", ()):
        plus = f" {bridge['offset']:+g}" if bridge["offset"] else ""
        yield "Bridged", f"{name}: figures before {bridge['before']} are taken × {bridge['factor']:g}{plus}"


def _weight(weight: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if (times := weight.get("times_the_smallest_that_matters")) is not None:
        yield "Size", f"{times:.1f} times the smallest that matters"
    if (run := weight.get("periods_in_a_row")) is not None:
        yield "Periods in a row", str(run)
    if (share := weight.get("share")) is not None:
        yield "Share of the whole it touches", _word(share, "fraction")


def _apart(effect: float, reading: Reading) -> str:
    """Two sources differ by a share of the figure of record, the others by their unit."""
    if reading.kind == Contradiction.Kind.SOURCE_DISAGREEMENT:
        return _word(effect, "fraction")
    return word_difference(_decimal(effect), reading.outcome_unit).text


def _word(value: float, unit: str) -> str:
    return word_figure(_decimal(value), unit).text


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
