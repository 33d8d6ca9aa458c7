"""What changed on a published agenda, in sentences; purely."""

from hypothesis import given
from hypothesis import strategies as st

from forums.agendas.changes import changes_between


def item(reference, **more):
    told = {"subject": ["contradiction", reference], "title": f"Case {reference}", "section": "Cases", "minutes": 15,
            "presenter": "the chair"}  # fmt: skip
    return told | more


def agenda(*items, **more):
    return {"starts": "1 December 2026, 09:00", "place": "", "items": list(items), **more}


BEFORE = agenda(item(1), item(2), item(3))


def test_the_same_says_nothing():
    assert changes_between(BEFORE, BEFORE) == []


def test_what_came_and_what_went():
    assert changes_between(BEFORE, agenda(item(1), item(3), item(4))) == [
        "Added: Case 4 (Cases).",
        "Taken off: Case 2.",
    ]


def test_one_that_moved_is_named_and_not_those_that_gave_way():
    assert changes_between(BEFORE, agenda(item(3), item(1), item(2))) == ["Moved: Case 3, from number 3 to number 1."]


def test_what_an_item_says_of_itself():
    after = agenda(item(1, section="First", minutes=20, presenter="Emil", title="Case one"), item(2), item(3))
    assert changes_between(BEFORE, after) == [
        "Case one: under First, instead of Cases.",
        "Case one: 20 minutes, instead of 15.",
        "Case one: presented by Emil, instead of the chair.",
        "Case one: called Case 1 before.",
    ]


def test_time_and_place():
    after = agenda(*BEFORE["items"], place="Room 4", starts="2 December 2026, 09:00")
    assert changes_between(BEFORE, after) == [
        "Starts: 2 December 2026, 09:00, instead of 1 December 2026, 09:00.",
        "Held at: Room 4, instead of not said.",
    ]


def test_papers_are_compared_where_both_have_them():
    before = agenda(item(1, papers={"case": "a"}), view=1, listed=[])
    assert changes_between(before, agenda(item(1, papers={"case": "b"}), view=2, listed=[])) == [
        "Case 1: its papers are renewed.", "The journeys and their figures are renewed.",
    ]  # fmt: skip
    assert changes_between(before, agenda(item(1))) == []


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_another_order_is_always_told(before, after):
    told = changes_between(agenda(*map(item, before)), agenda(*map(item, after)))
    assert bool(told) == (before != after)
