"""Figures as people type them, and blocks as they paste them."""

import pytest

from metrics.handing_in.blocks import Named, spread
from metrics.handing_in.typed import ambiguity, is_unavailable, plain

CITY, RESORT = Named("1-1", ("HT.1", "Bookings"), "City Hotel"), Named("1-2", ("HT.1", "Bookings"), "Resort Hotel")
LEADS = Named("2-1", ("HT.2", "Leads"), "all")


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("0.184", "0.184"), ("0,184", "0.184"), (" 12 ", "12"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"),
        ("1\u00a0234,5", "1234.5"), ("1 234 567", "1234567"), ("1.234.567", "1234567"), ("1,234,567.25", "1234567.25"),
        ("\u2212" + "3,5", "-3.5"), ("€ 12,50", "12.50"), ("12,5", "12.5"), ("", ""), ("abc", "abc"),
        ("1,2,3", "1,2,3"), ("-", "-"), ("1e3", "1e3"), (" about 5", "about 5"), ("€ 1.2 k", "€ 1.2 k"),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_it_is_meant(text, understood):
    assert plain(text) == understood


@pytest.mark.parametrize("text", ["1 5", "12 34", "5 6,7", "10 00", "1'5", "1_5", "1 .5", "1 234 5", "1 234'567"])
def test_what_groups_no_thousands_is_no_figure(text):
    assert plain(text) == text
    assert plain(f"{text} %", is_share=True).endswith("%")


@pytest.mark.parametrize(
    ("text", "understood"), [("1'234'567.5", "1234567.5"), ("12 345,6", "12345.6"), ("- 5", "-5"), ("1_000", "1000")]
)
def test_thousands_are_grouped_as_they_are_everywhere(text, understood):
    assert plain(text) == understood


@pytest.mark.parametrize("text", ["1.234", "€1.234", "1.234 €", "\u22121.234", "- 1.234", "$ 1.234"])
def test_a_sign_before_or_behind_settles_no_two_ways(text):
    assert ambiguity(text)


@pytest.mark.parametrize(("text", "currency"), [("$900", "EUR"), ("900 €", "USD"), ("£ 5", "CAD"), ("€12", "")])
def test_money_of_another_currency_is_refused(text, currency):
    with pytest.raises(ValueError, match="write the number"):
        plain(text, currency=currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("€900", "EUR"), ("900 $", "USD"), ("$900", "CAD"), ("900", "EUR"), ("900", ""), ("£900", None)],
)
def test_the_sign_of_its_own_currency_is_left_out(text, currency):
    assert plain(text, currency=currency) == "900"


@pytest.mark.parametrize(("text", "share"), [("18,4 %", "0.184"), ("18.4%", "0.184"), ("100 %", "1"), ("x%", "x%")])
def test_a_percent_sign_is_understood_of_a_share_alone(text, share):
    assert plain(text, is_share=True) == share
    assert plain(text).endswith("%")


def test_what_can_be_read_in_two_ways_is_asked_back():
    with pytest.raises(ValueError, match=r"write 1234 or 1\.234"):
        plain("1,234")


@pytest.mark.parametrize(
    "text", ["1e999999", "1e-999999", "-2,5E+31", "€ 1e0100", "1e31 %", f"1e{'9' * 50}", "1e\u0669\u0669"]
)
def test_an_exponent_beyond_all_figures_is_told_where_it_is_typed(text):
    for is_share in (True, False):
        with pytest.raises(ValueError, match="more than 30 digits or 20 decimals; round it"):
            plain(text, is_share=is_share)


@pytest.mark.parametrize("text", ["1e30", "1e-20", "-2.5E+030"])
def test_an_exponent_that_a_figure_may_have_is_passed_on(text):
    assert plain(text) == text


@pytest.mark.parametrize("text", ["n/a", "N/A", " na ", "not available"])
def test_that_there_is_no_figure_is_said_in_a_few_ways(text):
    assert is_unavailable(text)


def test_lines_in_the_order_of_the_grid():
    assert spread("value\n1,5\t15\t10\tSee mail\n2\n\n", [CITY, RESORT, LEADS]) == {
        "1-1": {"value": "1,5", "numerator": "15", "denominator": "10", "note": "See mail"},
        "1-2": {"value": "2"},
    }


@pytest.mark.parametrize("block", ["1\n\n3\n", "1\t\n\t\n3\t", "Value\r\n1\r\n\r\n3\r\n"])
def test_an_empty_line_leaves_its_figure_alone_and_moves_no_other(block):
    assert spread(block, [CITY, RESORT, LEADS]) == {"1-1": {"value": "1"}, "2-1": {"value": "3"}}


def test_an_empty_first_line_is_one_too():
    assert spread("\n2", [CITY, RESORT, LEADS]) == {"1-2": {"value": "2"}}


def test_a_cell_in_quotes_may_go_on_in_the_next_line():
    block = '1\t\t\t"The ""big"" fair,\nand rain"\n2'
    assert spread(block, [CITY, RESORT, LEADS]) == {
        "1-1": {"value": "1", "note": 'The "big" fair, and rain'},
        "1-2": {"value": "2"},
    }


def test_a_single_quotation_mark_swallows_nothing():
    assert spread('1\t\t\t"half\n2', [CITY, RESORT, LEADS])["1-2"] == {"value": "2"}


def test_lines_that_name_their_figures():
    assert spread("Figure;Part;Value\nbookings;resort  hotel;2\nHT.2;7", [CITY, RESORT, LEADS]) == {
        "1-2": {"value": "2"},
        "2-1": {"value": "7"},
    }


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("1\n2\n3\n4", "4 lines and the grid 3"),
        ("HT.2\t1\nHT.3\t2", "Line 2 begins with 'HT.3'"),
        ("HT.1\t5", "which part of 'HT.1'"),
        ("HT.2\t1\nHT.2\t2", "Line 2 gives 'HT.2' a second time"),
        ("1\t2\t3\tSee mail\t5", "Line 1 has more columns"),
        ("HT.2;1;2;3;Late;again", "Line 1 has more columns"),
        ("HT.2;1\n\nleads;2", "Line 3 gives 'leads' a second time"),
        ("1" * 150_000, "no lines of cells"),
        ("1" * 200_001, "too long"),
    ],
)
def test_a_block_that_does_not_fit_is_told_why(block, why):
    with pytest.raises(ValueError, match=why):
        spread(block, [CITY, RESORT, LEADS])


def test_a_percentage_that_is_asked_back_stays_one():
    assert ambiguity("1.234 %") == "1.234 % can be read in two ways; write 1234 % or 1,2340 %."
