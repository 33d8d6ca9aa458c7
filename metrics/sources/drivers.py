"""Connections to databases: to an address that was checked, that only read, and that are cut off in time."""

import socket
import ssl
from dataclasses import dataclass
from typing import Any

import psycopg2
import pymysql
from django.conf import settings
from sqlalchemy import URL

from truthgov import egress
from truthgov.hanging_up import Watched
from truthgov.intake import MAX_ROWS

PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433, "oracle": 1521}
DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql", "mssql": "mssql+pymssql",
           "oracle": "oracle+oracledb"}  # fmt: skip
"""The dialects a feed may name; the drivers of the last two come with the extra of that name."""
# The driver reads an answer to its end before it lets go of it: the server is told where to stop.
LIMITS = "SET SESSION sql_select_limit = {rows}, SESSION "
MYSQL = LIMITS + "max_execution_time = {milliseconds}"
MARIADB = LIMITS + "max_statement_time = {milliseconds} / 1000"


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


def _postgresql(asked: Server, host: str, password: str, watched: Watched) -> Any:
    connection = psycopg2.connect(
        host=asked.name, hostaddr=host, port=asked.port, user=asked.user, password=password or None,
        dbname=asked.database, sslmode=asked.mode, connect_timeout=int(egress.CONNECT_SECONDS),
        sslrootcert="system" if asked.mode == "verify-full" else None, gssencmode="disable", passfile="/dev/null",
        application_name="truthgov",
        options=f"-c default_transaction_read_only=on -c statement_timeout={int(settings.EGRESS_SECONDS * 1000)}",
    )  # fmt: skip
    watched(connection.fileno())
    connection.set_session(readonly=True)
    return connection


def _mysql(asked: Server, host: str, password: str, watched: Watched) -> Any:
    connection = pymysql.connect(
        host=asked.name, port=asked.port, user=asked.user, password=password, database=asked.database,
        ssl=_tls(asked.mode), ssl_disabled=asked.mode == "disable", init_command="SET SESSION TRANSACTION READ ONLY",
        defer_connect=True,
    )  # fmt: skip
    # The socket leads to the checked address; the name stays for the certificate.
    line = socket.create_connection((host, asked.port), egress.CONNECT_SECONDS)
    watched(line.fileno())
    connection.connect(line)
    limits = MARIADB if "MariaDB" in connection.get_server_info() else MYSQL
    with connection.cursor() as cursor:
        cursor.execute(limits.format(rows=MAX_ROWS + 1, milliseconds=int(settings.EGRESS_SECONDS * 1000)))
    return connection


def _tls(mode: str) -> ssl.SSLContext | None:
    if mode == "disable":
        return None
    context = ssl.create_default_context()
    if mode == "require":  # encrypted to whoever answers at the checked address, as libpq means the word
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


CONNECT = {"postgresql": _postgresql, "mysql": _mysql}
"""By dialect, how we connect ourselves; the others are left to their drivers."""
