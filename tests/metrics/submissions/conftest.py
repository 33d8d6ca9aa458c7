"""The sheet of Sales, and what its lead types into the grid."""

from typing import Any

import pytest
from django.test import Client

from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Measure
from tests.factories.metrics import SegmentFactory
from truthgov.actor import Actor
from truthgov.models import Function
from truthgov.periods import Period


@pytest.fixture
def sheet(sales: Function, last_month: Period) -> str:
    return f"/submissions/{sales.scope_id}/{last_month.code}/"


@pytest.fixture
def cell(conversion: Measure) -> str:
    return f"{conversion.pk}-{SegmentFactory().pk}"


def typed(cell: str, **figures: str) -> dict[str, str]:
    """What the grid sends for one figure."""
    return {f"{cell}-{name}": figure for name, figure in figures.items()}


def as_shown(client: Client, sheet: str) -> dict[str, str]:
    """What a browser would send of the grid that nobody has touched."""
    form = client.get(sheet).context["form"]
    fields = {field.html_name: field.value() or "" for cell in form.cells for field in cell}
    shown = {f"{cell.cell.key}-shown": cell.shown for cell in form.cells}
    return {name: "".join(text.splitlines()) for name, text in (fields | shown).items()}


def confirmed(client: Client, sheet: str, *, attested: bool = False) -> Any:
    """The answer to whoever confirms the preview as it stands."""
    seen = client.get(f"{sheet}preview/").context["preview"].digest
    return client.post(f"{sheet}delivery/", {"seen": seen} | ({"attested": "on"} if attested else {}))


def handed_in(client: Client, sheet: str, cell: str, *, attested: bool = False, **figures: str) -> Any:
    """Type one figure, look at the preview, confirm it."""
    drafted = client.post(sheet, typed(cell, **figures))
    assert drafted.status_code == 302, drafted.content.decode()
    return confirmed(client, sheet, attested=attested)


def pushed(code: str, period: Period, **figures: str) -> Any:
    """A program delivers a figure meanwhile."""
    row = {"measure": code, "period": period.code, "source": "crm", **figures}
    return ingest(Rows.of([row]), Delivery(channel="api"), by=Actor(clockwork="test"))
