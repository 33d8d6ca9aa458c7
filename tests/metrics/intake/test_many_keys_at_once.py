"""Every delivery sent eight times at the same moment: one effect each.

In the suite a few deliveries by threads; `.ci/checks` sends 1,000 (IDEMPOTENCY_KEYS) to the product's own processes.
"""

import http.client
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client

from metrics import keys
from metrics.models import Observation, Submission
from tests.factories.metrics import SourceFactory, measure
from tests.metrics.intake.conftest import BATCHES, CLOCKWORK
from tests.processes.product import Product
from truthgov import clock
from truthgov.models import AuditEntry, Function, IdempotentAnswer
from truthgov.periods import Grain

KEYS = int(os.environ.get("IDEMPOTENCY_KEYS", "0"))
SENDERS = 8
FIRST = date(2022, 1, 1)


class Answer(NamedTuple):
    status: int
    is_replay: bool
    batch: str


Send = Callable[[int], Answer]


@pytest.fixture
def program(own_database: Mapping[str, str]) -> dict[str, str]:
    """The headers of a program with a key for the daily conversion of Sales."""
    measured = measure("sales.conversion", grain=Grain.DAY.value)
    _, text = keys.issue(
        "CRM", functions=Function.objects.filter(pk=measured.function_id), sources=[SourceFactory(code="crm")],
        expires_at=clock.now() + timedelta(days=1), by=CLOCKWORK,
    )  # fmt: skip
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def sender(own_database: dict[str, str], program: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Send]]:
    """Make a sender, who delivers a day's figure under its own idempotency key."""
    if not KEYS:
        yield lambda: partial(_in_process, Client(), program)
        return
    with Product(own_database | {"API_REQUESTS_A_MINUTE": "1000000"}, tmp_path) as running:
        yield lambda: partial(_over_http, running.port, program)


def _in_process(client: Client, program: Mapping[str, str], number: int) -> Answer:
    answer = client.post(BATCHES, **_delivery(program, number), content_type="application/json")
    return _read(answer.status_code, answer.headers, answer.content)


def _over_http(port: int, program: Mapping[str, str], number: int) -> Answer:
    delivery = _delivery(program, number)
    headers = {**delivery["headers"], "Host": "localhost", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("POST", BATCHES, delivery["data"], headers)
        answer = line.getresponse()
        return _read(answer.status, answer.headers, answer.read())


def _delivery(program: Mapping[str, str], number: int) -> dict[str, Any]:
    row = {"measure": "sales.conversion", "period": str(FIRST + timedelta(days=number)), "value": "0.5"}
    body = json.dumps({"source": "crm", "rows": [row]})
    return {"data": body, "headers": {**program, "Idempotency-Key": f'"day {number}"'}}


def _read(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    return Answer(status, headers.get("Idempotency-Replayed") == "true", json.loads(body).get("id", ""))


def test_each_delivery_has_one_effect(sender):
    deliveries, together = KEYS or 8, threading.Barrier(SENDERS)

    def deliver(send: Send) -> list[Answer]:
        answers = []
        for number in range(deliveries):
            together.wait(60)
            answers.append(send(number))
        connection.close()
        return answers

    with ThreadPoolExecutor(SENDERS) as senders:
        by_key = list(zip(*senders.map(deliver, [sender() for _ in range(SENDERS)]), strict=True))
    assert {answer.status for answer in chain(*by_key)} <= {201, 409}
    for answers in by_key:
        done = [answer for answer in answers if answer.status == 201]
        assert [answer.is_replay for answer in done].count(False) == 1
        assert len({answer.batch for answer in done}) == 1
    written = [Observation.objects, Submission.objects, IdempotentAnswer.objects]
    assert [rows.count() for rows in written] == [deliveries] * 3
    assert AuditEntry.objects.filter(code="submission.accepted").count() == deliveries
