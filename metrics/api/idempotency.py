"""Repeating a request does no harm: its answer is stored with what it did, and given again."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connection
from rest_framework.request import Request

from truthgov import clock
from truthgov.models import IdempotentAnswer, Key
from truthgov.rest.problems import Problem

LONGEST = 255


@dataclass(frozen=True)
class Answer:
    """What a push is answered with."""

    status: int
    body: dict[str, Any]
    location: str = ""
    is_replay: bool = False


def key_of(request: Request) -> str:
    """The request's idempotency key, quoted or bare; Problem 400 where it is missing or unfit."""
    text = request.headers.get("Idempotency-Key", "").strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not text:
        detail = 'Send a header Idempotency-Key: "…" with a value of your own, new for each delivery.'
        raise Problem(400, "idempotency_key_missing", detail)
    if len(text) > LONGEST or not text.isascii() or not text.isprintable():
        raise Problem(400, "malformed", f"An Idempotency-Key has at most {LONGEST} printable ASCII characters.")
    return text


def claim(key: Key, text: str) -> None:
    """Hold an idempotency key until the transaction ends; Problem 409 while another request holds it."""
    lock = int.from_bytes(hashlib.sha256(f"{key.pk}:{text}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            detail = "A request with this Idempotency-Key is being worked on; send it again in a moment."
            raise Problem(409, "in_progress", detail, headers={"Retry-After": "1"})


def stored(key: Key, text: str, digest: str) -> Answer | None:
    """The answer this request was given before, or None; Problem 422 where the key came with another body."""
    answer = IdempotentAnswer.objects.filter(key=key, idempotency_key=text).first()
    if answer is None:
        return None
    if answer.request_digest != digest:
        detail = "This Idempotency-Key came with another body before; a new delivery needs a new one."
        raise Problem(422, "idempotency_key_reused", detail)
    return Answer(answer.status, answer.body, answer.location, is_replay=True)


def store(key: Key, text: str, digest: str, answer: Answer) -> None:
    """Keep the answer, committed with what it tells of."""
    IdempotentAnswer.objects.create(
        key=key, idempotency_key=text, request_digest=digest, status=answer.status, body=answer.body,
        location=answer.location, stored_at=clock.now(),
    )  # fmt: skip
