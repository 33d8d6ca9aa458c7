"""A dictionary as tables: a zip of CSV files, or an XLSX workbook with a sheet that explains the columns."""

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from metrics.dictionary_files.document import Document
from metrics.dictionary_files.fields import TABLES
from truthgov import export
from truthgov.errors import InvalidInput
from truthgov.figures import counted
from truthgov.intake import MAX_INFLATED, MAX_ROWS, read_text
from truthgov.spreadsheets import read_workbook
from truthgov.spreadsheets.writing import write_workbook

EXPLAINING = "about the columns"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The moment that every file in the archive carries: the same dictionary gives the same bytes."""


def from_workbook(content: bytes) -> Document:
    """The dictionary that a workbook holds; sheets it need not have may be missing."""
    sheets = {name.strip().lower(): rows for name, rows in read_workbook(content).items()}
    document = Document()
    if unknown := sorted(set(sheets) - {*TABLES, EXPLAINING}):
        document.fault("the workbook", f"{', '.join(unknown)}: no sheet of a dictionary; remove or rename it.")
    for table in TABLES:
        lines = [(f"sheet {table}, row {number}", cells) for number, cells in sheets.get(table, [])]
        _take_rows(document, table, iter(lines))
    document.refuse_repeated()
    return document


def from_archive(content: bytes) -> Document:
    """The dictionary that a zip of CSV files holds."""
    document = Document()
    for name, packed in _members(content):
        table = name.removesuffix(".csv")
        if table not in TABLES:
            document.fault(name, f"no table of a dictionary; there are {', '.join(f'{each}.csv' for each in TABLES)}.")
        else:
            _take_rows(document, table, _lines(name, read_text(packed)))
    document.refuse_repeated()
    return document


def take_sheet(document: Document, table: str, name: str, content: bytes) -> None:
    """Add the rows of one CSV table, which came as a file of its own, to a document."""
    _take_rows(document, table, _lines(name, read_text(content)))


def to_workbook(document: Document) -> bytes:
    """The workbook of a dictionary, with a first sheet that says what each column means."""
    explained = [(table, each.name, each.means) for table, fields in TABLES.items() for each in fields]
    sheets = [(table, [each.name for each in fields], _rows(document, table)) for table, fields in TABLES.items()]
    return write_workbook([(EXPLAINING, ("sheet", "column", "what it means"), explained), *sheets])


def to_archive(document: Document) -> bytes:
    """The zip of a dictionary: a CSV file for each table."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for table, fields in TABLES.items():
            lines = export.lines([each.name for each in fields], _rows(document, table))
            archive.writestr(ZipInfo(f"{table}.csv", EPOCH), "".join(lines), ZIP_DEFLATED)
    return stream.getvalue()


def _rows(document: Document, table: str) -> Iterator[list[object]]:
    for entry in document.tables[table]:
        yield [_cell(entry.said.get(each.name)) for each in TABLES[table]]


def _cell(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _members(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with ZipFile(BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > len(TABLES) or sum(info.file_size for info in infos) > MAX_INFLATED:
                raise InvalidInput(f"The archive holds over {len(TABLES)} files, or over {MAX_INFLATED} bytes.")
            return [(info.filename, archive.read(info)) for info in infos]
    except (BadZipFile, RuntimeError, NotImplementedError) as error:
        raise InvalidInput("This archive cannot be read; pack the CSV files anew, without a password.") from error


def _lines(name: str, text: str) -> Iterator[tuple[str, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cells):
                yield f"{name}, line {reader.line_num}", [export.read_cell(cell) for cell in cells]
    except csv.Error as error:
        raise InvalidInput(f"{name}, line {reader.line_num} is not CSV: {error}.") from error


def _take_rows(document: Document, table: str, lines: Iterator[tuple[str, list[str]]]) -> None:
    """Rows below a header, each with the place it stands at."""
    place, header = next(lines, ("", []))
    names = _trimmed(name.strip() for name in header)
    if len(set(names)) != len(names) or not all(names):
        document.fault(place, "the first line names each column once; give each column a name of its own.")
        return
    for number, (at, cells) in enumerate(lines, start=1):
        if number > MAX_ROWS:
            raise InvalidInput(f"{table} has more than {MAX_ROWS} rows; import it in parts.")
        if len(_trimmed(cells)) > len(names):
            document.fault(
                at, f"{counted(len(_trimmed(cells)), 'cell')} under a header of {len(names)}; correct the row."
            )
        else:
            document.take(table, at, dict(zip(names, [*cells, *[""] * len(names)], strict=False)))


def _trimmed(cells: Iterable[str]) -> list[str]:
    """The cells without the empty ones at the end: spreadsheets add some."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept
