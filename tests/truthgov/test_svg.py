"""Charts: what is drawn is valid, safe, the same every time, and hides nothing that is missing."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.charts import NAMES, evidence, journey
from truthgov.svg import (
    Chart,
    JourneyMap,
    Line,
    Panel,
    Svg,
    draw_chart,
    draw_journey,
    draw_multiples,
    draw_sparkline,
    tabulate,
)
from truthgov.svg.elements import PENS

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script> & \x00 \ud800 ]]>'
values = st.lists(st.none() | st.floats(-1e9, 1e9), min_size=6, max_size=6).map(tuple)


def chart_of(*series: tuple, **panel) -> Chart:
    lines = tuple(Line(f"series {index}", tuple(held)) for index, held in enumerate(series))
    return Chart("Growth", "It grows.", NAMES, NAMES, (Panel("Bookings", "count", lines, **panel),))


def drawings() -> list[Svg]:
    chart = evidence()
    return [
        draw_chart(chart),
        draw_chart(chart, 350, 120),
        draw_sparkline("Cancelled", chart.panels[1].lines[0].values, Decimal("0.3")),
        draw_multiples("By channel", chart.panels),
        draw_journey(journey()),
        draw_journey(journey(), 350),
    ]


def coordinates(drawn: Svg) -> list[float]:
    return [float(number) for number in re.findall(r'\b(?:x|y|x1|x2|y1|y2|cx|cy)="([^"]+)"', drawn)]


@pytest.mark.parametrize("drawn", drawings(), ids=range(6))
def test_a_drawing_is_well_formed_and_has_a_name_and_a_description(drawn):
    root = ElementTree.fromstring(drawn)
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert all(child.text for child in root[:2])
    assert root.get("role") == "img"


@pytest.mark.parametrize("drawn", drawings(), ids=range(6))
def test_a_drawing_needs_no_inline_style_and_no_script(drawn):
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|javascript:", drawn)


def test_the_same_figures_are_the_same_bytes():
    assert drawings() == drawings()


def test_text_from_people_is_escaped_everywhere():
    chart = Chart(HOSTILE, HOSTILE, NAMES, (HOSTILE,) * 6, (Panel(HOSTILE, HOSTILE, (Line(HOSTILE, (1,) * 6),)),))
    for drawn in (draw_chart(chart), draw_multiples(HOSTILE, chart.panels), draw_journey(journey(HOSTILE))):
        ElementTree.fromstring(drawn)
        assert "<script" not in drawn


def test_every_class_of_a_drawing_carries_its_light_colours_too():
    assert all("fill=" in pen or "stroke=" in pen for pen in PENS.values())


def test_a_missing_figure_leaves_a_gap_and_says_so():
    whole = draw_chart(chart_of((1, 2, 3, 4, 5, 6)))
    broken = draw_chart(chart_of((1, 2, None, 4, 5, 6)))
    assert whole.count('class="tg-line-0"') == 1
    assert broken.count('class="tg-line-0"') == 2
    assert "Month 3: no figure" in broken
    assert "no figure" not in whole


def test_a_series_that_starts_late_is_not_called_missing():
    assert "no figure" not in draw_chart(chart_of((None, None, 3, 4, 5, None)))


def test_a_figure_alone_between_gaps_is_still_seen():
    assert draw_sparkline("Alone", (None, 5, None)).count("<circle") == 2


def test_a_break_in_counting_stands_in_the_smallest_drawing():
    drawn = draw_sparkline("Counted anew", (1, 2, 3), broken=[1])
    assert (drawn.count("tg-break"), "counted differently from the 2. on" in drawn) == (1, True)


def test_two_series_differ_by_dash_as_well_as_colour():
    drawn = draw_chart(chart_of((1,) * 6, (2,) * 6))
    first, second = (re.search(rf'class="tg-line-{index}"[^/]*', drawn)[0] for index in (0, 1))
    assert "stroke-dasharray" not in first
    assert "stroke-dasharray" in second


def test_each_mark_has_a_shape_of_its_own_and_stands_in_the_legend():
    drawn = draw_chart(evidence())
    assert "Month 5: signal" in drawn
    assert "Month 1: restated" in drawn
    assert ">signal<" in drawn
    assert ">restated<" in drawn
    assert ">definition changed<" not in drawn


def test_a_chart_without_any_figure_is_still_a_chart():
    ElementTree.fromstring(draw_chart(chart_of((None,) * 6)))
    ElementTree.fromstring(draw_chart(Chart("None", "None", (), (), (Panel("None", "count", (Line("none", ()),)),))))
    ElementTree.fromstring(draw_sparkline("None", ()))


def test_the_table_tells_everything_that_the_drawing_shows():
    table = tabulate(evidence())
    assert table.columns == ("Period", "Bookings growth", "Never became a stay", "Limits of Never became a stay")
    assert table.rows[0] == ("Month 1", "+50.0\u202f% (restated)", "30.0\u202f%", "–")
    assert table.rows[4] == ("Month 5", "–", "44.0\u202f% (signal)", "20.0\u202f% to 40.0\u202f%")


def test_a_journey_needs_a_handoff_between_each_two_stages():
    with pytest.raises(ValueError, match="between each two"):
        JourneyMap("Wrong", journey().stages, ())


def test_a_broken_handoff_is_told_by_word_and_not_by_colour_alone():
    assert "broken" in draw_journey(journey())
    assert "broken" in draw_journey(journey(), 350)


def test_a_target_that_was_another_one_before_is_drawn_as_stairs():
    [target] = re.findall(r'<path d="([^"]+)"[^>]*class="tg-target"|<path class="tg-target"[^>]*d="([^"]+)"',
                          draw_chart(chart_of((1,) * 6, target=8, targets=(None, 4, 4, 4, 8, 8))))  # fmt: skip
    corners = [corner.split() for corner in "".join(target)[1:].split("L")]
    assert [float(high) for _, high in corners] == sorted((float(high) for _, high in corners), reverse=True)
    assert len({high for _, high in corners}) == 2
    assert len(corners) == 10
    assert 'class="tg-target"' in draw_chart(chart_of((1,) * 6, targets=(4, 4, 4, None, None, None)))


@given(values, values, st.none() | st.floats(-1e9, 1e9), values, st.sampled_from([350, 480, 760, 1200]))
def test_whatever_the_figures_nothing_leaves_the_drawing(first, second, target, targets, width):
    drawn = draw_chart(chart_of(first, second, target=target, targets=targets), width)
    root = ElementTree.fromstring(drawn)
    _, _, right, bottom = map(float, root.get("viewBox").split())
    assert right == width
    # A sample in the legend stands 7 above its own origin; everything else lies within.
    assert all(-10 <= place <= max(right, bottom) for place in coordinates(drawn))
