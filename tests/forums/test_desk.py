"""The desk asks for what a person's roles may owe, and for nothing else."""

import pytest

from forums.desk import desk_of
from forums.models import Amendment, Escalation, Minutes
from truthgov import clock
from truthgov.actor import Actor

QUERIES = 13


@pytest.fixture
def drafted(item, steering) -> Minutes:
    """Minutes that wait for whoever keeps them."""
    return item.meeting.close(by=steering.chair)


@pytest.fixture
def amendment(drafted, steering, executive) -> Amendment:
    """Of circulated minutes, by somebody who attended; nobody has answered."""
    drafted.circulate(by=Actor(person=steering.secretary))
    part = drafted.parts[0]["key"]
    return drafted.propose_amendment(part, "Thanks to all.", "They earned it.", by=Actor(person=executive))


def owed(person) -> list[str]:
    return [due.kind for due in desk_of(person).dues]


def test_a_desk_costs_the_same_whatever_others_owe(as_person, auditor, request, django_assert_num_queries):
    browser = as_person(auditor)
    with django_assert_num_queries(QUERIES):
        browser.get("/")
    request.getfixturevalue("amendment")
    with django_assert_num_queries(QUERIES):
        assert browser.get("/").context["desk"].dues == []


def test_an_amendment_stands_on_the_desk_of_who_answers_it(amendment, steering, executive, sales_lead):
    assert "Amendment" in owed(steering.secretary)
    assert "Amendment" not in owed(executive) + owed(sales_lead)
    amendment.accept("So it was.", by=Actor(person=steering.secretary))
    assert "Amendment" not in owed(steering.secretary)


def test_an_escalation_stands_on_the_desk_of_whom_it_goes_to(case, steering, sponsor, executive):
    Escalation.objects.take(steering.chair, reason="Too far.", due_on=clock.today(), contradiction=case)
    assert "Escalation" in owed(sponsor)
    assert "Escalation" not in owed(executive)
