"""A foreign dictionary made to fit ours, line by line; what does not fit is left out, and told. No database.

The dictionary itself stays as strict as it is: each line that comes out of here is read by it once, alone, and is left
out with its own words where it refuses it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO

from benchmarks import units
from benchmarks.folder import Notes, Row, code_of, name_of
from benchmarks.observed import EMPTY, UNNAMED, Seen
from metrics.dictionary_files import from_sheets
from metrics.dictionary_files.sheets import (
    JOURNEY_ITSELF,
    LINK_COLUMNS,
    MEASURE_COLUMNS,
    OPTIONAL_LINK_COLUMNS,
    OPTIONAL_MEASURE_COLUMNS,
)
from metrics.models import MOST_DECIMALS, Definition, Link, Measure
from truthgov.periods import Grain

OF_MEASURE = (*MEASURE_COLUMNS, *OPTIONAL_MEASURE_COLUMNS)
OF_LINK = (*LINK_COLUMNS, *OPTIONAL_LINK_COLUMNS)
HIGHER = {"higher", "up", "high", "increase", "increasing", "max", "maximize", "maximise", "positive", "more"}
LOWER = {"lower", "down", "low", "decrease", "decreasing", "min", "minimize", "minimise", "negative", "less"}
GRAINS = {"daily": Grain.DAY, "days": Grain.DAY, "weekly": Grain.WEEK, "weeks": Grain.WEEK, "monthly": Grain.MONTH,
          "months": Grain.MONTH, "quarterly": Grain.QUARTER, "quarters": Grain.QUARTER}  # fmt: skip
ROLES = {"kpi": Measure.Kind.FUNCTIONAL_KPI, "functional": Measure.Kind.FUNCTIONAL_KPI,
         "outcome": Measure.Kind.JOURNEY_OUTCOME, "counter": Measure.Kind.COUNTER_MEASURE,
         "countermeasure": Measure.Kind.COUNTER_MEASURE, "guard": Measure.Kind.COUNTER_MEASURE}  # fmt: skip
KINDS = {"variance": Link.Kind.INCONSISTENCY, "serves": Link.Kind.DIVERGENCE}
FIGURES = {"target": MOST_DECIMALS, "red_threshold": MOST_DECIMALS, "min_effect": MOST_DECIMALS, "reliable_from_den": 6,
           "source_tolerance": 4, "restatement_threshold": 4}  # fmt: skip
"""The decimals that the dictionary takes of each."""
IN_THE_UNIT = ("target", "red_threshold", "min_effect")
WHOLE = ("decimals", "freshness_days")
NOBODY, NOWHERE = "Function not named", "Journey not named"


def measures_by_code(rows: Iterable[Row], notes: Notes) -> dict[str, Row]:
    """The lines of the sheet by their codes; of two with one code the first stands."""
    lines: dict[str, Row] = {}
    for row in rows:
        code = code_of(row["code"])
        if not code:
            notes.tell("has no code and is left out.", of=row.get("name") or "a measure")
        elif code in lines:
            notes.tell("stands twice among the measures; the first line holds.", of=code)
        else:
            lines[code] = row
    for name in sorted({name for row in lines.values() for name in row} - {*OF_MEASURE}):
        notes.tell("is no column of the dictionary and is not read.", of=f"measures, {name}")
    return lines


class Line:
    """One measure on its way into the dictionary: `cells` by column, and by what its figures are divided."""

    def __init__(self, code: str, row: Row, seen: Seen, notes: Notes) -> None:
        self.code, self.seen, self.notes = code, seen, notes
        self.cells = {name: row.get(name, "").strip() for name in OF_MEASURE if name in row or name in MEASURE_COLUMNS}
        self.cells |= {"code": code, "name": name_of(row.get("name", "")) or code}
        self.divisor, self.in_percent = 1, False

    def fit(self, journey: str) -> None:
        """Fit every cell; `journey` is that of its links, where they say one."""
        self._fit_people(journey)
        self._fit_unit()
        for name, decimals in FIGURES.items():
            if name in self.cells:
                self.cells[name] = self._figure(name, decimals)
        for name in WHOLE:
            if name in self.cells:
                self.cells[name] = whole(self.cells[name])
        self.cells["direction"] = self._direction()
        self.cells["grain"] = self._grain()
        self.cells["source"] = self._source()
        self.cells["definition"] = self.cells["definition"] or self.cells["formula"] or self.cells["name"]

    def tell(self, sentence: str) -> None:
        self.notes.tell(sentence, of=self.code)

    def _fit_people(self, journey: str) -> None:
        cells = self.cells
        cells |= {name: name_of(cells[name]) for name in ("function", "journey")}
        of_journey = cells["function"].startswith(JOURNEY_ITSELF)
        cells["role"] = self._role(of_journey)
        if cells["role"] == Measure.Kind.JOURNEY_OUTCOME:
            said = cells["function"].removeprefix(JOURNEY_ITSELF).strip() if of_journey else ""
            if not cells["journey"]:
                cells["journey"] = name_of(journey) or said or NOWHERE
                self.tell(f"names no journey; {cells['journey']} is taken.")
        elif (of_journey or not cells["function"]) and not self._is_guard_of_journey():
            said = cells["function"].removeprefix(JOURNEY_ITSELF).strip()
            cells["function"] = said or NOBODY
            self.tell(f"no function answers for it; {cells['function']} is taken for one.")

    def _is_guard_of_journey(self) -> bool:
        return self.cells["role"] == Measure.Kind.COUNTER_MEASURE and bool(self.cells["journey"])

    def _role(self, of_journey: bool) -> str:
        said = "_".join(self.cells["role"].casefold().replace("-", " ").split())
        role = ROLES.get(said, said)
        if role in Measure.Kind.values:
            return str(role)
        guessed = (Measure.Kind.JOURNEY_OUTCOME if of_journey else Measure.Kind.FUNCTIONAL_KPI).value
        self.tell(f"role {self.cells['role']!r} is taken as {guessed}.")
        return guessed

    def _fit_unit(self) -> None:
        said, unit = self.cells["unit"], units.fitted(self.cells["unit"], self.seen)
        self.in_percent = unit.divisor == 100 and said.casefold() != Definition.Unit.FRACTION
        self.cells["unit"], self.divisor = unit.unit, unit.divisor
        if unit.note:
            self.tell(unit.note)
            if unit.unit == Definition.Unit.INDEX:
                self.cells["decimals"] = self.cells.get("decimals") or "4"

    def _figure(self, name: str, decimals: int) -> str:
        text = self.cells[name]
        said = re.sub(r"^[<>=≤≥~\s]+", "", text)
        number = said.rstrip("% ")
        if number.casefold() in {"", *EMPTY}:
            return ""
        try:
            divisor = self._divisor_of(name, Decimal(number), "%" in said)
            rounded = round(Decimal(number) / divisor, decimals)
        except (ArithmeticError, ValueError):
            self.tell(f"{name} {text!r} is no figure and is left out.")
            return ""
        if number == text and rounded == Decimal(number):
            return text
        self.tell(f"{name} {text!r} is read as {rounded.normalize():f}.")
        return f"{rounded:f}"

    def _divisor_of(self, name: str, figure: Decimal, is_percent: bool) -> int:
        """A fraction's target and its like are shares, too: above 1, or in a unit that is, they stand in percent."""
        if name not in IN_THE_UNIT or self.cells["unit"] != Definition.Unit.FRACTION:
            return 1
        return 100 if is_percent or self.in_percent or figure > 1 else 1

    def _direction(self) -> str:
        said = self.cells["direction"].casefold().replace("_", " ").split(" ")[0]
        if said in HIGHER or said in LOWER:
            return "higher" if said in HIGHER else "lower"
        target, red = (Decimal(self.cells.get(name) or 0) for name in ("target", "red_threshold"))
        taken = "lower" if self.cells.get("red_threshold") and self.cells["target"] and red > target else "higher"
        self.tell(f"direction {self.cells['direction']!r} is taken as {taken}.")
        return taken

    def _grain(self) -> str:
        said = self.cells["grain"].casefold()
        grain = GRAINS.get(said, said)
        if grain in list(Grain) or self.seen.grain is None:
            return str(grain)
        self.tell(f"grain {self.cells['grain']!r} is taken as {self.seen.grain}, of which its figures are.")
        return str(self.seen.grain)

    def _source(self) -> str:
        said, sources = name_of(self.cells["source"]), self.seen.sources
        if said in sources or not sources:
            return said or UNNAMED
        taken = sources.most_common(1)[0][0]
        if said:
            self.tell(f"no figure comes from its source of record, {said}; {taken}, which most come from, is taken.")
        return taken


