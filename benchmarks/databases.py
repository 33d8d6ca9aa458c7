"""The databases of a run: one provisioned, the others cloned from it, and Django pointed at one at a time."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import psycopg2
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL")


def provision() -> None:
    """Provision the database that the others are cloned from."""
    call_command("provision", verbosity=0)


@contextmanager
def clone(name: str) -> Iterator[None]:
    """A new database like the provisioned one, with Django on it; it stays until the next run."""
    connections.close_all()  # a database is only cloned while nobody is on it
    with closing(_owner()) as owner, owner.cursor() as cursor:
        template = sql.Identifier(owner.info.dbname)
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
    with using(name):
        yield


@contextmanager
def using(name: str) -> Iterator[None]:
    """Django's connections go to database `name`."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    _point_at(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _point_at(before)


def environment(name: str) -> dict[str, str]:
    """What to start a process with that works on database `name`."""
    return os.environ | {key: urlsplit(os.environ[key])._replace(path=f"/{name}").geturl() for key in ADDRESSES}


def settle() -> None:
    """Gather statistics and tidy up, as a server with autovacuum has done by the time anybody reads."""
    connections["owner"].set_autocommit(True)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def _point_at(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _owner() -> "psycopg2.extensions.connection":
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    return owner
