from collections.abc import Iterator
from copy import deepcopy

import pytest
from pytest_django import DjangoDbBlocker

from forums.models import AgendaItem, Meeting
from metrics.models import Contradiction
from tests.databases import cloned, pointed_at
from tests.factories.forums import Steering, contradiction, in_session, item_about, steering_forum
from tests.showcase import Showcase, showcase
from truthgov.models import Function, Mandate, Person


@pytest.fixture(scope="session")
def hotel_at_rest(
    django_db_setup: None, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, Showcase]]:
    """A database with the hotel in it, built once a worker, and what stands in it."""
    with cloned(template_database) as name:
        with pointed_at(name, django_db_blocker), django_db_blocker.unblock():
            built = showcase()
        yield name, built


@pytest.fixture
def shown_database(hotel_at_rest: tuple[str, Showcase], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What `db` stands on in a test that asks for `shown`."""
    with pointed_at(hotel_at_rest[0], django_db_blocker):
        yield


@pytest.fixture
def shown(db: None, hotel_at_rest: tuple[str, Showcase]) -> Showcase:
    """The hotel with its figures and its contradictions; what a test does to it is rolled back."""
    return deepcopy(hotel_at_rest[1])


@pytest.fixture
def steering(
    truth_owner: Person,
    sponsor: Person,
    mandate: Mandate,
    sales_lead: Person,
    delivery_lead: Person,
    executive: Person,
) -> Steering:
    return steering_forum(truth_owner, sponsor, [sales_lead, delivery_lead, executive])


@pytest.fixture
def case(sales: Function) -> Contradiction:
    """An open contradiction in which Sales is accused."""
    return contradiction()


@pytest.fixture
def meeting(steering: Steering, case: Contradiction) -> Meeting:
    """In session, four members present, one case on the agenda."""
    return in_session(steering)


@pytest.fixture
def item(meeting: Meeting, case: Contradiction) -> AgendaItem:
    return item_about(meeting, case)
