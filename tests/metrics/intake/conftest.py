"""A feed of the front office: a key, its source, and a monthly fraction it reports by channel."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from metrics import keys
from metrics.ingestion import Delivery, Outcome, Rows, ingest
from metrics.models import Measure, Source
from tests.factories.metrics import SourceFactory, dimension, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function, Key

CLOCKWORK = Actor(clockwork="test")
IN_NOVEMBER = datetime(2026, 11, 5, 9, tzinfo=UTC)
BATCHES = "/api/v1/observation-batches"

Push = Callable[..., HttpResponse]
Give = Callable[..., Outcome]
OCTOBER = {"measure": "sales.conversion", "period": "2026-10", "segment": {"channel": "web"}, "value": "0.1840",
           "numerator": 184, "denominator": 1000}  # fmt: skip
SEPTEMBER = OCTOBER | {"period": {"start": "2026-09-01", "end": "2026-10-01"}}
PLAIN = {"measure": "sales.conversion", "period": "2026-10", "value": 0.25}


def codes(response: HttpResponse) -> list[tuple[str, str]]:
    """Where each fault is, and which."""
    return [(fault["pointer"], fault["code"]) for fault in json.loads(response.content)["errors"]]


@pytest.fixture
def crm(db: None) -> Source:
    return SourceFactory(code="crm", name="CRM")


@pytest.fixture
def conversion(sales: Function, crm: Source) -> Measure:
    """Monthly, a fraction, of Sales; cut by channel."""
    dimension("channel", "web", "phone")
    return measure("sales.conversion")


@pytest.fixture
def key_and_text(sales: Function, crm: Source) -> tuple[Key, str]:
    expires_at = clock.now() + timedelta(days=300)
    return keys.issue("CRM export", functions=[sales], sources=[crm], expires_at=expires_at, by=CLOCKWORK)


@pytest.fixture
def as_key(key_and_text: tuple[Key, str]) -> Client:
    """A program that signs in with the CRM's key."""
    return Client(headers={"Authorization": f"Bearer {key_and_text[1]}"})


@pytest.fixture
def push(as_key: Client) -> Push:
    """Push rows as JSON from the CRM, or any body; a new idempotency key each time unless one is given."""
    pushes = iter(range(1000))

    def pushed(
        *rows: dict[str, Any], body: Any = None, media_type: str = "application/json", to: str = BATCHES, **headers: str
    ) -> HttpResponse:
        content = json.dumps({"source": "crm", "rows": rows}) if body is None else body
        headers.setdefault("Idempotency-Key", f'"push {next(pushes)}"')
        return as_key.post(to, content, content_type=media_type, headers=headers)  # type: ignore[return-value]

    return pushed


@pytest.fixture
def give(conversion: Measure, crm: Source) -> Give:
    """Hand rows in at the door, from the CRM; those that name no measure are the conversion's."""

    def given(*rows: dict[str, Any], at: datetime | None = None, **delivery: Any) -> Outcome:
        full = Rows.of({"measure": conversion.code, **row} for row in rows)
        with clock.at(at or IN_NOVEMBER):
            return ingest(full, Delivery("command", **{"source": "crm"} | delivery), by=CLOCKWORK)

    return given