def whole(text: str) -> str:
    """A whole number that is written with a point, without it; anything else as it stands."""
    return re.sub(r"\.0*$", "", text.strip())


def sheet_of(lines: dict[str, Line], notes: Notes) -> str:
    """The sheet of measures as the dictionary takes it, without the lines that it refuses."""
    fitted = {code: line.cells for code, line in lines.items()}
    for code, cells in fitted.items():
        if cells.get("guards") and (cells["guards"] not in fitted or cells["guards"] == code):
            notes.tell(f"guards {cells['guards']!r}, which is no other measure; that is left out.", of=code)
            cells["guards"] = ""
    return _sheet(OF_MEASURE, [cells for code, cells in fitted.items() if _is_taken(code, cells, notes)])


def _is_taken(code: str, cells: Row, notes: Notes) -> bool:
    refused = from_sheets(_sheet(OF_MEASURE, [cells])).problems
    if refused and cells.keys() > set(MEASURE_COLUMNS):
        bare = {name: cells[name] for name in MEASURE_COLUMNS}
        if not from_sheets(_sheet(OF_MEASURE, [bare])).problems:
            notes.tell(f"its optional columns are left out: {refused[0].message}", of=code)
            for name in OPTIONAL_MEASURE_COLUMNS:
                cells.pop(name, None)
            return True
    if refused:
        notes.tell(f"is left out with its figures: {' '.join(each.message for each in refused)}", of=code)
    return not refused


