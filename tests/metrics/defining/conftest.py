"""A KPI of Sales, and how another version of its definition is proposed."""

from collections.abc import Callable

import pytest

from metrics.dictionary.defining import propose_definition
from metrics.models import Definition
from tests.factories.metrics import DefinitionFactory, MeasureFactory
from truthgov import clock
from truthgov.actor import Actor
from truthgov.periods import Grain, Period


@pytest.fixture
def wins(sales):
    """A KPI of Sales, a share of won opportunities, without a target."""
    made = MeasureFactory(code="SALES.WINS", name="Share won", function=sales)
    DefinitionFactory(measure=made)
    return made


@pytest.fixture
def lead(sales_lead):
    return Actor(person=sales_lead)


@pytest.fixture
def owner(truth_owner):
    return Actor(person=truth_owner)


def this_month() -> Period:
    return Period.containing(clock.today(), Grain.MONTH)


@pytest.fixture
def propose(wins, lead) -> Callable[..., Definition]:
    """Sales proposes a version for its periods from the next month on."""

    def proposed(terms: dict | None = None, *, by: Actor = lead, **said) -> Definition:
        said = {"starts_on": this_month().shift(1).start, "rationale": "Signed contracts count.", **said}
        return propose_definition(wins, terms or {"wording": "Signed."}, by=by, **said)

    return proposed
