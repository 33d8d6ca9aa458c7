"""The two-sheet form of a dictionary: a line a measure with its current terms, and a sheet of links. No database."""

import csv
from collections.abc import Callable, Iterable, Iterator
from io import StringIO

from metrics.dictionary_files.document import Document
from metrics.dictionary_files.fields import UNITS
from metrics.models import FRESHNESS_DAYS, Definition, Link, Measure
from truthgov.errors import InvalidInput
from truthgov.export import read_cell
from truthgov.figures import counted
from truthgov.periods import Grain

MEASURE_COLUMNS = ("code", "name", "function", "unit", "direction", "target", "grain", "definition", "formula",
                   "source", "role", "journey")  # fmt: skip
OPTIONAL_MEASURE_COLUMNS = ("red_threshold", "min_effect", "reliable_from_den", "decimals", "source_tolerance",
                            "restatement_threshold", "freshness_days", "roll_up", "guards",
                            "unguarded_because", "changes_counting", "derivation")  # fmt: skip
LINK_COLUMNS = ("kind", "from_measure", "to_measure", "lag_periods")
OPTIONAL_LINK_COLUMNS = ("pass_through", "tolerance")
PAIR_COLUMNS = ("kpi", "outcome", "lag_periods", "journey")
"""The short form of a sheet of links: each row says which outcome a KPI serves."""
JOURNEY_ITSELF = "(journey)"
RENAMED = {"definition": "wording", "reliable_from_den": "reliable_from"}
OF_MEASURE = ("code", "name", "kind", "function", "journey", "guards")


def from_sheets(measures: str, links: str = "") -> Document:
    """The dictionary that two sheets (as texts) hold."""
    document = Document()
    _read(document, "measures", measures, MEASURE_COLUMNS, OPTIONAL_MEASURE_COLUMNS, _take_measure)
    if next((cells for _, cells in _lines("links", links)), []) == list(PAIR_COLUMNS):
        _read(document, "links", links, PAIR_COLUMNS, (), _take_pair)
    elif links:
        _read(document, "links", links, LINK_COLUMNS, OPTIONAL_LINK_COLUMNS, _take_link)
    document.refuse_repeated()
    return document


def _read(
    document: Document, sheet: str, text: str, columns: Iterable[str], optional: Iterable[str],
    take: Callable[[Document, str, dict[str, str]], None],
) -> None:  # fmt: skip
    lines = _lines(sheet, text.removeprefix("\ufeff"))
    header = [name.strip() for name in next(lines, ("", []))[1]]
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in {*columns, *optional}]
    if missing or unknown:
        message = f"missing columns: {', '.join(missing) or 'none'}; unknown columns: {', '.join(unknown) or 'none'}."
        document.fault(f"{sheet}, line 1", message)
        return
    for place, cells in lines:
        if not any(cells):
            continue
        if len(cells) != len(header):
            document.fault(place, f"{counted(len(cells), 'cell')} under a header of {len(header)}.")
        else:
            take(document, place, dict(zip(header, (read_cell(cell).strip() for cell in cells), strict=True)))


def _lines(sheet: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """Each line with its place. InvalidInput from where on it is no CSV: a cell without an end, say."""
    reader = csv.reader(StringIO(text, newline=""))
    try:
        for cells in reader:
            yield f"{sheet}, line {reader.line_num}", cells
    except csv.Error as error:
        raise InvalidInput(f"{sheet}, line {reader.line_num} is not CSV: {error}.") from error


def _take_measure(document: Document, place: str, cells: dict[str, str]) -> None:
    kind = cells["role"]
    of_journey = cells["function"].startswith(JOURNEY_ITSELF)
    cells = {RENAMED.get(name, name): text for name, text in cells.items() if name != "role"}
    cells |= {"kind": kind, "function": "" if of_journey else cells["function"]}
    problems = [f"{name} is empty." for name in ("source", "wording") if not cells[name]]
    problems += _not_one_of("direction", cells["direction"], Definition.Direction.values)
    problems += _not_one_of("grain", cells["grain"], [grain.value for grain in Grain])
    problems += [] if cells["unit"] else _not_one_of("unit", "", UNITS)
    if problems:
        document.fault(place, " ".join(problems))
        return
    if kind == Measure.Kind.COUNTER_MEASURE and not cells["function"]:
        cells.pop("function")
    document.take("measures", place, {name: cells[name] for name in OF_MEASURE if name in cells})
    document.take("sources_of_record", place, {"code": cells["code"], "source": cells["source"]})
    document.take("versions", place, _terms(cells))


def _terms(cells: dict[str, str]) -> dict[str, str]:
    """The terms of a line; what it leaves empty has its usual value."""
    texts = {name: text for name, text in cells.items() if name not in (*OF_MEASURE[1:], "source")}
    fraction = cells["unit"] == Definition.Unit.FRACTION
    usual = {
        "decimals": "4" if fraction else "2", "source_tolerance": "0.05", "restatement_threshold": "0.02",
        "freshness_days": str(FRESHNESS_DAYS[Grain(cells["grain"])]), "roll_up": Definition.RollUp.NONE.value,
        "red_threshold": "", "min_effect": "", "reliable_from": "",
    }  # fmt: skip
    return {**texts, **{name: texts.get(name) or value for name, value in usual.items()}}


def _take_link(document: Document, place: str, cells: dict[str, str]) -> None:
    document.take("links", place, {"lag_periods": "0", "pass_through": "", "tolerance": ""} | cells)


def _take_pair(document: Document, place: str, cells: dict[str, str]) -> None:
    pair = {"from_measure": cells["kpi"], "to_measure": cells["outcome"], "lag_periods": cells["lag_periods"]}
    _take_link(document, place, {"kind": Link.Kind.DIVERGENCE.value, **pair})


def _not_one_of(name: str, text: str, known: Iterable[str]) -> list[str]:
    choices = list(known)
    return [] if text in choices else [f"{name} {text!r} is not one of {', '.join(choices)}."]
