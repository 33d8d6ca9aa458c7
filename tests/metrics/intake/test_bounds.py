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
