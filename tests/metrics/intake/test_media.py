"""In what form figures are pushed: media types, sheets, what is packed, and what is refused before it is read."""

import gzip
import json

import pytest

from metrics.api.bodies import Body
from tests.metrics.intake.conftest import OCTOBER, PLAIN, SEPTEMBER, codes

pytestmark = pytest.mark.usefixtures("conversion")


def test_newline_delimited_json_is_taken(push):
    body = "\n".join(json.dumps(row | {"source": "crm"}) for row in (OCTOBER, SEPTEMBER))
    assert push(body=body, media_type="application/x-ndjson").status_code == 201
    faulty = "\n".join(json.dumps(row | {"source": "crm"}) for row in (OCTOBER, PLAIN | {"value": "x"}))
    assert codes(push(body=faulty, media_type="application/x-ndjson")) == [("/1", "not_a_number")]


CSV = (
    "measure_code,period_start,period_end,segment_json,value,numerator,denominator,source\n"
    'sales.conversion,2026-10-01,2026-10-31," {""channel"" : ""web""}",0.184,184.0,1000.0,CRM\n'
)


def test_the_header_of_a_data_sheet_works_as_it_stands(push):
    assert push(body=CSV, media_type="text/csv; charset=utf-8").status_code == 201
    assert push(body=CSV.replace(",", ", "), media_type="text/csv").json()["counts"]["unchanged"] == 1
    assert push(OCTOBER).status_code == 200


def test_the_source_and_reason_of_a_sheet_may_stand_in_the_address(push):
    sheet = "measure,period,value\nsales.conversion,2026-10,0.2\n"
    assert push(body=sheet, media_type="text/csv", to="/api/v1/observation-batches?source=crm").status_code == 201
    to = "/api/v1/observation-batches?source=crm&reason=recount"
    assert push(body=sheet.replace("0.2", "0.3"), media_type="text/csv", to=to).json()["counts"]["restated"] == 1


@pytest.mark.parametrize("sheet", [
    CSV.replace("source\n", "received_at\n"),
    CSV.replace("value", "measure_code"),
    "period,value\n2026-10,1\n",
    CSV + "too,few\n",
    CSV + '"open',
    "",
    b"\xff\xfe",
])  # fmt: skip
def test_a_sheet_with_another_header_or_shape_is_malformed(push, sheet):
    assert push(body=sheet, media_type="text/csv").status_code == 400


def test_gzip_is_welcome(push):
    body = gzip.compress(json.dumps({"source": "crm", "rows": [OCTOBER]}).encode())
    headers = {"Content-Encoding": "gzip"}
    assert push(body=body, **headers).status_code == 201
    assert push(body=body[:-9], **headers).status_code == 400
    assert push(body=b"not gzip", **headers).status_code == 400
    assert push(body=body, **{"Content-Encoding": "br"}).status_code == 415


def test_a_body_that_inflates_without_end_is_refused(push):
    assert push(body=gzip.compress(b" " * (33 << 20)), **{"Content-Encoding": "gzip"}).status_code == 413


def test_a_body_is_measured_before_it_is_read(push):
    assert push(body=b" " * ((16 << 20) + 1)).status_code == 413


def test_a_body_is_let_go_of_once_it_is_read():
    """A request outlives its answer until Python looks for cycles: hundreds of bodies would wait for that."""
    body = Body(b"figures")
    assert (body.take(), body.take()) == (b"figures", b"")


