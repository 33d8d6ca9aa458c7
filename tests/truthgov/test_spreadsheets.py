"""Files as spreadsheets save them are understood, or refused with a sentence that says what to do."""

from datetime import date
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from truthgov import spreadsheets
from truthgov.errors import InvalidInput
from truthgov.spreadsheets import Kind, Written

TEXT = "measure;value\r\nsales.conversion;0,184\r\n\r\nsales.café;3\r\n"


def read(content):
    return spreadsheets.read(content, sheet="Figures")


def refusal(content):
    with pytest.raises(InvalidInput) as refused:
        read(content)
    return str(refused.value)


def workbook(*rows, change=lambda book: None):
    book = Workbook()
    book.active.title = "Figures"
    for row in rows or [("measure", "value"), ("sales.conversion", 0.184)]:
        book.active.append(row)
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(content, **parts):
    """The same workbook with parts added or replaced."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")],
)
def test_a_text_is_read_in_the_encodings_that_spreadsheets_write(encoding, said):
    table = read(TEXT.encode(encoding))
    assert table.header == ["measure", "value"]
    assert table.rows == [
        (2, [Written("sales.conversion"), Written("0,184")]),
        (4, [Written("sales.café"), Written("3")]),
    ]
    assert table.read_as == f"{said}, separated by semicolons"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_told_apart(separator):
    table = read(f"measure{separator}value{separator}note\nA{separator}1{separator}so\nB{separator}2\n".encode())
    assert [[cell.text for cell in cells] for _, cells in table.rows] == [["A", "1", "so"], ["B", "2", ""]]
    assert table.points_are_decimal is (separator == ",")


def test_a_first_line_may_name_the_separator():
    assert read(b"sep=;\r\nmeasure, of whom;value\r\nA;1\r\n").header == ["measure, of whom", "value"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "first row is empty"),
        (b"a,a\n1,2\n", "a name of its own"),
        (
            b"Figures of October\n\na,b\nx,1\n",
            "row 3 has 2 cells. The first row holds the columns' names",
        ),
        (b"a,b\nx,0,184\n", "Row 2 has 3 cells and the header 2; put a figure with a decimal comma in quotes"),
        (b'a,b\n"x,1\n', "not CSV"),
        (b"a\x00,b\n", "neither a workbook nor a text"),
        (b"\x81\x8d\n", "neither a workbook nor a text"),
        (b"a\n" + b"1\n" * 5_001, "more than 5000 rows"),
        (b"\xd0\xcf\x11\xe0 old", "old .xls workbook or one with a password"),
        (b"PK is no archive", "no .xlsx workbook"),
        (b"a" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content, sentence):
    assert sentence in refusal(content)


def test_a_workbook_gives_what_its_cells_show():
    table = read(
        workbook(("Measure", "Value", "note"), ("A", 18.4), ("B", 0.1 + 0.2, "so"), (), ("C", date(2026, 5, 1)))
    )
    assert table.header == ["measure", "value", "note"]
    assert [(number, cells[1]) for number, cells in table.rows] == [
        (2, Written("18.4", Kind.NUMBER)),
        (3, Written("0.3", Kind.NUMBER)),
        (5, Written("2026-05-01", Kind.DATE)),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda book: book.active.append(("B", "=1+1")), "Cell B3 is a formula"),
        (lambda book: book.active.append(("B", "#N/A")), "Cell B3 is an error (#N/A)"),
        (
            lambda book: [book.active.append(("B", "=1+1", "#N/A")) for _ in range(2)],
            "B3 is a formula, C3 is an error (#N/A), B4 is a formula, C4 is an error (#N/A); replace each with its",
        ),
        (lambda book: [book.active.append(("=1", "=1")) for _ in range(9)], "B6 is a formula, and perhaps more; re"),
        (lambda book: book.active.merge_cells("A2:A3"), "Cells A2:A3 are merged"),
        (lambda book: setattr(book.create_sheet("Old"), "sheet_state", "hidden"), "hidden sheets (Old)"),
        (lambda book: (setattr(book.active, "title", "Mine"), book.create_sheet("Other")), "holds the figures Figures"),
        (lambda book: book.active.cell(5_010, 1, "far"), "more than 5000 rows"),
        (lambda book: book.active.cell(2, 100, "far"), "more than 60 columns"),
        (lambda book: book.active.cell(2, 5, "beyond"), "Row 2 has something beyond the last named column"),
    ],
)
def test_what_a_workbook_may_not_hold_is_refused_at_its_place(change, sentence):
    assert sentence in refusal(workbook(change=change))


@pytest.mark.parametrize(
    ("name", "part", "sentence"),
    [
        ("xl/vbaProject.bin", b"macro", "macros"),
        ("xl/worksheets/sheet2.xml", b"<c/>" * 1_000_000, "too large"),
        ("xl/styles.xml", b"<a>" + Random(1).randbytes(1_100_000), "too large"),
        ("xl/worksheets/sheet1.xml", b"<worksheet>", "no .xlsx workbook that can be read"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>', "no .xlsx workbook"),
        ("[Content_Types].xml", b"<Types><a b='application/vnd.ms-excel.sheet.macroEnabled'/></Types>", "macros"),
    ],
    ids=["macros", "cells", "styles", "broken", "entities", "xlsm"],
)
def test_a_bomb_a_macro_and_a_broken_part_are_refused_before_they_are_parsed(name, part, sentence):
    assert sentence in refusal(repacked(workbook(), **{name: part}))
