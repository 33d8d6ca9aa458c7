"""Workbooks come in without macros, formulas and bombs, and go out without a cell that starts a formula."""

from io import BytesIO
from time import process_time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from truthgov.errors import InvalidInput
from truthgov.spreadsheets import read_workbook
from truthgov.spreadsheets.writing import write_workbook


def workbook(*cells: object) -> bytes:
    book = Workbook()
    book.active.append(cells)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(**members: bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def test_texts_figures_and_days_are_read_as_they_are_shown():
    assert read_workbook(workbook("a", 3, 0.1, True, None, "x"))["Sheet"] == [(1, ["a", "3", "0.1", "yes", "", "x"])]


def test_what_would_start_a_formula_is_written_as_a_text():
    written = write_workbook([("s", ["a"], [["=1+1"], ["@x"], ["-2"]])])
    cells = [row[0] for row in load_workbook(BytesIO(written))["s"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ("=1+1", "s", True), ("@x", "s", True), ("-2", "s", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (workbook("x", "=1+1"), "Sheet Sheet, cell B1 is a formula"),
        (archive(**{"xl/vbaProject.bin": b"x"}), "holds macros"),
        (archive(bomb=b"\0" * 40_000_000), "Unpacked, the workbook is too large"),
        (archive(nothing=b""), "can be read"),
        (b"no archive", "is no .xlsx workbook"),
        (b"x" * 20_000_000, "larger than"),
    ],
    ids=["formula", "macros", "bomb", "nothing", "no archive", "large"],  # an archive's bytes carry the time
)
def test_a_workbook_that_could_do_harm_is_refused_with_a_sentence(content, told):
    with pytest.raises(InvalidInput, match=told):
        read_workbook(content)


def test_a_workbook_of_tags_that_never_end_takes_no_longer_than_its_size():
    began = process_time()
    with pytest.raises(InvalidInput, match="can be read"):
        read_workbook(archive(**{"xl/worksheets/sheet1.xml": b"<mergeCell " * 20_000}))
    assert process_time() - began < 2