def links_of(rows: list[Row], codes: set[str], notes: Notes) -> str:
    """The sheet of links as the dictionary takes it: those that join two of these measures, each once."""
    taken: dict[tuple[str, ...], Row] = {}
    for name in sorted({*(rows[0] if rows else ())} - {*OF_LINK, "kpi", "outcome", "journey"}):
        notes.tell("is no column of a link and is not read.", of=f"links, {name}")
    for row in rows:
        link = _link(row)
        ends = link["from_measure"], link["to_measure"]
        named = f"link {link['kind']} from {ends[0]} to {ends[1]}"
        if fault := _fault(link, ends, codes):
            notes.tell(f"is left out: {fault}", of=named)
        elif (link["kind"], *ends) in taken:
            notes.tell("stands twice; the first line holds.", of=named)
        else:
            taken[link["kind"], *ends] = link
    return _sheet(OF_LINK, taken.values())


def _link(row: Row) -> Row:
    pair = {"from_measure": row.get("from_measure") or row.get("kpi", ""),
            "to_measure": row.get("to_measure") or row.get("outcome", "")}  # fmt: skip
    said = row.get("kind", "").strip().casefold() or Link.Kind.DIVERGENCE.value
    return {"kind": str(KINDS.get(said, said)), **{name: code_of(code) for name, code in pair.items()},
            "lag_periods": whole(row.get("lag_periods", "")) or "0",
            **{name: row.get(name, "").strip() for name in OPTIONAL_LINK_COLUMNS}}  # fmt: skip


def _fault(link: Row, ends: tuple[str, str], codes: set[str]) -> str:
    if unknown := [code for code in ends if code not in codes]:
        return f"no measure {' and '.join(unknown)} is taken."
    if ends[0] == ends[1]:
        return "a link joins two measures."
    return " ".join(each.message for each in from_sheets(_sheet(MEASURE_COLUMNS, []), _sheet(OF_LINK, [link])).problems)


def journeys_of(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """The outcomes of links with the journeys that these name."""
    for row in rows:
        if journey := row.get("journey", "").strip():
            yield code_of(row.get("to_measure") or row.get("outcome", "")), journey


def _sheet(columns: Iterable[str], lines: Iterable[Row]) -> str:
    """The text of a sheet: of the columns that one need not have, those that a line has."""
    kept = list(lines)
    needed = {*MEASURE_COLUMNS, *LINK_COLUMNS}.union(*kept)
    text = StringIO(newline="")
    written = csv.DictWriter(text, [name for name in columns if name in needed], restval="")
    written.writeheader()
    written.writerows(kept)
    return text.getvalue()
