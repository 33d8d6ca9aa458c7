"""Drawings of a process and of a link: a shape for each rule, and correlations by lag with what is not known."""

from xml.etree import ElementTree

import pytest

from truthgov.svg import (
    AtLag,
    Chart,
    Dot,
    Lags,
    Limits,
    Line,
    Mark,
    Panel,
    Scatter,
    Special,
    draw_chart,
    draw_lags,
    draw_multiples,
    draw_scatter,
    tabulate,
)

NAMES = ("January", "February", "March")
RULES = (Mark.OUTSIDE, Mark.TWO_OF_THREE, Mark.RUN, Mark.TREND)


def chart_of(*special: Special, marks=()) -> Chart:
    line = Line("Won", (1.0, 2.0, 9.0), marks, special)
    limits = Limits((0.0,) * 3, (5.0,) * 3, (2.5,) * 3)
    return Chart("Won", "Deals won.", NAMES, NAMES, (Panel("Won", "count", (line,), None, limits),))


@pytest.mark.parametrize("tone", ["good", "bad"])
def test_each_rule_has_a_shape_of_its_own(tone):
    drawn = {draw_chart(chart_of(Special(2, rule, tone))) for rule in RULES}
    assert len(drawn) == len(RULES)


def test_a_special_cause_is_named_in_legend_and_table_with_what_it_is_for():
    chart = chart_of(Special(2, Mark.OUTSIDE, "bad"))
    assert "outside the limits, for the worse" in draw_chart(chart)
    assert tabulate(chart).rows[2][1] == "9 (outside the limits, for the worse)"


def test_better_and_worse_differ_by_more_than_colour():
    better, worse = (draw_chart(chart_of(Special(2, Mark.RUN, tone))) for tone in ("good", "bad"))
    assert "for the better" in better
    assert 'class="tg-special-good" fill="#ffffff"' in better
    assert 'class="tg-special-good"' not in worse


def test_limits_set_anew_stand_before_their_period_with_their_name():
    drawn = draw_chart(chart_of(marks=((1, Mark.REBASED),)))
    assert 'class="tg-rebased"' in drawn
    assert "limits set anew" in drawn


def test_small_multiples_show_each_its_own_limits():
    panels = chart_of().panels
    assert draw_multiples("By channel", panels * 2).count('class="tg-band"') == 2


def test_a_lag_of_which_nothing_can_be_said_is_marked_as_unknown():
    told = [AtLag(0, 0.4, 0.1, 0.7, True, "Lag 0"), AtLag(1, None, None, None, False, "Lag 1: too few <periods>")]
    drawn = draw_lags(Lags("By lag", "Two lags.", told, "months", 0))
    assert ElementTree.fromstring(drawn).get("role") == "img"
    assert drawn.count('class="tg-whisker"') == 3
    assert (drawn.count('class="tg-seen"'), drawn.count('class="tg-missing"')) == (1, 1)


def test_dots_of_different_groups_differ_by_shape_and_are_named():
    dots = [Dot(1.0, 2.0, "January", 0), Dot(2.0, 3.0, "May", 1)]
    given = Scatter("Two", "Two periods.", "Leads", "count", "<Stays>", "fraction", dots, ("before", "from May"))
    drawn = draw_scatter(given)
    ElementTree.fromstring(drawn)
    assert drawn.count('class="tg-dot-0"') == drawn.count('class="tg-dot-1"') == 2
    assert "from May" in drawn
    assert "before" not in draw_scatter(Scatter("One", "One.", "Leads", "count", "Stays", "count", dots, ("before",)))
