"""Sales, of whose deals won and lost everything else is computed."""

from collections.abc import Callable

import pytest

from metrics.ingestion import Delivery, Outcome, Rows, ingest
from tests.factories.metrics import (
    SegmentFactory,
    SourceFactory,
    dimension,
    measure,
)
from truthgov.actor import Actor

PROGRAM = Actor(clockwork="test")


@pytest.fixture
def won(sales):
    """Sales counts deals won and lost; the share won is computed from them, and from that the share lost."""
    SourceFactory(code="crm")
    SourceFactory(code="ledger")
    dimension("channel", "web", "phone")
    SegmentFactory()
    counts = {"unit": "count", "roll_up": "sum"}
    made = {code: measure(code, **counts) for code in ("WON", "LOST")}
    made["RATE"] = measure("RATE", roll_up="ratio", derivation="WON / (WON + LOST)")
    made["MISSED"] = measure("MISSED", roll_up="ratio", derivation="1 - RATE")
    return made


@pytest.fixture
def push(won) -> Callable[..., Outcome]:
    """`push("2026-05", WON=30, LOST=10)`: figures of a month from the CRM, unless said."""

    def pushed(month: str, segment: str = "", source: str = "crm", reason: str = "", **figures: float) -> Outcome:
        rows = [{"measure": code, "period": month, "segment": segment, "value": f"{value}"}
                for code, value in figures.items()]  # fmt: skip
        return ingest(Rows.of(rows), Delivery("api", source=source, reason=reason), by=PROGRAM)

    return pushed
