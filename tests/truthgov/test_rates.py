"""How often somebody may call: counted once for all processes, however many ask at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from truthgov import clock, keys
from truthgov.actor import Actor
from truthgov.rest import rates

AT = 1_800_000_000.0
LIMIT = 20


@pytest.fixture
def limited(settings):
    settings.API_REQUESTS_A_MINUTE = LIMIT


@pytest.fixture
def as_key(sales):
    expires_at = clock.now() + timedelta(days=1)
    _, text = keys.issue("CRM", functions=[sales], expires_at=expires_at, by=Actor(clockwork="test"))
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_of_eight_at_once_exactly_the_limit_gets_through(own_database, limited):
    def ask(_: int) -> list[int]:
        try:
            return [rates.take("key-1", at=AT).remaining for _ in range(10)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        remaining = [each for asked in pool.map(ask, range(8)) for each in asked]
    assert sorted(remaining) == list(range(LIMIT - 80, LIMIT))
    assert sum(each >= 0 for each in remaining) == LIMIT


def test_each_caller_has_a_window_of_their_own_and_a_new_one_each_minute(db, limited):
    assert [rates.take("key-1", at=AT).remaining for _ in range(2)] == [19, 18]
    assert rates.take("key-2", at=AT).remaining == 19
    later = rates.take("key-1", at=AT + 60)
    assert (later.remaining, later.reset) == (19, 60)


def test_who_calls_too_often_is_told_when_to_come_back(as_key, limited, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: AT + 15)
    answers = [as_key.get("/api/v1/functions") for _ in range(LIMIT + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-2]["RateLimit"] == '"default";r=0;t=45'
    assert answers[-2]["RateLimit-Policy"] == f'"default";q={LIMIT};w=60'
    refused = answers[-1]
    assert (refused.status_code, refused["Retry-After"], refused.json()["code"]) == (429, "45", "slow_down")
    assert refused["Content-Type"] == "application/problem+json"


def test_no_broker_is_needed(as_key, limited, settings):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://localhost:1/0"
    assert as_key.get("/api/v1/functions")["RateLimit"].startswith('"default";r=19;')
