"""Actions are proved by their owner and verified by another."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.factories.forums import resolving
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal

TOMORROW = date.today() + timedelta(days=1)


def by(person):
    return Actor(person=person)


@pytest.fixture
def action(item, steering, sales_lead):
    decision = item.decide(resolving(), by=steering.chair)
    return decision.actions.create(title="Report net bookings", owner=sales_lead, due_on=TOMORROW)


def test_an_action_is_done_with_a_proof_and_verified_by_another(action, sales_lead, executive, outsider):
    with pytest.raises(InvalidInput):
        action.report_done(" ", by=by(sales_lead))
    with pytest.raises(PermissionDenied):
        action.report_done("Done.", by=by(executive))
    action.report_done("Net bookings are in the dictionary.", by=by(sales_lead))
    with pytest.raises(Refusal, match="another member"):
        action.verify(by=by(sales_lead))
    with pytest.raises(PermissionDenied):
        action.verify(by=by(outsider))
    action.verify(by=by(executive))
    assert action.status == "verified"


def test_a_proof_that_does_not_hold_opens_the_action_again(action, sales_lead, executive):
    action.report_done("Trust me.", by=by(sales_lead))
    action.send_back("Show the figure.", by=by(executive))
    assert action.status == "open"
