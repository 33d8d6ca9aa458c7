"""From what somebody typed to what is stored: previewed cell by cell, confirmed as it was shown, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

from metrics.handing_in import attesting, due, typed
from metrics.handing_in.absences import declare_unavailable
from metrics.handing_in.noting import note
from metrics.handing_in.preview import Line, Preview, Standing, judged, refused, unavailable
from metrics.handing_in.sheet_template import FIGURES
from metrics.handing_in.sheets import Cell, Sheet
from metrics.ingestion import Delivery, Outcome, Rows, ingest, rehearse
from metrics.models import Definition, Draft, FigureNote, Submission
from truthgov import audit
from truthgov.actor import Appointed
from truthgov.errors import Refusal
from truthgov.figures import EXACTLY, plain

SHARES = {Definition.Unit.FRACTION, Definition.Unit.RATIO}
"""Units that may be given with a percent sign, as they are shown."""
NAMED_UNITS = {Definition.Unit.CURRENCY, Definition.Unit.DAYS, Definition.Unit.HOURS, Definition.Unit.MINUTES}
RATIO_PLACES = Decimal("1e-6")
CONTRADICTED = (
    "Numerator over denominator gives {}; correct whichever is wrong, or empty the value and it follows from them."
)
ALONE = "The numerator stands without a denominator and is another figure; correct or empty it, or give both."
READ_AS = "{} is read with a decimal point; for a thousand and more write {}."
UNDIVIDED = "These parts give no value: give a numerator and a denominator other than 0, or the value itself."
CHANGED = "What is on record, or your draft, changed since you looked at the preview; look at it again."


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
        return any((self.value, self.numerator, self.denominator, self.note))

    @property
    def is_unavailable(self) -> bool:
        return typed.is_unavailable(self.value)

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
        if not faults and not read["value"]:
            read["value"] = _ratio(read["numerator"], read["denominator"])
            if not read["value"] and (read["numerator"] or read["denominator"]):
                faults["value"] = UNDIVIDED
        elif not faults and self._contradicts_its_parts(read):
            ratio = _ratio(read["numerator"], read["denominator"])
            faults["value"] = CONTRADICTED.format(ratio) if read["denominator"] else ALONE
        return read, faults

    def _plain(self, name: str) -> str:
        definition, typed_in = self.cell.definition, getattr(self, name)
        is_share = name == "value" and definition.unit in SHARES
        if definition.unit == Definition.Unit.COUNT and (asked := typed.ambiguity(typed_in.strip())):
            raise ValueError(asked)  # hardly anybody counts thousandths
        figure = typed.plain(typed_in, is_share=is_share)
        if figure.endswith("%") and not is_share:
            unit = f", in {definition.worded_unit}" if name == "value" and definition.unit in NAMED_UNITS else ""
            raise ValueError(f"{typed_in.strip()[:40]!r} is a percentage and this is none; write the number{unit}.")
        return figure

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
        return abs(value - numerator / (denominator or 1)) > Decimal(1).scaleb(min(0, int(value.as_tuple().exponent)))


def entries_of(sheet: Sheet, draft: Mapping[str, Mapping[str, str]]) -> list[Entry]:
    """The entries of a draft, in the order of the sheet; what nobody owes is left out."""
    given = (Entry(cell, **_kept(draft[cell.key])) for cell in sheet.cells if cell.key in draft)
    return [entry for entry in given if entry.is_given]


def preview(sheet: Sheet, draft: Draft, *, by: Appointed) -> Preview:
    """What would become of a draft, with nothing stored."""
    notes = notes_on(sheet)
    lines: dict[str, Line] = {}
    rows: list[tuple[Entry, dict[str, str]]] = []
    for entry in entries_of(sheet, draft.entries):
        figures, faults = entry.figures()
        if entry.is_unavailable:
            lines[entry.cell.key] = unavailable(entry.cell, entry.note)
        elif faults:
            lines[entry.cell.key] = refused(entry.cell, faults, entry.note)
        else:
            rows.append((entry, _row(sheet, draft, entry, figures, notes.get(entry.cell.key, ""))))
    fates = rehearse(Rows.of(row for _, row in rows), _delivery(draft, by), by=by)
    for number, (entry, _) in enumerate(rows):
        standing_note = notes.get(entry.cell.key, "")
        read_as = "" if draft.file else entry.read_as
        lines[entry.cell.key] = judged(entry.cell, fates[number], entry.note, standing_note, read_as)
    return Preview([lines[cell.key] for cell in sheet.cells if cell.key in lines])


def hand_in(sheet: Sheet, *, seen: str, attested: bool, by: Appointed) -> Submission | None:
    """Store a person's draft as it was previewed; `seen` is the digest of what was shown to them.

    None where no figure was among it, but notes and absences alone. With `attested` its sender stands behind the
    whole period as it then stands. Refusal, and nothing stored, where the preview is no longer what was shown.
    """
    with audit.act():
        draft = Draft.objects.select_for_update().of(by.person, sheet.scope, sheet.period.code).first()
        shown = preview(sheet, draft, by=by) if draft else None
        if draft is None or shown is None or shown.digest != seen:
            raise Refusal(CHANGED)
        if shown.refused or not shown.changes:
            raise Refusal("Nothing in the draft can be stored as it stands; correct it in the grid.")
        outcome = _stored(sheet, draft, shown, by)
        _say(sheet, shown, by)
        draft.delete()
        standing = due.sheet(sheet.scope, sheet.period.code)
        if attested and standing and not standing.is_attested:
            attesting.attest(standing, seen=attesting.digest_of(standing), by=by)
    return outcome.submission if outcome else None


def notes_on(sheet: Sheet) -> dict[str, str]:
    """The latest note on each figure of a sheet, by the key of its cell."""
    cells = {cell.reading.observation_id: cell.key for cell in sheet.cells if cell.reading}
    return {cells[observation]: note.text for observation, note in FigureNote.objects.latest_of(cells).items()}


def _stored(sheet: Sheet, draft: Draft, shown: Preview, by: Appointed) -> Outcome | None:
    """Send the new and the restated figures through the door; what came in since the preview is noticed there."""
    wanted = {line.cell.key for line in shown.of(Standing.NEW, Standing.RESTATED)}
    entries = [entry for entry in entries_of(sheet, draft.entries) if entry.cell.key in wanted]
    if not entries:
        return None
    rows = Rows.of(_row(sheet, draft, entry, entry.figures()[0], "") for entry in entries)
    outcome = ingest(rows, _delivery(draft, by), by=by)
    if (outcome.accepted, outcome.restated) != (len(shown.of(Standing.NEW)), len(shown.of(Standing.RESTATED))):
        raise Refusal(CHANGED)
    return outcome


def _say(sheet: Sheet, shown: Preview, by: Appointed) -> None:
    """Store what is said beside figures, and in their place."""
    standing = {Standing.NEW, Standing.RESTATED, Standing.NOTED}
    noted = {line.cell.key: line.note for line in shown.lines if line.note and line.standing in standing}
    current = due.sheet(sheet.scope, sheet.period.code) if noted else None
    for cell in current.cells if current else ():
        if cell.key in noted and cell.reading:
            note(cell.reading.observation_id, noted[cell.key], by=by)
    for line in shown.of(Standing.NOT_AVAILABLE):
        declare_unavailable(sheet, line.cell, line.note, by=by)


def _delivery(draft: Draft, by: Appointed) -> Delivery:
    """Whoever gives the value on record without its parts says nothing new: neither a count's row nor the template's
    column of what is on record shows parts."""
    channel = Submission.Channel.FILE if draft.file else Submission.Channel.FORM
    function = getattr(by.appointment.scope, "function", None)
    return Delivery(channel=channel, function_id=function.pk if function else None, keeps_parts=True)


def _row(sheet: Sheet, draft: Draft, entry: Entry, figures: dict[str, str], standing_note: str) -> dict[str, str]:
    """The row that the one door takes; a note that stands already is no reason for another figure."""
    cell = entry.cell
    return figures | {
        "measure": cell.measure.code, "period": sheet.period.code, "segment": cell.segment.key,
        "source": cell.source.code if cell.source else draft.source,
        "reason": entry.note if entry.note != standing_note else "",
    }  # fmt: skip


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in (*FIGURES, "note")}


def _number(text: str) -> Decimal | None:
    """None for what is no number: the door says so."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _ratio(numerator: str, denominator: str) -> str:
    """The value that parts give; empty where they give none, for the door to refuse."""
    try:
        return f"{(Decimal(numerator) / Decimal(denominator)).quantize(RATIO_PLACES, context=EXACTLY):f}"
    except (InvalidOperation, DivisionByZero):
        return ""
