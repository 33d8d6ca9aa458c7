"""A database as a source: one SELECT, in a transaction that only reads, on a connection to a checked address."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
from django.conf import settings
from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from metrics.sources import query
from metrics.sources.drivers import CONNECT, PORTS, Server
from metrics.sources.placeholders import values
from truthgov import egress
from truthgov.egress import EgressRefused, Unreachable
from truthgov.errors import InvalidInput, Refusal
from truthgov.hanging_up import hung_up_on
from truthgov.intake import MAX_ROWS
from truthgov.periods import Period

PASSING = {0, 1040, 1053, 1077, 1105, 1129, 1158, 1159, 1160, 1161, 1205, 1213, 1226, 1317, 1927, 1969, 3024}
"""What MySQL and MariaDB say of an hour, not of a query: too many connections, shutting down, waited too long, ..."""
CLIENT_SIDE = range(2000, 3000)
MODES = ("verify-full", "require", "disable")
AT_ONCE = 1_000
LONGER = 1.5
"""How much longer than its own limit a server may stay silent before it is hung up on."""


def server(address: str) -> Server:
    """The server of an address, allowed by the lists of `egress`; InvalidInput or EgressRefused otherwise."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise _faulty("is written postgresql://user@host:port/database") from error
    mode = str(url.query.get("sslmode", "require"))
    if url.drivername not in PORTS:
        raise _faulty(f"begins with one of {', '.join(f'{name}://' for name in PORTS)}")
    if url.password:
        raise _faulty("holds a password; give it as the secret instead")
    if not (url.host and url.username and url.database) or set(url.query) - {"sslmode"} or mode not in MODES:
        raise _faulty("names user, host and database, and besides at most ?sslmode=verify-full, require or disable")
    if mode == "disable" and not egress.may_be_plain():
        raise EgressRefused("Figures travel encrypted here: leave out sslmode=disable.")
    port = url.port or PORTS[url.drivername]
    egress.require_host(url.host, port)
    return Server(url.drivername, url.host, port, url.username, url.database, mode)


def fetch(address: str, password: str, statement: str, period: Period) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns and the rows of a SELECT, its placeholders bound to a period.

    Unreachable where a later call may succeed, Refusal where the query, the account or our rules stand in the way.
    """
    prepared = query.prepare(statement)
    given = {name: value for name, value in values(period).items() if name in query.bound(statement)}
    with _failures_worded(), _connected(server(address), password) as connection:
        result = connection.execution_options(stream_results=True).execute(prepared, given)
        columns, rows = list(result.keys()), []
        for some in result.partitions(AT_ONCE):
            rows += [tuple(row) for row in some]
            if len(rows) > MAX_ROWS:
                raise InvalidInput(f"The query answers more than {MAX_ROWS} rows; ask for fewer periods at once.")
    return columns, rows


@contextmanager
def _connected(asked: Server, password: str) -> Iterator[Connection]:
    """A connection that only reads, cut off when its time is over; what it began is always rolled back."""
    host = egress.checked_address(asked.name, asked.port)
    connect = CONNECT.get(asked.dialect)
    url = asked.url(host, password)
    with hung_up_on(settings.EGRESS_SECONDS * LONGER) as watched:
        try:
            engine = (
                create_engine(url, poolclass=NullPool, creator=lambda: connect(asked, host, password, watched))
                if connect
                else create_engine(url, poolclass=NullPool)
            )
        except (NoSuchModuleError, ImportError) as error:
            raise Refusal(f"The driver for {asked.dialect} is not installed; an operator adds that extra.") from error
        with engine.connect() as connection:
            yield connection  # closing it rolls back


@contextmanager
def _failures_worded() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _may_pass(error):
            raise Unreachable(f"The database did not answer as it should: {_said(error)}.") from error
        raise Refusal(f"The database refuses the query: {_said(error)}.") from error
    except OSError as error:
        raise Unreachable(f"The database cannot be reached: {error}.") from error


def _may_pass(error: DBAPIError) -> bool:
    """Whether a later call may succeed: MySQL's driver calls nearly everything operational, and numbers it."""
    if isinstance(error.orig, pymysql.MySQLError):
        return error.orig.args[:1] == () or error.orig.args[0] in PASSING or error.orig.args[0] in CLIENT_SIDE
    return isinstance(error, OperationalError | InterfaceError)


def _said(error: DBAPIError) -> str:
    """The first line of what the driver said."""
    return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0].rstrip(".")


def _faulty(problem: str) -> InvalidInput:
    return InvalidInput("The database's address cannot be used.", {"url": problem})
