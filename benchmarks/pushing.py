"""A program that pushes figures over REST, on two connections at once."""

import http.client
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any
from uuid import uuid4

CONNECTIONS = 2
ADDRESS = "/api/v1/observation-batches"


def push(bodies: Sequence[bytes], port: int, key: str) -> tuple[float, Counter[str]]:
    """Push each body once, under an idempotency key of its own: seconds it took, and the sum of the answers' counts.

    Raises RuntimeError on the first answer that is not a success.
    """
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for body in bodies:
        waiting.put(body)
    started = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        sent = [senders.submit(_send, waiting, port, key) for _ in range(CONNECTIONS)]
        counts = sum((each.result() for each in sent), Counter())
    return perf_counter() - started, counts


def _send(waiting: "SimpleQueue[bytes]", port: int, key: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    while True:
        try:
            body = waiting.get_nowait()
        except Empty:
            return counts
        counts.update(_answered(body, port, key)["counts"])


def _answered(body: bytes, port: int, key: str) -> dict[str, Any]:
    """The answer to one request. Each opens its connection anew: kept open, both could sit on one of two processes."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}",
               "Idempotency-Key": f'"{uuid4()}"'}  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as line:
        line.request("POST", ADDRESS, body, headers)
        answer = line.getresponse()
        text = answer.read()
    if answer.status not in {200, 201}:
        raise RuntimeError(f"{answer.status}: {text[:500]!r}")
    return json.loads(text)
