"""A program that pushes figures over REST, on two connections at once."""

import http.client
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Barrier
from time import perf_counter, sleep
from typing import Any
from uuid import uuid4

CONNECTIONS = 2
ADDRESS = "/api/v1/observation-batches"


def push(bodies: Sequence[bytes], port: int, key: str, *, connections: int = CONNECTIONS) -> tuple[float, Counter[str]]:
    """Push each body once, under an idempotency key of its own: seconds it took, and the sum of the answers' counts.

    Raises RuntimeError on the first answer that is not a success.
    """
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for body in bodies:
        waiting.put(body)
    started = perf_counter()
    with ThreadPoolExecutor(connections) as senders:
        sent = [senders.submit(_send, waiting, port, key) for _ in range(connections)]
        counts = sum((each.result() for each in sent), Counter())
    return perf_counter() - started, counts


def at_once(bodies: Sequence[bytes], port: int, keys: Sequence[str]) -> list[float]:
    """Seconds that each of so many programs takes to push one body, all begun at the same moment.

    Who is told to slow down waits as long as it is told, and sends the same again; any other refusal is a RuntimeError.
    """
    start = Barrier(len(bodies))
    with ThreadPoolExecutor(len(bodies)) as programs:
        pushed = [programs.submit(_pushed, body, port, key, start) for body, key in zip(bodies, keys, strict=True)]
        return [each.result() for each in pushed]


def _pushed(body: bytes, port: int, key: str, start: Barrier) -> float:
    name = str(uuid4())
    start.wait()
    started = perf_counter()
    while wait := _asked(body, port, key, name)[1]:
        sleep(wait)
    return perf_counter() - started


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
    answer, wait = _asked(body, port, key, str(uuid4()))
    if wait:
        raise RuntimeError(f"told to slow down for {wait} s")
    return answer


def _asked(body: bytes, port: int, key: str, name: str) -> tuple[dict[str, Any], int]:
    """The answer to one request, and how many seconds its sender is told to wait before asking again."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}",
               "Idempotency-Key": f'"{name}"'}  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as line:
        line.request("POST", ADDRESS, body, headers)
        answer = line.getresponse()
        text = answer.read()
    if answer.status not in {200, 201, 429}:
        raise RuntimeError(f"{answer.status}: {text[:500]!r}")
    wait = int(answer.headers["Retry-After"]) if answer.status == 429 else 0
    return json.loads(text), wait
