"""The lead of Sales, the truth owner and a program call the API."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from metrics import keys
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Measure, Source
from tests.conftest import AsPerson
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function, Person
from truthgov.periods import Period

API = "/api/v1"
JSON = {"content_type": "application/json"}
CLOCKWORK = Actor(clockwork="test")
Act = Callable[..., HttpResponse]


@pytest.fixture
def reported(conversion: Measure, last_month: Period) -> None:
    """Last month's figure is on record."""
    give(last_month.code, "0.184")


@pytest.fixture
def program(sales: Function, crm: Source) -> Client:
    """Signed in by a key for Sales and the CRM."""
    expires_at = clock.now() + timedelta(days=30)
    _, text = keys.issue("CRM export", functions=[sales], sources=[crm], expires_at=expires_at, by=CLOCKWORK)
    return Client(headers={"Authorization": f"Bearer {text}"})


@pytest.fixture
def act(as_person: AsPerson) -> Act:
    """Post an act of a person; `having_read` is an address whose tag is sent along."""

    def posted(person: Person, path: str, having_read: str = "", **said: Any) -> HttpResponse:
        client = as_person(person)
        headers = {"If-Match": client.get(f"{API}{having_read}")["ETag"]} if having_read else {}
        body = json.dumps(said) if said else ""
        return client.post(f"{API}{path}", body, content_type="application/json", headers=headers)  # type: ignore[return-value]

    return posted


def give(period: str, value: str) -> None:
    rows = Rows.of([{"measure": "sales.conversion", "period": period, "value": value}])
    ingest(rows, Delivery("command", source="crm", reason="recount"), by=CLOCKWORK)