def test_too_many_rows_are_refused(push):
    rows = ",".join(['{"measure":"a","period":"2026-10","value":1}'] * 50_001)
    assert push(body=f'{{"rows":[{rows}]}}').status_code == 413
    sheet = gzip.compress(b"measure,period,value\n" + b"a,2026-10,1\n" * 50_001)
    refused = push(body=sheet, media_type="text/csv", **{"Content-Encoding": "gzip"})
    assert (refused.status_code, refused.json()["detail"]) == (
        413, "There are more than 50000 rows; send them in parts."
    )  # fmt: skip


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'{"rows": []}', b'{"rows": 1}', b'{"rows": [], "x": 1}', b"\xff",
    b'{"rows": [{"measure": "\\ud800"}]}',
    b'{"rows": [{"measure": "a", "period": "2026-10", "value": 1, "unit": "x"}]}',
    b'{"rows": [{"measure": "a", "period": "2026-10"}]}',
    b'{"rows": [{"measure": "a", "period": "2026-10", "value": NaN}]}',
    b'{"rows": ' + b"[" * 100_000,
    b'{"rows": [{"measure": "a", "period": "2026-10", "value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
])  # fmt: skip
def test_what_is_not_the_format_is_malformed(push, body):
    response = push(body=body)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json"), response.content


# Packed without the time of packing: it names a test, and each worker has to find the same ones.
PACKED = gzip.compress(json.dumps({"source": "crm", "rows": [PLAIN]}).encode(), mtime=0)


@pytest.mark.parametrize(("media_type", "body", "pointer", "told"), [
    ("application/json", PACKED, "", "say so in a header Content-Encoding: gzip."),
    ("text/csv", CSV.encode("utf-16"), "", "The body is not UTF-8; send it in UTF-8."),
    ("application/json", json.dumps({"rows": [PLAIN | {"reason": "à"}]}, ensure_ascii=False).encode("latin-1"), "",
     "The body is not UTF-8; send it in UTF-8."),
    ("application/x-ndjson", f'\n{json.dumps(PLAIN)}\r\n\n{{"measure": 7}}\n', "/1/measure", "Line 4: Expected `str`"),
    ("application/x-ndjson", f'{json.dumps(PLAIN)}\n{{"measure": ', "/1", "Line 2: Input data was truncated."),
    ("text/csv", "measure;period;value\nsales.conversion;2026-10;0,2\n", "", "separated by semicolons"),
    ("text/csv", "measure,value\nsales.conversion,0.2\n", "", "lacks columns (period)"),
    ("text/csv", "measure,period,value\n\na,2026-10,1\na,2026-10\n", "/1", "Row 2 has 2 cells under a header of 3."),
])  # fmt: skip
def test_what_is_malformed_is_told_where_it_is(push, media_type, body, pointer, told):
    answer = push(body=body, media_type=media_type)
    assert told in answer.json()["detail"]
    assert codes(answer) == [(pointer, "malformed")]


def test_a_segment_may_come_as_a_text_as_a_table_has_it(push):
    assert push(OCTOBER).status_code == 201
    assert push(OCTOBER | {"segment": '{"channel": "web"}'}).status_code == 200
    assert push(PLAIN, PLAIN | {"segment": ""}, PLAIN | {"segment": "{}"}).json()["counts"]["unchanged"] == 2
    twice = push(OCTOBER | {"segment": '{"channel": "web", "channel": "phone"}'})
    assert codes(twice) == [("/rows/0", "unknown_dimension")]


def test_an_unknown_field_is_pointed_at(push):
    body = json.dumps({"source": "crm", "rows": [OCTOBER, OCTOBER | {"unit": "%"}]})
    response = push(body=body)
    assert response.json()["errors"][0]["pointer"] == "/rows/1"
    assert "unit" in response.json()["errors"][0]["message"]


def test_other_media_types_and_methods_are_told_so(push, as_key):
    assert push(body="<rows/>", media_type="application/xml").status_code == 415
    for method in (as_key.get, as_key.put, as_key.delete, as_key.patch):
        response = method("/api/v1/observation-batches")
        assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")


def test_what_is_said_to_be_null_was_not_said(push):
    nothing = dict.fromkeys(("segment", "numerator", "denominator", "source", "reason"))
    assert push(body=json.dumps({"source": "crm", "reason": None, "rows": [PLAIN | nothing]})).status_code == 201
    assert push(PLAIN).status_code == 200
    line = json.dumps(PLAIN | nothing)
    to = "/api/v1/observation-batches?source=crm&reason="
    assert push(body=line, media_type="application/x-ndjson", to=to).status_code == 200
