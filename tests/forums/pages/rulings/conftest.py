"""A case of Sales, and another one about the same outcome."""

import pytest

from metrics.models import Contradiction
from tests.factories.forums import contradiction
from tests.factories.metrics import DefinitionFactory, MeasureFactory


@pytest.fixture
def case(sales, journey) -> Contradiction:
    """Sales' bookings against the stays of the journey, without figures."""
    kpi = MeasureFactory(code="BOOKINGS", name="Bookings", function=sales)
    DefinitionFactory(measure=kpi)
    return contradiction(kpi)


@pytest.fixture
def same(case) -> Contradiction:
    """Another one of Sales about the same outcome in the same months."""
    kpi = MeasureFactory(code="REVENUE", name="Revenue", function=case.measure.function)
    for each in (case, other := contradiction(kpi, case.other_measure, kind="gaming")):
        Contradiction.objects.filter(pk=each.pk).update(first_period="2026-07-01", last_period="2026-08-01")
    case.refresh_from_db()
    return other
