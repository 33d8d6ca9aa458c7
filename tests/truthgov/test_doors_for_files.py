import gzip
from decimal import Decimal

import pytest

from truthgov import export, intake, vault
from truthgov.errors import InvalidInput, Refusal


def test_a_packed_file_is_unpacked_up_to_its_limit():
    packed = gzip.compress(b"x" * 1_000)
    assert intake.inflate(packed, limit=1_000) == b"x" * 1_000
    with pytest.raises(InvalidInput, match="larger than 999 bytes"):
        intake.inflate(packed, limit=999)


@pytest.mark.parametrize(
    "damaged",
    [b"not gzip", gzip.compress(b"x" * 1_000)[:-9], gzip.compress(b"a") * 2],
    ids=["not packed", "cut off", "two in one"],
)
def test_a_damaged_packed_file_is_refused(damaged):
    with pytest.raises(InvalidInput):
        intake.inflate(damaged)


def test_rows_are_read_by_the_names_of_the_header():
    content = '\ufeffmeasure,value\r\nA,1\r\n\r\n"B, or C",2\r\n'.encode()
    assert list(intake.read_csv(content)) == [{"measure": "A", "value": "1"}, {"measure": "B, or C", "value": "2"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "names each column once"),
        (b"a,a\n1,2\n", "names each column once"),
        (b"a,b\n1\n", "Row 1 has 1 cells"),
        (b"a\n1\n2\n3\n", "more than 2 rows"),
        (b"a\n\x00\n", "NUL"),
        (b"a\n\xff\n", "not UTF-8"),
        (b'a\n"open\n', "not CSV"),
    ],
)
def test_a_faulty_sheet_is_refused_with_what_is_wrong(content, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        list(intake.read_csv(content, max_rows=2))


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
