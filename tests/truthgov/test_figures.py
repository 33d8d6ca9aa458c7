"""The wording of figures and periods."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truthgov.figures import THIN, counted, places_apart, word_difference, word_figure
from truthgov.labels import abbreviate
from truthgov.periods import Grain, Period


def plain(text: str) -> str:
    return text.replace(THIN, " ")


@pytest.mark.parametrize(
    ("value", "unit", "text", "exact"),
    [
        ("0.444123", "fraction", "44.4 %", "44.4123 %"),
        ("0.5213", "ratio", "+52.1 %", "+52.13 %"),
        ("-0.027", "ratio", "−2.7 %", "−2.7 %"),
        ("0", "ratio", "0.0 %", "0 %"),
        ("44.4", "percent", "44.4 %", "44.4 %"),
        ("1391234.56", "EUR", "€1.39 M", "€1 391 234.56"),
        ("139123.4", "EUR", "€139 k", "€139 123.4"),
        ("12345", "EUR", "€12.3 k", "€12 345"),
        ("101.234", "EUR", "€101.23", "€101.234"),
        ("-2500000000", "USD", "−$2.50 bn", "−$2 500 000 000"),
        ("12345", "CHF", "CHF 12.3 k", "CHF 12 345"),
        ("12345", "count", "12 345", "12 345"),
        ("3.14159", "days", "3.14 days", "3.14159 days"),
    ],
)
def test_a_figure_is_short_in_the_cell_and_exact_on_hover(value, unit, text, exact):
    worded = word_figure(Decimal(value), unit)
    assert (plain(worded.text), plain(worded.exact)) == (text, exact)


def test_halves_are_rounded_as_people_round_them():
    assert plain(word_figure(Decimal("0.4445"), "fraction").text) == "44.5 %"


def test_a_figure_that_is_missing_says_so():
    worded = word_figure(None, "count")
    assert (worded.text, worded.exact) == ("–", "No figure")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [("0.144", "fraction", "+14.4 pp"), ("-0.144", "fraction", "−14.4 pp"), ("-1500000", "EUR", "−€1.50 M")],
)
def test_shares_differ_by_points_and_a_difference_carries_its_sign(value, unit, text):
    assert plain(word_difference(Decimal(value), unit).text) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**14), max_value=10**14))
def test_the_exact_wording_loses_no_digit(value):
    exact = word_figure(value, "count").exact.replace(THIN, "").replace("−", "-")
    assert Decimal(exact) == value


@pytest.mark.parametrize(
    ("grain", "label"), [(Grain.DAY, "5 Oct"), (Grain.WEEK, "W41"), (Grain.MONTH, "Oct 26"), (Grain.QUARTER, "Q4 26")]
)
def test_a_period_fits_under_an_axis(grain, label):
    assert abbreviate(Period.containing(date(2026, 10, 5), grain)) == label


@pytest.mark.parametrize(
    ("day", "grain", "told"),
    [
        (date(2026, 11, 1), Grain.WEEK, "26 Oct to 1 Nov 2026"),
        (date(2027, 1, 1), Grain.WEEK, "28 Dec 2026 to 3 Jan 2027"),
        (date(2026, 10, 5), Grain.MONTH, ""),
    ],
)
def test_a_week_is_told_by_its_days_too(day, grain, told):
    assert Period.containing(day, grain).days == told


@pytest.mark.parametrize(
    ("one", "other", "unit", "places"),
    [("0.373", "0.385", "fraction", None), ("0.1501", "0.15", "fraction", 2), ("1391234", "1391235", "EUR", 6),
     ("5", "5", "count", None)],
)  # fmt: skip
def test_a_small_change_is_told_with_the_decimals_that_show_it(one, other, unit, places):
    assert places_apart(Decimal(one), Decimal(other), unit) == places


@pytest.mark.parametrize(
    ("number", "nouns", "said"),
    [(0, "", "0 rows"), (1, "", "1 row"), (2, "", "2 rows"), (2, "lines", "2 lines")],
)
def test_one_of_something_is_not_told_as_several(number, nouns, said):
    assert counted(number, "row", nouns) == said
