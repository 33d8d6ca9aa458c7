"""What somebody gave for a figure, as typed, and the figures that it is read as."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from metrics.handing_in import typed
from metrics.handing_in.sheet_template import COUNTED, FIGURES
from metrics.handing_in.sheets import Cell, Sheet
from metrics.ingestion.notation import canonical
from metrics.ingestion.quotients import NO_QUOTIENTS, quotient
from metrics.models import Definition
from truthgov.figures import plain

NAMED_UNITS = {Definition.Unit.CURRENCY, Definition.Unit.DAYS, Definition.Unit.HOURS, Definition.Unit.MINUTES}
CONTRADICTED = (
    "Numerator over denominator gives {}; correct whichever is wrong, or empty the value and it follows from them."
)
ALONE = "The numerator stands without a denominator and is another figure; correct or empty it, or give both."
READ_AS = "{} is read with a decimal point; for a thousand and more write {}."
BOTH = "It says that there is no figure, and gives parts of one; empty these, or give the value."
UNDIVIDED = "These parts give no value: give a numerator and a denominator other than 0, or the value itself."


@dataclass(frozen=True)
class Entry:
    """What somebody gave for a cell: texts, as typed."""

    cell: Cell
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    note: str = ""

    @property
    def is_given(self) -> bool:
        return any(self.texts.values())

    @property
    def texts(self) -> dict[str, str]:
        return {"value": self.value, "numerator": self.numerator, "denominator": self.denominator, "note": self.note}

    @property
    def is_unavailable(self) -> bool:
        return typed.is_unavailable(self.value)

    @property
    def says_both(self) -> bool:
        """Is it said that there is no figure, with parts of one beside?"""
        return self.is_unavailable and self.cell.reading is None and bool(self.numerator or self.denominator)

    @property
    def read_as(self) -> str:
        """What is said of figures that were read in one of two ways, where they are not those on record."""
        reading = self.cell.reading
        said = (getattr(self, name).strip() for name in FIGURES
                if getattr(self, name).strip() != plain(getattr(reading, name, None)))  # fmt: skip
        return " ".join(READ_AS.format(text, text.replace(".", "")) for text in said if typed.ambiguity(text))

    def figures(self) -> tuple[dict[str, str], dict[str, str]]:
        """The figures in plain notation, and for those that cannot be read the sentence that says why."""
        read, faults = {}, {}
        for name in FIGURES:
            try:
                read[name] = self._plain(name)
            except ValueError as fault:
                faults[name] = str(fault)
        if not faults and (said := self._fault_of_parts(read)):
            faults["value"] = said
        return read, faults

    def _fault_of_parts(self, read: Mapping[str, str]) -> str:
        """What is wrong with the parts beside their value; empty where nothing is, or the door says it."""
        if not (read["numerator"] or read["denominator"]):
            return ""
        if read["value"] and not self._contradicts_its_parts(read):
            return ""
        try:
            ratio = quotient(canonical(read["numerator"]), canonical(read["denominator"]))
        except ValueError as fault:
            return str(fault)
        if read["value"]:
            return CONTRADICTED.format(ratio) if read["denominator"] else ALONE
        return "" if ratio and self.cell.definition.unit not in NO_QUOTIENTS else UNDIVIDED

    def _plain(self, name: str) -> str:
        definition, typed_in = self.cell.definition, getattr(self, name)
        if name != "value" and typed_in and definition.unit == Definition.Unit.COUNT:
            raise ValueError(COUNTED)
        is_share = name == "value" and definition.unit in typed.SHARES
        if definition.unit == Definition.Unit.COUNT and (asked := typed.ambiguity(typed_in.strip())):
            raise ValueError(asked)  # hardly anybody counts thousandths
        figure = typed.plain(typed_in, is_share=is_share, currency=self._currency(name))
        if figure.endswith("%") and not is_share:
            unit = f", in {definition.worded_unit}" if name == "value" and definition.unit in NAMED_UNITS else ""
            raise ValueError(f"{typed_in.strip()[:40]!r} is a percentage and this is none; write the number{unit}.")
        return figure

    def _currency(self, name: str) -> str | None:
        """The currency that a field is in; None where nothing says it: parts of a share may be money, too."""
        definition = self.cell.definition
        if definition.unit == Definition.Unit.CURRENCY:
            return definition.currency
        return "" if name == "value" else None

    def _contradicts_its_parts(self, read: Mapping[str, str]) -> bool:
        """Is the value another one than the parts give? The door asks this of fractions; what is on record stays."""
        reading = self.cell.reading
        on_record = {name: getattr(reading, name, None) for name in FIGURES}
        given = {name: _number(text) for name, text in read.items()}
        value, numerator, denominator = (given[name] for name in FIGURES)
        if self.cell.definition.unit == Definition.Unit.FRACTION or given == on_record:
            return False
        if value is None or numerator is None or denominator == 0:
            return False
        if denominator and self.cell.definition.unit in NO_QUOTIENTS:
            return False
        return abs(value - numerator / (denominator or 1)) > Decimal(1).scaleb(min(0, int(value.as_tuple().exponent)))


def entries_of(sheet: Sheet, draft: Mapping[str, Mapping[str, str]]) -> list[Entry]:
    """The entries of a draft, in the order of the sheet; what nobody owes is left out."""
    given = (Entry(cell, **_kept(draft[cell.key])) for cell in sheet.cells if cell.key in draft)
    return [entry for entry in given if entry.is_given]


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in (*FIGURES, "note")}


def _number(text: str) -> Decimal | None:
    """None for what is no number: the door says so."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
