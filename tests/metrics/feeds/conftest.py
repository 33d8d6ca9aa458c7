"""Feeds of the tests: a real HTTP server that may be called, and what it answers with."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from metrics.models import Feed
from tests.factories.metrics import SegmentFactory, SourceFactory, measure
from tests.http_server import Answer, Site, serving
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function, Person

MAPPING = {"measure": "kpi", "period": "month", "value": "rate", "segment": "cut"}


def answer(*rows: dict[str, Any], **others: str) -> Answer:
    return 200, json.dumps({"data": {"rows": rows}}), others


def row(month: str = "2025-10", rate: object = 0.1840, **others: object) -> dict[str, Any]:
    return {"kpi": "sales.conversion", "month": month, "rate": rate, "cut": None} | others


def later(minutes: float) -> Any:
    return clock.at(clock.now() + timedelta(minutes=minutes))


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    with serving() as running:
        settings.EGRESS_SCHEMES, settings.EGRESS_HOSTS = ["http"], ["127.0.0.1"]
        settings.EGRESS_PORTS, settings.EGRESS_PRIVATE_NETWORKS = [running.port], ["127.0.0.1/32"]
        yield running


@pytest.fixture
def connect(db: None, site: Site, sales_lead: Person, sales: Function) -> Callable[..., Feed]:
    """Connect a feed of Sales that reads `site`, with other fields where given."""

    def connected(**fields: Any) -> Feed:
        SegmentFactory()
        measure("sales.conversion")
        given = {"name": "CRM nightly", "source": SourceFactory(code="crm"), "function": sales, "token": "s3cret",
                 "url": f"{site.url}/kpi", "format": "json", "rows_path": "data.rows", "mapping": MAPPING}  # fmt: skip
        return Feed.connect(by=Actor(person=sales_lead), **(given | fields))

    return connected


@pytest.fixture
def feed(connect: Callable[..., Feed]) -> Feed:
    return connect()
