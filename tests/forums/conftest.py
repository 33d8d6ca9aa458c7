import pytest

from forums.models import AgendaItem, Meeting
from metrics.models import Contradiction
from tests.factories.forums import Steering, contradiction, in_session, item_about, steering_forum
from truthgov.models import Function, Mandate, Person


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
