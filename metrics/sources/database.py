"""A database as a source: one SELECT, in a transaction that only reads, on a connection to a checked address."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import Any

import psycopg2
import pymysql
from django.conf import settings
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from metrics.sources import query
from metrics.sources.placeholders import values
from truthgov import egress
from truthgov.egress import EgressRefused, Unreachable
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import MAX_ROWS
from truthgov.periods import Period

PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433, "oracle": 1521}
DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql", "mssql": "mssql+pymssql",
           "oracle": "oracle+oracledb"}  # fmt: skip
"""The dialects a feed may name; the drivers of the last two come with the extra of that name."""
MODES = ("verify-full", "require", "disable")
AT_ONCE = 1_000
LONGER = 1.5
"""How much longer than its own limit a server may stay silent before it is hung up on."""
MYSQL_READS = "SET SESSION transaction_read_only = 1, SESSION max_execution_time = {milliseconds}"


@dataclass(frozen=True)
class Server:
    """What an address such as `postgresql://reader@db.example.org/warehouse?sslmode=require` says."""

    dialect: str
    name: str
    port: int
    user: str
    database: str
    mode: str

    def url(self, host: str, password: str) -> URL:
        driver = DRIVERS[self.dialect]
        return URL.create(driver, self.user, password or None, host, self.port, self.database)


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
    connect = {"postgresql": _postgresql, "mysql": _mysql}.get(asked.dialect)
    url = asked.url(host, password)
    try:
        engine = (
            create_engine(url, poolclass=NullPool, creator=lambda: connect(asked, host, password))
            if connect
            else create_engine(url, poolclass=NullPool)
        )
    except (NoSuchModuleError, ImportError) as error:
        raise Refusal(f"The driver for {asked.dialect} is not installed; an operator adds that extra.") from error
    with engine.connect() as connection, _hung_up_on_in_time(connection):
        yield connection  # closing it rolls back


@contextmanager
def _hung_up_on_in_time(connection: Connection) -> Iterator[None]:
    """A frozen server keeps no limit of its own, and libpq waits for it for ever: end the connection from outside."""
    handle = getattr(connection.connection.dbapi_connection, "fileno", None)
    if handle is None:
        yield
        return
    with socket.socket(fileno=os.dup(handle())) as line:
        watch = Timer(settings.EGRESS_SECONDS * LONGER, line.shutdown, [socket.SHUT_RDWR])
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            watch.join()


def _postgresql(asked: Server, host: str, password: str) -> Any:
    connection = psycopg2.connect(
        host=asked.name, hostaddr=host, port=asked.port, user=asked.user, password=password or None,
        dbname=asked.database, sslmode=asked.mode, connect_timeout=int(egress.CONNECT_SECONDS),
        sslrootcert="system" if asked.mode == "verify-full" else None, gssencmode="disable", passfile="/dev/null",
        application_name="truthgov",
        options=f"-c default_transaction_read_only=on -c statement_timeout={int(settings.EGRESS_SECONDS * 1000)}",
    )  # fmt: skip
    connection.set_session(readonly=True)
    return connection


def _mysql(asked: Server, host: str, password: str) -> Any:
    connection = pymysql.connect(
        host=asked.name, port=asked.port, user=asked.user, password=password, database=asked.database,
        read_timeout=settings.EGRESS_SECONDS, write_timeout=settings.EGRESS_SECONDS, ssl=_tls(asked.mode),
        ssl_disabled=asked.mode == "disable",
        init_command=MYSQL_READS.format(milliseconds=int(settings.EGRESS_SECONDS * 1000)), defer_connect=True,
    )  # fmt: skip
    # The socket leads to the checked address; the name stays for the certificate.
    connection.connect(socket.create_connection((host, asked.port), egress.CONNECT_SECONDS))
    return connection


def _tls(mode: str) -> ssl.SSLContext | None:
    if mode == "disable":
        return None
    context = ssl.create_default_context()
    if mode == "require":  # encrypted to whoever answers at the checked address, as libpq means the word
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def _failures_worded() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unreachable(f"The database did not answer as it should: {_said(error)}.") from error
    except DBAPIError as error:
        raise Refusal(f"The database refuses the query: {_said(error)}.") from error
    except OSError as error:
        raise Unreachable(f"The database cannot be reached: {error}.") from error


def _said(error: DBAPIError) -> str:
    """The first line of what the driver said."""
    return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0].rstrip(".")


def _faulty(problem: str) -> InvalidInput:
    return InvalidInput("The database's address cannot be used.", {"url": problem})
