"""What a worker does with large files: read, compare, store. All it needs to know is a state in the database."""

import zlib
from contextlib import suppress
from datetime import date
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction

from metrics.handing_in.sheet_template import SHEET
from metrics.ingestion import Delivery, RowError, Rows, RowsRefused, ingest, notes
from metrics.ingestion.rehearsal import tally
from metrics.models import Submission, Upload
from metrics.uploads import staged
from metrics.uploads.interpreting import COLUMNS, Fault, Interpreter
from metrics.uploads.vocabulary import Vocabulary
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal, in_full
from truthgov.periods import periods_named
from truthgov.spreadsheets import bounded

NOTHING = "No figure is given in the file; fill in the columns value, or numerator and denominator."
UNKEPT = "What is noted beside unchanged figures ({}) is not kept; write it in the grid of their period."
AT = {
    "unknown_measure": "measure", "not_your_function": "measure", "retired_measure": "measure",
    "duplicate_in_batch": "measure", "period_misaligned": "period", "future_period": "period",
    "unknown_dimension": "segment", "part_exceeds_whole": "numerator", "reason_missing": "note",
    "target_missed": "note",
}  # fmt: skip
"""At which column a refusal of the door is told; at the value where nothing is said here."""
WORDED = {
    "reason_missing": "It changes a figure on record: say why in the column note.",
    "duplicate_in_batch": "Another row gives another figure for the same cell; keep one of them.",
}


class Changed(Exception):  # noqa: N818 - not a failure: it is looked at again
    """What would be stored is not what was shown."""


def work() -> int:
    """Take up every file that waits for a worker, also those whose worker died; answers how many were taken up."""
    for upload in Upload.objects.abandoned(at=clock.now()):
        with suppress(Refusal):  # its sender confirmed or cancelled it meanwhile
            upload.cancel(by=Actor(clockwork="uploads"))
    taken = 0
    for upload in Upload.objects.under_way().order_by("pk"):
        with upload.held() as mine:
            if mine:
                upload.refresh_from_db()
                taken += _take_up(upload)
    return taken


def _take_up(upload: Upload) -> bool:
    if not upload.is_under_way:
        return False
    try:
        upload.begin()
        if upload.status == Upload.Status.PARSING:
            _compare(upload, _read(upload))
        else:
            _store(upload)
    except Refusal as refusal:
        upload.refresh_from_db()
        if upload.is_under_way:
            upload.refuse(in_full(refusal))
    return True


def _read(upload: Upload) -> staged.Read:
    """Stage the rows of the file; begun anew where a worker died of it. Nothing is left to do once they all are."""
    if not upload.parts.exists():
        return staged.staged(upload)
    rows = staged.Read()
    with transaction.atomic():
        upload.note(rows_read=0, bytes_read=0)
        upload.staged.all().delete()
        upload.refused_rows.all().delete()
    with TemporaryFile() as file:
        _spool(upload, file)
        with bounded.reading(file, sheet=SHEET) as (heading, pieces):
            interpreter = Interpreter(heading, Vocabulary.current(), source=upload.source)
            for number, piece in enumerate(pieces):
                read = interpreter.read(piece.batch)
                with transaction.atomic():
                    upload.note(rows_read=upload.rows_read + len(piece.batch.numbers), bytes_read=piece.read,
                                peak=piece.peak, read_as=heading.read_as)  # fmt: skip
                    staged.stage(upload, number, read)
                rows.add(read.numbers, read.columns)
    upload.parts.all().delete()
    return rows


def _spool(upload: Upload, file: IO[bytes]) -> None:
    """The file's bytes, on disk as long as it is open, without a name."""
    for content in upload.parts.values_list("content", flat=True).iterator(chunk_size=1):
        file.write(zlib.decompress(content))
    file.flush()


def _compare(upload: Upload, read: staged.Read) -> None:
    """Hold what was read against what is on record, by the rules of the one door; nothing is stored."""
    numbers, rows = read.numbers, read.rows
    if not numbers and not upload.refused_rows.exists():
        raise InvalidInput(NOTHING)
    with TemporaryFile() as restating:
        found = tally(rows, _delivery(upload), by=upload.by, restating=restating, noted_from=_noted_from(upload))
        with transaction.atomic():
            upload.hold()
            staged.refuse(upload, [_fault(error, rows, numbers) for error in found.refusals])
            staged.restate(upload, restating, numbers)
            upload.present(new=found.new, restated=found.restated, unchanged=found.unchanged,
                           refused=upload.refused_rows.count(), message=_told(upload, found.noted))  # fmt: skip


def _store(upload: Upload) -> None:
    """All of it in one transaction, as it was shown; where something came in between, its sender looks again."""
    read = staged.staged(upload)
    rows = read.rows
    try:
        with audit.act():
            outcome = ingest(rows, _delivery(upload), by=upload.by)
            counted = (outcome.accepted, outcome.restated) == (upload.new, upload.restated)
            if not (counted and staged.is_as_shown(upload, outcome.submission)):
                raise Changed
            if outcome.submission and any(rows.reason):
                noted = notes.keep(upload.person_id, clock.now())
                audit.record("figures.noted", outcome.submission, by=upload.by, count=noted)
            upload.finish(outcome.submission)
    except (Changed, RowsRefused):
        upload.refresh_from_db()
        upload.look_again()
        _compare(upload, read)


def _told(upload: Upload, noted: int) -> str:
    """What is said to its sender besides the counts."""
    return " ".join(filter(None, [upload.message, UNKEPT.format(noted) if noted else ""]))


def _noted_from(upload: Upload) -> date:
    """The first day of the period whose sheet it was sent on: what lies before is history, loaded as it was."""
    return min(period.start for period in periods_named(upload.code))


def _delivery(upload: Upload) -> Delivery:
    function = getattr(upload.scope, "function", None)
    number = function.pk if function else None
    return Delivery(channel=Submission.Channel.FILE, function_id=number, by_hand=True)


def _fault(error: RowError, rows: Rows, numbers: list[int]) -> Fault:
    said = [getattr(rows, name)[error.row] for name in COLUMNS]
    return Fault(numbers[error.row], AT.get(error.code, "value"), WORDED.get(error.code, error.message), said)
