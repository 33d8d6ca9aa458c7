"""The sheets of a dictionary as texts, read into rows or into errors that name their line. No database."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import TypeVar

from metrics.ingestion.notation import canonical
from metrics.models import FRESHNESS_DAYS, Definition, Link, Measure
from truthgov.periods import Grain

T = TypeVar("T")
MEASURE_COLUMNS = ("code", "name", "function", "unit", "direction", "target", "grain", "definition", "formula",
                   "source", "role", "journey")  # fmt: skip
OPTIONAL_MEASURE_COLUMNS = ("red_threshold", "min_effect", "reliable_from_den", "decimals", "source_tolerance",
                            "restatement_threshold", "freshness_days", "roll_up", "guards",
                            "unguarded_because", "changes_counting")  # fmt: skip
LINK_COLUMNS = ("kind", "from_measure", "to_measure", "lag_periods")
OPTIONAL_LINK_COLUMNS = ("pass_through", "tolerance")
PAIR_COLUMNS = ("kpi", "outcome", "lag_periods", "journey")
"""The short form of a sheet of links: each row says which outcome a KPI serves."""
JOURNEY_ITSELF = "(journey)"


@dataclass(frozen=True)
class SheetError:
    """What is wrong in a line (the header is line 1) of a sheet."""

    sheet: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.sheet}, line {self.line}: {self.message}"


@dataclass(frozen=True)
class MeasureRow:
    """A line of the sheet of measures; `definition` holds the fields of a definition that the line decides."""

    line: int
    code: str
    name: str
    kind: str
    function: str
    journey: str
    source: str
    guards: str | None
    """The code of the measure it guards; None where the sheet does not say."""
    changes_counting: bool | None
    """Whether a changed line counts differently; None where the sheet leaves it to what changes."""
    definition: dict[str, str | int | Decimal | None]


@dataclass(frozen=True)
class LinkRow:
    line: int
    kind: str
    from_measure: str
    to_measure: str
    lag_periods: int
    pass_through: Decimal | None
    tolerance: Decimal | None


def read_measures(text: str) -> tuple[list[MeasureRow], list[SheetError]]:
    """The lines of a sheet of measures, and what is wrong with those that are missing."""
    rows, errors = _read("measures", text, MEASURE_COLUMNS, OPTIONAL_MEASURE_COLUMNS, _measure)
    first_lines: dict[str, int] = {}
    for row in rows:
        first = first_lines.setdefault(row.code, row.line)
        if first != row.line:
            errors.append(SheetError("measures", row.line, f"{row.code} stands on line {first} already."))
    return rows, errors


def read_links(text: str) -> tuple[list[LinkRow], list[SheetError]]:
    """The lines of a sheet of links, in its long form or as pairs of KPI and outcome."""
    if next(csv.reader(StringIO(text)), []) == list(PAIR_COLUMNS):
        return _read("links", text, PAIR_COLUMNS, (), _pair)
    return _read("links", text, LINK_COLUMNS, OPTIONAL_LINK_COLUMNS, _link)


def _read(
    sheet: str, text: str, columns: Iterable[str], optional: Iterable[str], parse: Callable[[int, dict[str, str]], T]
) -> tuple[list[T], list[SheetError]]:
    lines = csv.reader(StringIO(text.removeprefix("\ufeff")))
    header = [name.strip() for name in next(lines, [])]
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in {*columns, *optional}]
    if missing or unknown:
        message = f"missing columns: {', '.join(missing) or 'none'}; unknown columns: {', '.join(unknown) or 'none'}."
        return [], [SheetError(sheet, 1, message)]
    rows, errors = [], []
    for cells in lines:
        if not any(cells):
            continue
        try:
            if len(cells) != len(header):
                raise ValueError(f"{len(cells)} cells under a header of {len(header)}.")
            stripped = (cell.strip() for cell in cells)
            rows.append(parse(lines.line_num, dict(zip(header, stripped, strict=True))))
        except ValueError as error:
            errors.append(SheetError(sheet, lines.line_num, str(error)))
    return rows, errors


def _measure(line: int, cells: dict[str, str]) -> MeasureRow:
    kind = _one_of("role", cells["role"], Measure.Kind.values)
    function = "" if cells["function"].startswith(JOURNEY_ITSELF) else cells["function"]
    for name in ("code", "name", "source", "definition"):
        if not cells[name]:
            raise ValueError(f"{name} is empty.")
    if kind == Measure.Kind.FUNCTIONAL_KPI and not function:
        raise ValueError("A functional KPI needs the function that answers for it.")
    if kind == Measure.Kind.JOURNEY_OUTCOME and not cells["journey"]:
        raise ValueError("A journey outcome needs its journey.")
    return MeasureRow(line, cells["code"], cells["name"], kind, function, cells["journey"], cells["source"],
                      cells.get("guards"), _counting(cells), _definition(cells))  # fmt: skip


def _definition(cells: dict[str, str]) -> dict[str, str | int | Decimal | None]:
    unit, currency = _unit(cells["unit"])
    grain = _one_of("grain", cells["grain"], [grain.value for grain in Grain])
    fields: dict[str, str | int | Decimal | None] = {
        "wording": cells["definition"],
        "formula": cells["formula"],
        "unit": unit,
        "currency": currency,
        "direction": _one_of("direction", cells["direction"], Definition.Direction.values),
        "grain": grain,
        "decimals": _count("decimals", cells, default=4 if unit == Definition.Unit.FRACTION else 2),
        "target": _figure("target", cells),
        "red_threshold": _figure("red_threshold", cells),
        "min_effect": _figure("min_effect", cells),
        "reliable_from": _figure("reliable_from_den", cells),
        "freshness_days": _count("freshness_days", cells, default=FRESHNESS_DAYS[Grain(grain)]),
        "roll_up": _one_of("roll_up", cells.get("roll_up") or "none", Definition.RollUp.values),
    }
    for name, default in (("source_tolerance", "0.05"), ("restatement_threshold", "0.02")):
        fields[name] = _figure(name, cells) or Decimal(default)
    if "unguarded_because" in cells:
        fields["unguarded_because"] = cells["unguarded_because"]
    return fields


def _counting(cells: dict[str, str]) -> bool | None:
    said = cells.get("changes_counting", "")
    return _one_of("changes_counting", said, ["yes", "no"]) == "yes" if said else None


def _unit(text: str) -> tuple[str, str]:
    """A unit, and the currency where it is one: EUR stands for both."""
    if len(text) == 3 and text.isascii() and text.isupper():
        return Definition.Unit.CURRENCY, text
    return _one_of("unit", text, [unit for unit in Definition.Unit.values if unit != Definition.Unit.CURRENCY]), ""


def _link(line: int, cells: dict[str, str]) -> LinkRow:
    kind = _one_of("kind", cells["kind"], Link.Kind.values)
    return _joined(line, kind, cells["from_measure"], cells["to_measure"], cells)


def _pair(line: int, cells: dict[str, str]) -> LinkRow:
    return _joined(line, Link.Kind.DIVERGENCE, cells["kpi"], cells["outcome"], cells)


def _joined(line: int, kind: str, from_measure: str, to_measure: str, cells: dict[str, str]) -> LinkRow:
    if from_measure == to_measure:
        raise ValueError("A link joins two different measures.")
    return LinkRow(line, kind, from_measure, to_measure, _count("lag_periods", cells, default=0),
                   _figure("pass_through", cells), _figure("tolerance", cells))  # fmt: skip


def _one_of(name: str, text: str, known: Iterable[str]) -> str:
    if text not in known:
        raise ValueError(f"{name} {text!r} is not one of {', '.join(known)}.")
    return text


def _figure(name: str, cells: dict[str, str]) -> Decimal | None:
    try:
        text = canonical(cells.get(name, ""))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return Decimal(text) if text else None


def _count(name: str, cells: dict[str, str], *, default: int) -> int:
    text = cells.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise ValueError(f"{name} {text!r} is not a whole number.")
    return int(text)
