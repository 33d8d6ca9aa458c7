"""A feed of the front office: a key, its source, and a monthly fraction it reports by channel."""

import pytest

from metrics.models import Measure, Source
from tests.factories.metrics import SourceFactory, dimension, measure
from truthgov.actor import Actor
from truthgov.models import Function

CLOCKWORK = Actor(clockwork="test")


@pytest.fixture
def crm(db: None) -> Source:
    return SourceFactory(code="crm", name="CRM")


@pytest.fixture
def conversion(sales: Function, crm: Source) -> Measure:
    """Monthly, a fraction, of Sales; cut by channel."""
    dimension("channel", "web", "phone")
    return measure("sales.conversion")
