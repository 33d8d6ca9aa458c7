"""The rows of a file that wait in the database, a batch to a row: quick to write, and read as a whole."""

import zlib
from collections.abc import Iterable

import msgspec

from metrics.ingestion import Rows
from metrics.models import RefusedRow, StagedRows, Upload
from metrics.models.upload import QUICKLY
from metrics.uploads.interpreting import COLUMNS, Fault, Interpreted

FORM = tuple[list[int], list[list[str]]]
SAID = 200
"""Characters of a cell that are kept with its refusal."""


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


def staged(upload: Upload) -> tuple[list[int], Rows]:
    """All rows of a file that could be read, with their numbers in it."""
    numbers: list[int] = []
    columns: dict[str, list[str]] = {name: [] for name in COLUMNS}
    for content in upload.staged.values_list("content", flat=True).iterator(chunk_size=1):
        some, texts = msgspec.msgpack.decode(zlib.decompress(content), type=FORM)
        numbers += some
        for name, column in zip(COLUMNS, texts, strict=True):
            columns[name] += column
    return numbers, Rows(**columns)
