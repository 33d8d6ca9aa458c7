"""What would become of each figure that somebody is about to hand in: shown before anything is stored. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from metrics.handing_in.sheets import Cell
from metrics.ingestion import Fate, Rehearsed
from metrics.ingestion.oddities import NOTICES
from truthgov.figures import Change, Figure, plain, word_change_in_full, word_figure

VALUE, NOTE = "value", "note"
AT = {"reason_missing": NOTE, "part_exceeds_whole": "numerator"}
"""At which field of its row a refusal of the door is shown; at the value where nothing is said here."""
WORDED = {
    "reason_missing": "It changes a figure on record: say why in its note.",
    "not_a_number": "A note is given and no figure: give one too, or n/a where there is none.",
}
"""What the door refuses, in the words of whoever fills in a sheet."""


class Standing(StrEnum):
    NEW = "new"
    RESTATED = "restated"
    UNCHANGED = "unchanged"
    NOTED = "note_added"
    NOT_AVAILABLE = "not_available"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """One figure: what would become of it, beside what is on record; a refused one says why, and `at` which field.

    `read_as` says how it was read, where there are two ways; `notices` what is odd about it; `texts` are those typed.
    """

    cell: Cell
    standing: Standing
    value: Decimal | None = None
    on_record: Decimal | None = None
    note: str = ""
    why: str = ""
    at: str = VALUE
    read_as: str = ""
    notices: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def change(self) -> Change:
        return word_change_in_full(self.on_record, self.value, self.cell.unit)

    @property
    def before(self) -> Figure | None:
        """That of the period before: beside it a slip of the pen is seen."""
        return word_figure(self.cell.last.value, self.cell.unit) if self.cell.last else None


@dataclass(frozen=True)
class Preview:
    """All figures that were given, in the order of their grid; `source` is that of those that never came before."""

    lines: list[Line]
    source: str = ""

    @property
    def counts(self) -> dict[Standing, int]:
        """How many of each standing there are, in their order; those that there are none of are left out."""
        counted = Counter(line.standing for line in self.lines)
        return {standing: counted[standing] for standing in Standing if counted[standing]}

    @property
    def refused(self) -> list[Line]:
        return self.of(Standing.REFUSED)

    @property
    def changes(self) -> list[Line]:
        """What would be stored."""
        return [line for line in self.lines if line.standing not in (Standing.UNCHANGED, Standing.REFUSED)]

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what is shown: who confirms has seen this and nothing else."""
        told = [f"{line.cell.key}\t{line.standing}\t{plain(line.value)}\t{plain(line.on_record)}\t{line.texts}"
                for line in self.lines]  # fmt: skip
        return hashlib.sha256("\n".join([self.source, *told]).encode()).hexdigest()

    def of(self, *standings: Standing) -> list[Line]:
        return [line for line in self.lines if line.standing in standings]


def judged(cell: Cell, rehearsed: Rehearsed, note: str, standing_note: str, read_as: str = "") -> Line:
    """The line of a figure that was rehearsed at the door; `standing_note` is the one on record."""
    value, on_record, refusal = rehearsed.value, rehearsed.on_record, rehearsed.refusal
    if refusal:
        why = WORDED.get(refusal.code, refusal.message)
        return Line(cell, Standing.REFUSED, value, on_record, note, why, AT.get(refusal.code, VALUE))
    standing = Standing(rehearsed.fate.value)
    if standing is Standing.UNCHANGED and note and note != standing_note:
        standing = Standing.NOTED
    if rehearsed.fate is not Fate.UNCHANGED and not note and cell.definition.meets_target(value) is False:
        target = word_figure(cell.definition.target, cell.unit)
        return Line(cell, Standing.REFUSED, value, on_record, note, f"It misses its target of {target}: say why.", NOTE)
    notices = tuple(NOTICES[code] for code in rehearsed.notices)
    return Line(cell, standing, value, on_record, note, read_as=read_as, notices=notices)


def unavailable(cell: Cell, note: str) -> Line:
    """The line of a figure that is said not to be available."""
    if cell.reading:
        why = "A figure is on record and stays; correct it, with the reason in its note."
        return Line(cell, Standing.REFUSED, None, cell.reading.value, note, why)
    if not note:
        return Line(cell, Standing.REFUSED, why="Say why it is not available.", at=NOTE)
    known = cell.absence is not None and cell.absence.reason == note
    return Line(cell, Standing.UNCHANGED if known else Standing.NOT_AVAILABLE, note=note)


def refused(cell: Cell, faults: Mapping[str, str], note: str) -> Line:
    """The line of a figure that cannot be read; `faults` are sentences by field."""
    at, why = next(iter(faults.items()))
    return Line(cell, Standing.REFUSED, None, cell.reading.value if cell.reading else None, note, why, at)
