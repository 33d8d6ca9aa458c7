"""A body is measured before it is made into rows: its end is never reached where it holds too many of them."""

import json

import pytest

from metrics.ingestion.formats import Malformed, from_csv, from_json, from_ndjson
from truthgov.intake import MAX_ROWS, TooLarge

ROW = b'{"measure":"a","period":1,"value":1}'
SHEET = b"measure,period,value\n"
BRACES = {
    "measure": "a", "period": {"start": "2026-10-01", "end": "2026-11-01"}, "segment": {"a{[": "}\\\""}, "value": 1,
    "reason": '{"{{[[" "[{\\',
}  # fmt: skip


@pytest.mark.parametrize(("read", "body"), [
    (from_json, b'{"rows":[' + ROW * (3 * MAX_ROWS + 1) + b'"'),
    (from_json, b'{"reason":"{[","rows":[' + (ROW + b",") * (MAX_ROWS + 1) + b'"'),
    (from_ndjson, (ROW + b"\n") * (3 * MAX_ROWS + 3) + b"no row"),
    (from_ndjson, (ROW.replace(b"1}", b'{"{":[1]}}') + b"\n") * (MAX_ROWS + 1) + b"no row"),
    (from_ndjson, b'"{\\\\\\"{"' + b"{" * (4 * MAX_ROWS)),
    (from_csv, SHEET + b"a,2026-10,1\n" * (MAX_ROWS + 1) + b"no row"),
    (from_csv, SHEET + b"\n" * (4 * MAX_ROWS + 1) + b"no row"),
], ids=["json", "one too many", "ndjson", "a line too many", "braces", "csv", "empty lines"])  # fmt: skip
def test_what_holds_too_many_rows_is_not_read_to_its_end(read, body):
    with pytest.raises(TooLarge, match=f"more than {MAX_ROWS} rows; send them in parts"):
        read(body)


@pytest.mark.parametrize(("read", "before", "between", "after"), [
    (from_json, '{"rows":[', ",", "]}"), (from_ndjson, "", "\n\n", "\n"),
], ids=["json", "ndjson"])  # fmt: skip
def test_as_many_rows_as_are_taken_are_read_whatever_their_texts_hold(read, before, between, after):
    body = before + between.join([json.dumps(BRACES)] * MAX_ROWS) + after
    assert len(read(body.encode()).rows) == MAX_ROWS


def test_a_sheet_of_as_many_rows_is_read_with_lines_in_its_cells_and_empty_ones_between():
    row = b'a,2026-10,1,"late\n\n\n\n\n\ncancellations"\n\n'
    assert len(from_csv(SHEET.replace(b"value", b"value,reason") + row * MAX_ROWS + b"\n\n").rows) == MAX_ROWS


@pytest.mark.parametrize("body", [b"a," * (1 << 20), SHEET + b'"\n",' * (1 << 19), SHEET + b"," * (2 << 20)],
                         ids=["header", "lines", "commas"])  # fmt: skip
def test_a_row_without_end_is_not_made_into_cells(body):
    with pytest.raises(Malformed, match="A row is longer"):
        from_csv(body)


def nested(levels: int) -> bytes:
    return b'{"rows":[{"measure":"a","period":1,"value":' + b"[" * (levels - 3) + b"]" * (levels - 3) + b"}]}"


def test_a_body_is_nested_no_deeper_than_32_levels():
    assert len(from_json(nested(32)).rows) == 1
    with pytest.raises(Malformed, match="32 levels"):
        from_json(nested(33))


ROW = '"measure": "sales.conversion", "period": "2026-10", "value": 0.1'


@pytest.mark.parametrize(
    "twice",
    ['"value": 0.2', '"numerator": 1, "numerator": 2', '"segment": {"channel": "web"}, "segment": {}',
     '"period": "2026-11"', '"reason": "late", "reason": "later"', '"source": "crm", "source": "erp"',
     r'"val\u0075e": 0.2',
     pytest.param('"value": 1e5, "numerator": ' + "9" * 5_000, id="a long one")],
)  # fmt: skip
def test_a_row_that_says_a_name_twice_is_not_read_as_the_last_of_them(twice):
    row = f"{{{ROW}, {twice}}}"
    for read, body in ((from_json, f'{{"rows": [{{{ROW}}}, {row}]}}'), (from_ndjson, f"{{{ROW}}}\n\n{row}\r\n")):
        with pytest.raises(Malformed, match="stands twice in one object; say it once"):
            read(body.encode())


def test_a_period_that_says_an_end_twice_is_not_read_as_the_last_of_them():
    period = '{"start": "2026-10-01", "end": "2026-11-01", "end": "2026-12-01"}'
    with pytest.raises(Malformed, match="'end' stands twice"):
        from_ndjson(f'{{"measure": "sales.conversion", "period": {period}, "value": 0.1}}'.encode())


@pytest.mark.parametrize("body", ['{"rows": [], "rows": []}', f'{{"source": "a", "rows": [{{{ROW}}}], "source": "b"}}'])
def test_a_batch_that_says_a_name_twice_is_malformed(body):
    with pytest.raises(Malformed, match="stands twice"):
        from_json(body.encode())


@pytest.mark.parametrize(
    "row",
    [
        {"reason": 'the "value", "value" and "rows"', "source": "source"}, {"reason": "", "source": ""},
        {"segment": {"value": "period", "measure": "segment"}},
        {"numerator": None, "denominator": None, "segment": None},
        {"source": "measure", "reason": "value"},
    ],
)  # fmt: skip
def test_a_name_that_stands_in_a_text_or_a_segment_is_no_second_one(row):
    sent = {"measure": "measure", "period": {"start": "2026-10-01", "end": "2026-11-01"}, "value": "0.1"} | row
    body = json.dumps({"source": "rows", "reason": "value", "rows": [sent, sent]}).encode()
    assert len(from_json(body).rows) == 2
    assert len(from_ndjson(b"\n".join([json.dumps(sent).encode()] * 2)).rows) == 2


def test_the_mark_that_some_programs_write_before_utf_8_is_no_fault():
    for read, body in ((from_json, f'{{"rows": [{{{ROW}}}]}}'), (from_ndjson, f"{{{ROW}}}\n")):
        assert read(body.encode("utf-8-sig")).rows.value == ["0.1"]
