"""Sales owes its conversion, monthly, from the CRM of record."""

import pytest

from metrics.models import Measure, Source
from tests.factories.metrics import SegmentFactory, SourceFactory, SourceOfRecordFactory, measure
from truthgov import clock
from truthgov.models import Function
from truthgov.periods import Grain, Period


@pytest.fixture
def crm(db: None) -> Source:
    SegmentFactory()
    return SourceFactory(code="crm", name="CRM")


@pytest.fixture
def conversion(crm: Source, sales: Function) -> Measure:
    made = measure("sales.conversion")
    SourceOfRecordFactory(measure=made, source=crm)
    return made


@pytest.fixture
def last_month(db: None) -> Period:
    return Period.last_complete(clock.today(), Grain.MONTH)
