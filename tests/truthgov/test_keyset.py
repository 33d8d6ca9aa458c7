import itertools

import pytest
from django.core import signing
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.people import PersonFactory
from truthgov.errors import InvalidInput
from truthgov.keyset import SALT, CursorSerializer, turn_to
from truthgov.models import Person, Scope

ORDERS = [("name", "pk"), ("-name", "pk"), ("-name", "-pk")]


@pytest.mark.django_db
@settings(max_examples=12)
@given(names=st.lists(st.sampled_from("abc"), max_size=9), order=st.sampled_from(ORDERS), size=st.integers(1, 4))
def test_pages_hold_every_row_once_in_order_forwards_and_backwards(names, order, size):
    people = [PersonFactory(name=name).pk for name in names]
    rows = Person.objects.filter(pk__in=people)
    expected = [person.pk for person in rows.order_by(*order)]
    pages, cursor = [turn_to("", rows, order, size=size)], ""
    while cursor := pages[-1].next_cursor:
        pages.append(turn_to(cursor, rows, order, size=size))
    assert [person.pk for page in pages for person in page.rows] == expected
    for before, after in itertools.pairwise(pages):
        assert [row.pk for row in turn_to(after.previous_cursor, rows, order, size=size).rows] == [
            row.pk for row in before.rows
        ]


def test_a_row_added_before_the_place_moves_nothing(db):
    for name in "bcde":
        PersonFactory(name=name)
    first = turn_to("", Person.objects.all(), ("name", "pk"), size=2)
    PersonFactory(name="a")
    second = turn_to(first.next_cursor, Person.objects.all(), ("name", "pk"), size=2)
    assert [person.name for person in second.rows] == ["d", "e"]


@pytest.mark.parametrize(
    "cursor", ["x", "a:b:c", signing.dumps([1, 2], salt="another")], ids=["a word", "unsigned", "signed for another"]
)
def test_a_cursor_that_was_not_given_out_is_refused(db, cursor):
    with pytest.raises(InvalidInput):
        turn_to(cursor, Person.objects.all(), ("name", "pk"), size=2)


def test_a_cursor_of_another_order_is_refused(db):
    other = signing.dumps(["after", ["truthgov.person", "email"], ["x"]], salt=SALT, serializer=CursorSerializer)
    with pytest.raises(InvalidInput):
        turn_to(other, Person.objects.all(), ("name", "pk"), size=2)


def test_a_cursor_of_other_records_in_the_same_order_is_refused(db):
    PersonFactory.create_batch(2)
    of_people = turn_to("", Person.objects.all(), ("-pk",), size=1).next_cursor
    with pytest.raises(InvalidInput):
        turn_to(of_people, Scope.objects.all(), ("-pk",), size=1)
