"""The order of an agenda, purely: nobody is lost, and a section stays in one piece, whatever is moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.agendas.order import Line, gathered, moved, placed, renamed, section_moved, sections

AGENDA = [Line(1, "Cases"), Line(2, "Cases"), Line(3, "Actions"), Line(4, "Actions")]
NAMES = st.sampled_from(["Cases", "Actions", "Any other"])


@st.composite
def agendas(draw):
    found = draw(st.lists(NAMES, min_size=1, max_size=12))
    return gathered([Line(number, name) for number, name in enumerate(found)])


def told(lines):
    return [(line.item, line.section) for line in lines]


def test_an_item_moves_within_its_section():
    assert told(moved(AGENDA, 1, down=True))[:2] == [(2, "Cases"), (1, "Cases")]


@pytest.mark.parametrize(("item", "down", "section"), [(2, True, "Actions"), (3, False, "Cases")])
def test_at_the_edge_it_joins_the_section_beside_it(item, down, section):
    lines = moved(AGENDA, item, down=down)
    assert [line.item for line in lines] == [1, 2, 3, 4]
    assert next(line.section for line in lines if line.item == item) == section


@pytest.mark.parametrize(("item", "down"), [(1, False), (4, True)])
def test_at_the_end_of_all_it_stays(item, down):
    assert moved(AGENDA, item, down=down) == AGENDA


def test_placed_before_another_it_joins_that_ones_section():
    assert told(placed(AGENDA, 4, before=2, section="Cases")) == [
        (1, "Cases"), (4, "Cases"), (2, "Cases"), (3, "Actions"),
    ]  # fmt: skip


def test_placed_in_a_section_it_stands_last_there_and_a_new_one_begins_at_the_end():
    assert told(placed(AGENDA, 4, before=None, section="Cases"))[2] == (4, "Cases")
    assert told(placed(AGENDA, 1, before=None, section="Any other"))[-1] == (1, "Any other")


def test_a_section_moves_whole_and_two_of_one_name_are_one():
    assert [line.item for line in section_moved(AGENDA, "Actions", down=False)] == [3, 4, 1, 2]
    assert sections(renamed(AGENDA, "Actions", "Cases")) == ["Cases"]


@given(agendas(), st.data())
def test_whatever_is_moved_nobody_is_lost_and_sections_stay_whole(lines, data):
    item = data.draw(st.sampled_from([line.item for line in lines]))
    before = data.draw(st.none() | st.sampled_from([line.item for line in lines]))
    section = data.draw(NAMES)
    held = data.draw(st.sampled_from(sections(lines)))
    down = data.draw(st.booleans())
    for after in (
        moved(lines, item, down=down),
        placed(lines, item, before=before, section=section),
        section_moved(lines, held, down=down),
        renamed(lines, held, section),
    ):
        assert sorted(line.item for line in after) == sorted(line.item for line in lines)
        assert gathered(after) == after
