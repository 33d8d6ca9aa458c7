"""A radar: told in words, legible without colour, and whole also where nothing is judged."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truthgov.svg import Radar, Spoke, draw_radar

SVG = "{http://www.w3.org/2000/svg}"


def radar(*shares: float | None, demanded: float = 0.8) -> Radar:
    worded = ["not judged" if share is None else f"{share:.0%}" for share in shares]
    told = zip(shares, worded, strict=True)
    return Radar("Trust", tuple(Spoke(f"Axis {at}", share, word, demanded) for at, (share, word) in enumerate(told)))


def test_it_says_in_words_what_it_draws() -> None:
    drawn = ElementTree.fromstring(draw_radar(radar(1.0, None)))
    assert drawn.findtext(f"{SVG}title") == "Trust"
    assert drawn.findtext(f"{SVG}desc") == "Axis 0 100%, 80% demanded; Axis 1 not judged, 80% demanded"


@pytest.mark.parametrize(("share", "marks"), [(0.79, 1), (0.8, 0)])
def test_what_falls_short_has_a_shape_of_its_own(share: float, marks: int) -> None:
    assert draw_radar(radar(share, 1.0, 1.0)).count('class="tg-signal"') == marks


@given(st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=8), st.floats(0, 1), st.sampled_from([300, 326, 380]))
def test_it_stays_within_its_frame(shares: list[float | None], demanded: float, width: int) -> None:
    drawn = draw_radar(radar(*shares, demanded=demanded), width)
    high = float(ElementTree.fromstring(drawn).attrib["height"])
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawn):
        assert 0 <= float(x) <= width
        assert -6 <= float(y) <= high + 6
