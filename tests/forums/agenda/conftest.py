from datetime import date, timedelta

import pytest

from tests.factories.forums import contradiction, drafted
from tests.factories.metrics import measure
from truthgov.actor import Actor


@pytest.fixture
def coming(steering, case):
    """In a fortnight, with one case on its drafted agenda."""
    return drafted(steering, date.today() + timedelta(14))


@pytest.fixture
def low(case):
    """A case of other parties, less grave."""
    return contradiction(
        measure("sales.leads", unit="count"), measure("journey.returns", outcome=True), severity="low", severity_rank=1
    )


@pytest.fixture
def secretary(steering):
    """Acting as such."""
    return Actor(person=steering.secretary)
