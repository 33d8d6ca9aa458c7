"""Sales sends a large file; a worker takes it up when a test says so."""

from collections.abc import Callable
from io import BytesIO

import pytest

from metrics.models import Measure, Reading, Source, Upload
from metrics.uploads import working
from tests.factories.metrics import dimension
from truthgov.actor import Actor, Appointed
from truthgov.models import Function, Person

Sent = Callable[..., Upload]
HEADER = "measure,period,part: channel,value,numerator,denominator,note\n"


@pytest.fixture
def crm(crm: Source) -> Source:
    dimension("channel", "web")
    return crm


@pytest.fixture
def lead(sales_lead: Person, sales: Function) -> Appointed:
    return Actor(person=sales_lead).acting_under(sales_lead.appointments.get())


@pytest.fixture
def send(lead: Appointed, sales: Function, conversion: Measure) -> Sent:
    """Send lines below the usual header, or a whole content; no worker has looked yet."""

    def sent(*lines: str, content: bytes = b"") -> Upload:
        content = content or "".join([HEADER, *(f"{line}\n" for line in lines)]).encode()
        return Upload.objects.receive(
            BytesIO(content), name="years.csv", size=len(content), scope=sales.scope, code="2026-01", source="", by=lead
        )

    return sent


@pytest.fixture
def read(send: Sent) -> Sent:
    """The same, and a worker has read it."""

    def worked(*lines: str, content: bytes = b"") -> Upload:
        upload = send(*lines, content=content)
        assert working.work() == 1
        upload.refresh_from_db()
        return upload

    return worked


def refusals(upload: Upload) -> list[tuple[int, str, str]]:
    return list(upload.refused_rows.values_list("row", "column", "why"))


def left_behind(upload: Upload) -> tuple[int, int]:
    """What lies in the database of a file: parts of it, and batches of its rows."""
    return upload.parts.count(), upload.staged.count()


def of_record() -> dict[str, str]:
    """The readings there are, by segment and period."""
    values = Reading.objects.values_list("period_start", "value", "series__segment__key")
    return {f"{key} {start:%Y-%m}": f"{value.normalize():f}" for start, value, key in values}
