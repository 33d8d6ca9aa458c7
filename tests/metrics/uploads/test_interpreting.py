"""What people write in a large file is understood as in a small one, a column at a time."""

from datetime import date

import pytest

from metrics.uploads.interpreting import Interpreter
from metrics.uploads.vocabulary import Named, Vocabulary
from truthgov.errors import InvalidInput
from truthgov.periods import Grain
from truthgov.spreadsheets import Batch, Kind
from truthgov.spreadsheets.pieces import Heading

WORDS = Vocabulary(
    measures={code: code for code in ("sales.conversion", "sales.visits", "sales.orders", "sales.revenue")},
    grains={
        "sales.conversion": Grain.MONTH,
        "sales.visits": Grain.DAY,
        "sales.orders": Grain.DAY,
        "sales.revenue": Grain.MONTH,
    },
    shares=frozenset({"sales.conversion"}),
    counts=frozenset({"sales.orders"}),
    currencies={"sales.revenue": "EUR"},
    of_record={"sales.conversion": [Named("crm", None), Named("erp", date(2026, 1, 1))]},
    reporting={"sales.leads": "web"},
    sources=frozenset({"crm", "erp", "web"}),
    dimensions={"channel": "Channel"},
)


def read(header, *rows, points_are_decimal=True, kinds=(), source="web"):
    heading = Heading(header.split(","), "CSV", points_are_decimal)
    columns = [list(column) for column in zip(*rows, strict=True)]
    batch = Batch(list(range(2, len(rows) + 2)), columns, [list(column) for column in zip(*kinds, strict=True)])
    found = Interpreter(heading, WORDS, source=source).read(batch)
    return list(zip(*found.columns, strict=True)), [(fault.row, fault.column, fault.why) for fault in found.faults]


def test_plain_rows_pass_as_they_are():
    rows, faults = read("measure,period,segment,value,source", ("sales.visits", "2025-10-01", "{}", "7", "crm"))
    assert (rows, faults) == ([("sales.visits", "2025-10-01", "{}", "7", "", "", "crm", "")], [])


def test_shares_decimal_commas_and_grouped_thousands_are_understood():
    rows, faults = read(
        "measure,period,value", ("Sales.Conversion", "2025-10", "18,4 %"), ("sales.visits", "2025-10-01", "1.234,5"),
        points_are_decimal=False,
    )  # fmt: skip
    assert [(row[0], row[3], row[6]) for row in rows] == [
        ("sales.conversion", "0.184", "crm"), ("sales.visits", "1234.5", "web"),
    ]  # fmt: skip
    assert faults == []


@pytest.mark.parametrize(
    ("measure", "value", "why"),
    [
        ("sales.orders", "1.234", "1.234 can be read in two ways; write 1234 or 1,2340."),
        ("sales.revenue", "$900", "$900 is not in EUR; write the number in EUR."),
        ("sales.visits", "€ 900", "'€ 900' is an amount of money and this is none; write the number."),
    ],
)
def test_what_is_another_figure_to_others_is_asked_back(measure, value, why):
    rows, faults = read("measure,period,value", (measure, "2025-10", value))
    assert (rows, faults) == ([], [(2, "value", why)])


def test_three_decimals_of_what_is_not_counted_stay():
    rows, faults = read(
        "measure,period,value", ("sales.revenue", "2025-10", "1.234"), ("sales.orders", "2025-10-01", "7")
    )
    assert ([row[3] for row in rows], faults) == (["1.234", "7"], [])


@pytest.mark.parametrize(
    ("written", "kind", "meant"),
    [
        ("2025-10", Kind.TEXT, "2025-10"),
        ("October 2025 (2025-10)", Kind.TEXT, "2025-10"),
        ("2025-10-31", Kind.DATE, "2025-10"),
        ("45931", Kind.NUMBER, "2025-10"),
        ("2025-10-01/2025-11-01", Kind.TEXT, "2025-10-01/2025-11-01"),
        ("2025-13-77", Kind.TEXT, "2025-13-77"),
    ],
)
def test_periods_are_understood_as_people_write_them(written, kind, meant):
    rows, _ = read("measure,period,value", ("sales.conversion", written, "0.2"), kinds=[(Kind.TEXT, kind, Kind.NUMBER)])
    assert rows[0][1] == meant


def test_the_parts_of_the_template_and_inclusive_days_are_understood():
    rows, _ = read(
        "measure,period_start,period_end,part: channel,value",
        ("sales.conversion", "2025-10-01", "2025-10-31", "web", "0.2"),
        ("sales.conversion", "2025-10-01", "2025-10-31", "", "0.3"),
    )
    assert [(row[1], row[2]) for row in rows] == [
        ("2025-10-01/2025-11-01", '{"Channel": "web"}'), ("2025-10-01/2025-11-01", "{}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "period", "source"),
    [
        ("sales.conversion", "2025-12", "crm"),
        ("sales.conversion", "2026-01-01/2026-02-01", "erp"),
        ("sales.conversion", "someday", "web"),
        ("sales.leads", "2026-01", "web"),
        ("sales.visits", "2026-01-01", "web"),
    ],
)
def test_a_figure_comes_from_the_source_of_record_of_its_period(measure, period, source):
    rows, _ = read("measure,period,value", (measure, period, "1"))
    assert rows[0][6] == source


def test_what_is_computed_is_not_handed_in():
    _, faults = read("measure,period,value,source", ("sales.conversion", "2025-10", "0.2", "derived"))
    assert [(row, column, why[:30]) for row, column, why in faults] == [
        (2, "measure", "It is computed by a formula; l")
    ]


def test_rows_without_a_figure_are_left_alone_and_the_others_keep_their_numbers():
    rows, faults = read(
        "measure,period,value,numerator,denominator", ("sales.visits", "2025-10-01", "", "", ""),
        ("sales.visits", "2025-10-01", "1,234", "", ""), ("sales.visits", "2025-10-01", "", "1", "2"),
    )  # fmt: skip
    assert [row[3:6] for row in rows] == [("", "1", "2")]
    assert [fault[:2] for fault in faults] == [(3, "value")]


def test_a_measure_that_is_none_is_not_asked_for_its_source():
    _, faults = read("measure,period,value", ("sales.visit", "2025-10-01", "7"), source="")
    assert faults == [(2, "measure", "sales.visit is no measure that is defined here.")]


def test_what_cannot_be_understood_is_told_at_its_column():
    _, faults = read(
        "measure,period,value,source,note", ("sales.visits", "2025-10-01", "1.234", "", ""),
        ("sales.visits", "2025-10-01", "7", "fax", ""), ("sales.visits", "2025-10-01", "7", "", ""),
        ("sales.conversion", "2025-10", "7", "", "x" * 1_001), ("sales.conversion", "2025-10", "7" * 61, "", ""),
        points_are_decimal=False, source="",
    )  # fmt: skip
    assert [fault[:2] for fault in faults] == [(2, "value"), (3, "source"), (4, "measure"), (5, "note"), (6, "value")]


@pytest.mark.parametrize(
    "header", ["measure,value", "measure,period,value,vlaue", "measure,period,value,segment,part: channel",
               "measure,measure_code,period,value", "measure,period,period_end,value", "period,value"],
)  # fmt: skip
def test_another_first_row_than_the_templates_or_the_apis_is_refused(header):
    with pytest.raises(InvalidInput, match="keep the template"):
        read(header, ("x",) * len(header.split(",")))
