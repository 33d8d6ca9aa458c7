"""A pytest plugin: one database a worker, and one of its own for a test that commits.

Tests run as the application role. Only the owner makes databases: a template that is provisioned once a run, and clones
of it, as files: some 50 ms each in memory, and a quarter of what going through the log takes.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql
from pytest_django import DjangoDbBlocker

from tests.provisioned import provision
from tests.servers import RUN, WORKER

CLONE = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
COMMITTING = {"own_database", "transactional_db", "live_server"}
SHOWN = "shown"  # the hotel: built once a worker, and what a test does to it is rolled back
PROVISIONING = 727_001  # the advisory lock under which one worker provisions the template for all
numbers = itertools.count(1)
at_hand: dict[str, BaseDatabaseWrapper] = {}
"""Connections to databases that Django's may go to again: a new one begins by reading what every table is made of."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Flushing is TRUNCATE, which the application role may not: a test that commits takes a database of its own."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture own_database, not django_db(transaction=True).")


@pytest.fixture(scope="session")
def template_database(django_db_blocker: DjangoDbBlocker) -> str:
    """The name of the provisioned database that others are cloned from."""
    name = f"test_{os.environ[RUN]}_template"
    with closing(_owner()) as owner, owner.cursor() as cursor, django_db_blocker.unblock():
        cursor.execute("SELECT pg_advisory_lock(%s)", [PROVISIONING])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            _provision(cursor, name)
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """This worker's database, for tests that roll back."""
    with _clone(template_database, django_db_blocker):
        yield


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest) -> None:
    """What `db` and the mark stand on: pytest-django's own, in the hotel where it is asked for, or one to commit to."""
    if COMMITTING & set(request.fixturenames):
        request.getfixturevalue("own_database")
        return
    if SHOWN in request.fixturenames:
        request.getfixturevalue(f"{SHOWN}_database")
    request.getfixturevalue("scene")
    request.getfixturevalue("_django_db_helper")


@pytest.fixture
def transactional_db(own_database: Mapping[str, str]) -> None:
    """pytest-django's name for a database that may be committed to; `live_server` asks for it."""


@pytest.fixture
def own_database(
    django_db_setup: None, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, str]]:
    """A database for this test alone, that processes of ours may share: yields the environment to start them with."""
    with _clone(template_database, django_db_blocker) as name, django_db_blocker.unblock():
        redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()
        yield environment_at(name)


@contextmanager
def _clone(template: str, blocker: DjangoDbBlocker) -> Iterator[str]:
    """A new database like the template, with Django's connections on it; dropped afterwards, whoever is connected."""
    with cloned(template) as name, pointed_at(name, blocker):
        yield name


@contextmanager
def cloned(template: str) -> Iterator[str]:
    """A new database like the template, for processes of ours; dropped afterwards, whoever is connected."""
    name = f"test_{os.environ[RUN]}_{os.environ.get(WORKER, 'main')}_{next(numbers)}"
    _as_owner(CLONE, name, template)
    yield name
    _let_go(name)
    _as_owner("DROP DATABASE {} WITH (FORCE)", name)


def restored(name: str, template: str) -> None:
    """Make database `name` like the template, once more or for the first time; our processes connect anew."""
    _let_go(name)
    _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _as_owner(CLONE, name, template)
    redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()


@contextmanager
def pointed_at(name: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django's connections go to database `name` meanwhile."""
    with blocker.unblock():
        before = _point_at(name)
    yield
    with blocker.unblock():
        _point_at(before)


def prepared(name: str, template: str, prepare: Callable[[], object], blocker: DjangoDbBlocker) -> str:
    """The database of this run called `name`: a copy of the template that the first worker to ask prepares for all.

    Prepared under another name and renamed when whole: what bears the name is complete.
    """
    database = f"test_{os.environ[RUN]}_{name}"
    with closing(_owner()) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [database])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if cursor.fetchone() is None:
            _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", f"{database}_new")
            _as_owner(CLONE, f"{database}_new", template)
            with pointed_at(f"{database}_new", blocker), blocker.unblock():
                prepare()
            _let_go(f"{database}_new")
            _as_owner("ALTER DATABASE {} RENAME TO {}", f"{database}_new", database)
    return database


def environment_at(name: str) -> dict[str, str]:
    """The environment in which processes of ours use database `name`."""
    named = {key: _database_named(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return os.environ | named


def _provision(cursor: Any, name: str) -> None:
    """Provision under another name and rename it when whole: what bears the name is complete."""
    building = f"{name}_new"
    for statement in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}"):
        cursor.execute(sql.SQL(statement).format(sql.Identifier(building)))
    before = _point_at(building)
    try:
        provision()
    finally:
        _point_at(before)
        _let_go(building)
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))


def _point_at(name: str) -> str:
    """Django's connections, of every thread, go to database `name` from now on; answers where they went before."""
    before = str(connections["default"].settings_dict["NAME"])
    at_hand[before] = connections["default"]
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name
    connections["owner"].close()
    del connections["owner"]  # a test that failed in its teardown has left this one forbidden: make it anew
    del connections["default"]
    if name in at_hand:
        connections["default"] = at_hand.pop(name)
    return before


def _let_go(name: str) -> None:
    """Close the connection to a database that goes, or that is to be renamed."""
    if name in at_hand:
        at_hand.pop(name).close()


def _owner() -> Any:
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    return owner


def _as_owner(statement: str, *names: str) -> None:
    with closing(_owner()) as owner, owner.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _database_named(address: str, name: str) -> str:
    return urlsplit(address)._replace(path=f"/{name}").geturl()
