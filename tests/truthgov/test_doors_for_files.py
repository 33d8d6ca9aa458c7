import gzip
import zipfile
from decimal import Decimal
from io import BytesIO

import pytest

from truthgov import export, intake, vault
from truthgov.errors import InvalidInput, Refusal


def test_a_packed_file_is_unpacked_up_to_its_limit():
    packed = gzip.compress(b"x" * 1_000)
    assert intake.inflate(packed, limit=1_000) == b"x" * 1_000
    assert intake.inflate(packed * 2, limit=2_000) == b"x" * 2_000
    for more, limit in ((packed, 999), (packed * 2, 1_999), (packed * 2, 1_000)):
        with pytest.raises(intake.TooLarge, match="Unpacked, it is larger"):
            intake.inflate(more, limit=limit)


@pytest.mark.parametrize(
    "damaged",
    [b"not gzip", gzip.compress(b"x" * 1_000)[:-9], gzip.compress(b"a") + b"more"],
    ids=["not packed", "cut off", "something behind it"],
)
def test_a_damaged_packed_file_is_refused(damaged):
    with pytest.raises(InvalidInput, match="pack") as refused:
        intake.inflate(damaged)
    assert not isinstance(refused.value, intake.TooLarge)


def test_rows_are_read_by_the_names_of_the_header():
    content = '\ufeffmeasure,value\r\nA,1\r\n\r\n"B, or C",2\r\n'.encode()
    assert list(intake.read_csv(content)) == [{"measure": "A", "value": "1"}, {"measure": "B, or C", "value": "2"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "names each column once"),
        (b"a,a\n1,2\n", "names each column once"),
        (b"a,b\n1\n", "Row 1 has 1 cell and"),
        (b"a;b\n1,2;3\n", "separated by semicolons; have them separated by commas"),
        (b"a\n1\n2\n3\n", "more than 2 rows"),
        (b"a\n\x00\n", "NUL"),
        (b"a\n\xff\n", "not UTF-8"),
        (b'a\n"open\n', "not CSV"),
    ],
)
def test_a_faulty_sheet_is_refused_with_what_is_wrong(content, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        list(intake.read_csv(content, max_rows=2))


@pytest.mark.parametrize(
    ("content", "is_half"),
    [
        (b"a,b\n1,2\n3", True),
        (b'a,b\n1,2\n3,"op', True),
        (b'a,b\n1,2\n3,"open\n', True),
        ("a,b\n1,é".encode()[:-1], True),
        (b"a,b\n1,2\n3\n", False),
        (b"a,b\n1\n3,4", False),
        (b"a,b\n1,2,3", False),
        (b'a,b\n"1"2,3\n4,5\n', False),
    ],
)
def test_a_sheet_whose_end_did_not_come_is_told_from_a_faulty_one(content, is_half):
    with pytest.raises(InvalidInput) as refused:
        list(intake.read_csv(content))
    assert isinstance(refused.value, intake.EndsMidway) == is_half


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "|", " ="])
def test_no_cell_starts_a_formula(start):
    assert export.cell(f"{start}cmd()").startswith("'")


def test_numbers_and_plain_texts_leave_as_they_are():
    row = ["text", Decimal("-1.50"), Decimal("1E-7"), None]
    assert list(export.lines(["a", "b", "c", "d"], [row])) == ["a,b,c,d\r\n", "text,-1.5,0.0000001,\r\n"]


def test_a_secret_is_opened_with_the_key_it_was_sealed_with(settings):
    sealed = vault.seal("token")
    assert "token" not in sealed
    assert vault.unseal(sealed) == "token"
    settings.SEALING_KEY = "another" * 10
    with pytest.raises(Refusal, match="sealed with another key"):
        vault.unseal(sealed)


def a_workbook(**more: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {"xl/workbook.xml": b"<workbook/>", **more}.items():
            book.writestr(name, content)
    return packed.getvalue()


MERGED = a_workbook(**{"xl/worksheets/sheet1.xml": b'<worksheet><mergeCell ref="A1:B1"/></worksheet>'})


@pytest.mark.parametrize(
    ("name", "content", "saved_as", "media_type"),
    [
        ("Report Q3.pdf", b"%PDF-1.7", "Report Q3.pdf", "application/pdf"),
        ("chart.svg.exe", b"\x89PNG\r\n\x1a\n", "chart.svg.png", "image/png"),
        ("../../etc/passwd.jpeg", b"\xff\xd8\xff\xe0", "passwd.jpg", "image/jpeg"),
        ("rows.csv", b"a,b\n1,2\n", "rows.csv", "text/csv; charset=utf-8"),
        ("C:\\notes\u202e.txt", b"fine", "notes.txt", "text/plain; charset=utf-8"),
        ("book.zip", a_workbook(), "book.xlsx", intake.WORKBOOK),
        ("merged.xlsx", MERGED, "merged.xlsx", intake.WORKBOOK),
    ],
    ids=["report", "picture", "photograph", "sheet", "note", "workbook", "merged"],
)
def test_evidence_is_told_by_its_content(name, content, saved_as, media_type):
    taken = intake.attach(name, content)
    assert (taken.name, taken.media_type, taken.content) == (saved_as, media_type, content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"%PDF-" + b"x" * intake.MAX_ATTACHED, "larger than 5 MB"),
        ("a.html", b"<script>", "none of the kinds"),
        ("a.svg", b"<svg/>", "none of the kinds"),
        ("a.txt", b"\xff\xfe", "not UTF-8"),
        ("a.csv", b"a\0", "NUL"),
        ("a.xlsx", b"PK\x03\x04 cut", "a.xlsx: This is no .xlsx workbook"),
        ("a.docx", a_workbook(**{"word/document.xml": b""}).replace(b"xl/workbook.xml", b"xx/workbook.xml"), "none of"),
        ("a.xlsx", a_workbook(**{"xl/vbaProject.bin": b"macro"}), "macros"),
        (
            "a.xlsx",
            a_workbook(**{"[Content_Types].xml": b"application/vnd.ms-excel.sheet.macroEnabled.main"}),
            "macros",
        ),
        ("a.xlsx", a_workbook(**{"xl/worksheets/sheet1.xml": b"<c/>" * 2_000_001}), "Unpacked"),
        ("a.xlsx", a_workbook(**{"xl/media/bomb": b"\0" * (intake.MAX_INFLATED + 1)}), "Unpacked"),
    ],
    ids=[
        "empty",
        "large",
        "page",
        "drawing",
        "encoding",
        "binary",
        "damaged",
        "other zip",
        "macros",
        "macros by type",
        "a million tags",
        "bomb",
    ],
)
def test_evidence_of_another_kind_is_refused(name, content, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        intake.attach(name, content)


def test_a_file_goes_out_to_be_saved_and_runs_nowhere():
    sent = export.file_response('Q3 "final".pdf', "application/pdf", b"%PDF-")
    assert sent["Content-Disposition"].startswith("attachment; filename=")
    assert "sandbox" in sent["Content-Security-Policy"]
    assert (sent["X-Content-Type-Options"], sent["Cache-Control"]) == ("nosniff", "private, no-store")
    assert sent.content == b"%PDF-"
