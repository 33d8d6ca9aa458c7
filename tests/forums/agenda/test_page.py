"""The agenda's own page: everybody reads it, chair and secretary arrange it, with scripts and without."""

import pytest
from django.urls import reverse

from tests.factories.forums import contradiction, drafted, item_about, next_meeting
from tests.factories.metrics import measure


@pytest.fixture
def coming(steering, case, low):
    return drafted(steering)


def address(name, record):
    return reverse(f"forums:{name}", args=[record.pk])


def titles(meeting):
    return [item.subject.reference for item in meeting.items.select_related("subject")]


def test_the_secretary_moves_an_item_by_its_button(as_person, steering, coming, case, low):
    client = as_person(steering.secretary)
    answer = client.post(address("item_place", item_about(coming, low)), {"move": "up"})
    assert (answer.status_code, answer.url) == (302, address("agenda", coming))
    assert titles(coming) == [low.pk, case.pk]


def test_with_scripts_only_the_agenda_is_answered_and_what_moved_is_said(as_person, steering, coming, case, low):
    client = as_person(steering.secretary)
    answer = client.post(
        address("item_place", item_about(coming, low)), {"before": item_about(coming, case).pk},
        headers={"HX-Request": "true"},
    ).content.decode()  # fmt: skip
    assert answer.lstrip().startswith('<div id="arrangement"')
    assert "number 1, in Contradictions, 15 minutes." in answer
    assert titles(coming) == [low.pk, case.pk]


def test_a_move_to_nowhere_is_sent_back(as_person, steering, coming, case, low):
    answer = as_person(steering.secretary).post(address("item_place", item_about(coming, case)))
    assert answer.status_code == 422
    assert titles(coming) == [case.pk, low.pk]


def test_a_plan_that_lacks_its_minutes_is_sent_back(as_person, steering, coming, low):
    client = as_person(steering.secretary)
    answer = client.post(address("item_plan", item_about(coming, low)), {"section": "Ours", "minutes": "0"})
    assert answer.status_code == 422
    item = item_about(coming, low)
    plan = {"section": "Ours", "minutes": "20", "presenter": steering.secretary.pk}
    assert client.post(address("item_plan", item), plan).status_code == 302
    item.refresh_from_db()
    assert (item.section, item.minutes, item.presenter) == ("Ours", 20, steering.secretary)


def test_a_member_reads_it_and_is_offered_nothing(as_person, sales_lead, coming, low):
    page = as_person(sales_lead).get(address("agenda", coming)).content.decode()
    assert "presented by the chair" in page
    assert "Rename this section" not in page
    refused = as_person(sales_lead).post(address("item_place", item_about(coming, low)), {"move": "up"})
    assert refused.status_code == 403


def test_an_empty_agenda_says_what_belongs_there(as_person, steering):
    page = as_person(steering.secretary).get(address("agenda", next_meeting(steering))).content.decode()
    assert "Nothing stands on the agenda yet." in page


def test_its_queries_do_not_grow_with_its_items(as_person, steering, coming, django_assert_max_num_queries):
    client = as_person(steering.secretary)
    for number in range(8):
        contradiction(measure(f"sales.more-{number}"), measure(f"journey.more-{number}", outcome=True))
    coming.draft_agenda(by=steering.chair)
    with django_assert_max_num_queries(24):
        client.get(address("agenda", coming))
