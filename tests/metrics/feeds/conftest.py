"""Feeds of the tests: a real HTTP server and a real PostgreSQL that may be called, and what they answer with."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest

from metrics.models import Feed
from tests import tcp
from tests.databases import cloned
from tests.factories.metrics import SegmentFactory, SourceFactory, measure
from tests.http_server import Answer, Site, serving
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function, Person

MAPPING = {"measure": "kpi", "period": "month", "value": "rate", "segment": "cut"}


TABLE = """
    CREATE TABLE rates (month date, rate numeric, cut jsonb);
    INSERT INTO rates VALUES ('2025-09-01', 0.171, '{}'), ('2025-10-01', 0.1840, '{}'), ('2025-11-01', 0.2, '{}');
"""


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


@pytest.fixture(scope="module")
def line(template_database: str) -> Iterator[tcp.Line]:
    """A PostgreSQL with rates of three months, on a port whose answers may be held back; `address` is a feed's."""
    with cloned(template_database) as name:
        owner = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{name}")
        with closing(psycopg2.connect(owner.geturl())) as connection, connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
        with tcp.before(f"{parse_qs(owner.query)['host'][0]}/.s.PGSQL.5432") as running:
            running.address = f"postgresql://{owner.username}@127.0.0.1:{running.port}/{name}?sslmode=disable"
            yield running


@pytest.fixture
def warehouse(line: tcp.Line, settings: Any) -> str:
    """The address of that PostgreSQL, which may be called."""
    settings.EGRESS_SCHEMES, settings.EGRESS_HOSTS = ["http"], ["127.0.0.1"]
    settings.EGRESS_PORTS, settings.EGRESS_PRIVATE_NETWORKS = [line.port], ["127.0.0.1/32"]
    return line.address


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
