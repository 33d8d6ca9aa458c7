"""The quick ways through a delivery's texts lead to the same figures as the slow ones."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.ingestion.formats import from_json, from_ndjson
from metrics.ingestion.notation import canonical, canonical_column

WRITTEN = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.integers().map(str),
    st.text("0123456789.-+e ", max_size=8),
    st.sampled_from(
        ["", "-0", "-0.00", "0.500", "1.", ".5", "0..", "1.0.", "007", "1e3", "1\n2", "5" * 31, "0." + "1" * 21]
    ),
)
ROWS = [
    {"measure": "sales.conversion", "period": {"start": "2026-09-01", "end": "2026-10-01"}, "value": "0.1710"},
    {
        "measure": "sales.conversion",
        "period": "2026-10",
        "segment": {"channel": "web"},
        "value": 0.184,
        "numerator": 184,
    },
]


@given(st.lists(WRITTEN, max_size=6))
def test_a_column_is_read_as_its_figures_are_one_by_one(texts):
    expected, faulty = [], set()
    for index, text in enumerate(texts):
        try:
            expected.append(canonical(text))
        except ValueError:
            expected.append("")
            faulty.add(index)
    column, faults = canonical_column(texts)
    assert (column, set(faults)) == (expected, faulty)


@pytest.mark.parametrize("text", ["9e9999999%", "9e999999%", "1e-9999999%", f"1e{'9' * 30}%", "sNaN%"])
def test_a_percentage_beyond_all_figures_is_told_as_any_other(text):
    with pytest.raises(ValueError, match=r"is a percentage; send a plain number, a share as a fraction: 0\.184"):
        canonical(text)


def test_a_long_text_that_is_no_figure_takes_no_longer_than_its_length():
    began = process_time()
    with pytest.raises(ValueError, match="is not a number"):
        canonical("1" * 200_000 + "x")
    assert process_time() - began < 2


def test_a_body_over_many_lines_is_read_as_one_on_a_single_line():
    body = {"source": "crm", "rows": ROWS}
    spread, compact = from_json(json.dumps(body, indent=2).encode()), from_json(json.dumps(body).encode())
    assert [text and json.loads(text) for text in spread.rows.segment] == ["", {"channel": "web"}]
    assert compact.rows.segment == ["", '{"channel": "web"}']
    assert spread.rows.value == compact.rows.value == ["0.1710", "0.184"]
    assert spread.rows.numerator == compact.rows.numerator == ["", "184"]
    assert spread.rows.period == compact.rows.period == ["2026-09-01/2026-10-01", "2026-10"]


def test_the_mark_that_some_programs_write_before_utf_8_is_no_fault():
    row = json.dumps(ROWS[1])
    for read, body in ((from_json, f'{{"rows": [{row}]}}'), (from_ndjson, f"{row}\n")):
        assert read(body.encode("utf-8-sig")).rows.value == ["0.184"]


@pytest.mark.parametrize("row", [
    r'"period": "2026-10-01\/2026-11-01", "value": "\u002B184e-3"',
    r'"period": "2026\u002d10-01\/2026-11-01", "value": "+184e-3", "numerator": "\u0031"',
])  # fmt: skip
def test_a_sign_that_is_written_as_an_escape_is_that_sign(row):
    """As some programs write slashes, or whatever might do harm in a page."""
    for read, body in (
        (from_json, f'{{"rows": [{{"measure": "a", {row}}}]}}'),
        (from_ndjson, f'{{"measure": "a", {row}}}'),
    ):
        rows = read(body.encode()).rows
        assert (rows.period, rows.value) == (["2026-10-01/2026-11-01"], ["+184e-3"])
        assert rows.numerator in ([""], ["1"])


def test_an_escape_that_belongs_into_no_figure_stays_for_the_door_to_refuse():
    rows = from_ndjson(rb'{"measure": "a", "period": {"x": "\\"}, "value": ["\n"], "denominator": "1\n2"}').rows
    assert (rows.period, rows.value, rows.denominator) == ([r'{"x": "\\"}'], [r'["\n"]'], ["1\n2"])
