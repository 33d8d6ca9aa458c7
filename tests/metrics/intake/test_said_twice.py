"""A name that is said twice in one object: nobody can tell which of the two is meant, so neither is taken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.ingestion.formats import Malformed, from_json, from_ndjson
from truthgov.repeated import RepeatedError, require_single

ROW = '"measure": "sales.conversion", "period": "2026-10", "value": 0.1'


@pytest.mark.parametrize(
    "twice",
    ['"value": 0.2', '"numerator": 1, "numerator": 2', '"segment": {"channel": "web"}, "segment": {}',
     '"period": "2026-11"', '"reason": "late", "reason": "later"', '"source": "crm", "source": "erp"',
     r'"val\u0075e": 0.2', r'"\u0076alue": 0.2', '"value": null', '"numerator": null, "numerator": null',
     '"reason": "", "reason": ""', '"reason": "late: recount", "value": 0.2', '"value": ":"', '"value": {"value": 1}',
     pytest.param('"value": 1e5, "numerator": ' + "9" * 5_000, id="a long one")],
)  # fmt: skip
def test_a_row_that_says_a_name_twice_is_not_read_as_the_last_of_them(twice):
    row = f"{{{ROW}, {twice}}}"
    for read, body in ((from_json, f'{{"rows": [{{{ROW}}}, {row}]}}'), (from_ndjson, f"{{{ROW}}}\n\n{row}\r\n")):
        with pytest.raises(Malformed, match="stands twice in one object; say it once") as told:
            read(body.encode())
        assert told.value.pointer.endswith("/1")


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


VALUES = ["0.1", "null", '"1"', '""', '":"', '"\\u003a"', '"a: b"', '{"value": 1}', "[1]"]
OTHERS = {
    "period": ['"2026-10"', '{"start": "2026-10-01", "end": "2026-11-01"}'],
    "segment": ["null", "{}", '{"channel": "web"}', '{"value": "a:b", "c": "d"}'],
    "source": ["null", '""', '"crm"', '"a:b"'],
    "reason": ["null", '""', '"late"', '"late: \\u003a"'],
}
NAMES = ["value", "numerator", "denominator", *OTHERS, "val\\u0075e", "so\\u0075rce"]


def member(name: str) -> st.SearchStrategy[str]:
    values = OTHERS.get(name.replace("\\u0075", "u"), VALUES)
    return st.sampled_from(values).map(lambda value: f'"{name}": {value}')


@given(st.lists(st.lists(st.sampled_from(NAMES).flatmap(member), max_size=4), min_size=1, max_size=4), st.data())
def test_what_says_a_name_twice_and_nothing_else_is_refused_however_it_is_written(further, data):
    needed = '"measure": "a", "period": "2026-10", "value": 0.1'
    rows = [f"{{{', '.join([needed, *members])}}}" for members in further]
    around = data.draw(st.sampled_from(["", '"source": "crm", ', '"source": null, "reason": "a: b", ']))
    body, lines = f'{{{around}"rows": [{", ".join(rows)}]}}'.encode(), "\n".join(rows).encode()
    assert is_refused(from_json, body) == is_refused(require_single, body)
    assert is_refused(from_ndjson, lines) == any(is_refused(require_single, line) for line in lines.split(b"\n"))


def is_refused(read, body: bytes) -> bool:
    try:
        read(body)
    except (Malformed, RepeatedError) as fault:
        return "stands twice" in str(fault)
    return False
