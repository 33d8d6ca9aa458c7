"""The rows of a file that wait in the database, a batch to a row: quick to write, and read as a whole."""

import zlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import islice
from typing import IO

import msgspec
from django.db import connection

from metrics.ingestion import Rows
from metrics.ingestion.comparing import RESTATED
from metrics.models import Observation, RefusedRow, StagedRows, Submission, Upload
from metrics.models.upload import QUICKLY
from metrics.uploads.interpreting import COLUMNS, Fault, Interpreted

FORM = tuple[list[int], list[list[str]]]
SAID = 200
"""Characters of a cell that are kept with its refusal."""
AT_ONCE = 10_000
KEEP_RESTATED = f"COPY metrics_restatedrow (upload_id, {', '.join(RESTATED)}) FROM STDIN"


def stage(upload: Upload, number: int, read: Interpreted) -> None:
    """Keep what was read of a file; the caller's transaction holds the upload."""
    content = zlib.compress(msgspec.msgpack.encode((read.numbers, read.columns)), QUICKLY)
    StagedRows.objects.create(upload=upload, number=number, content=content)
    refuse(upload, read.faults)


def refuse(upload: Upload, faults: Iterable[Fault]) -> None:
    """Keep why rows are refused."""
    RefusedRow.objects.bulk_create(
        (RefusedRow(upload=upload, row=fault.row, column=fault.column, why=fault.why,
                    said=[cell[:SAID] for cell in fault.said]) for fault in faults),
        batch_size=5_000,
    )  # fmt: skip


def restate(upload: Upload, lines: IO[bytes], numbers: Sequence[int]) -> None:
    """Keep what rows would restate, from `lines` as the door's rehearsal wrote them; `numbers` are theirs in the file.

    What was kept of an earlier look is let go of.
    """
    upload.restated_rows.all().delete()
    lines.seek(0)
    while some := list(islice(lines, AT_ONCE)):
        named = (line.split(b"\t", 1) for line in some)
        content = b"".join(b"%d\t%d\t%s" % (upload.pk, numbers[int(row)], rest) for row, rest in named)
        with connection.cursor() as cursor:
            cursor.copy_expert(KEEP_RESTATED, BytesIO(content))


def is_as_shown(upload: Upload, submission: Submission | None) -> bool:
    """Whether what a submission restated are the very figures that were shown."""
    if submission is None:
        return not upload.restated
    shown = upload.restated_rows.values("restates")
    return Observation.objects.filter(submission=submission, restates__in=shown).count() == upload.restated


class Read:
    """All rows of a file that could be read, with their numbers in it, put together batch by batch."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.rows = Rows(**{name: [] for name in COLUMNS})

    def add(self, numbers: list[int], columns: list[list[str]]) -> None:
        self.numbers += numbers
        for name, column in zip(COLUMNS, columns, strict=True):
            getattr(self.rows, name).extend(column)


def staged(upload: Upload) -> Read:
    """What waits of a file."""
    read = Read()
    for content in upload.staged.values_list("content", flat=True).iterator(chunk_size=1):
        read.add(*msgspec.msgpack.decode(zlib.decompress(content), type=FORM))
    return read
