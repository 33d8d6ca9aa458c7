"""A real MariaDB as the source: MySQL's protocol, with limits of its own."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from time import monotonic

import pytest

from metrics.models import FeedRun, Reading
from metrics.sources import pull, query
from metrics.sources.database import fetch
from tests import mariadb, tcp
from tests.mariadb import MariaDb
from truthgov import clock
from truthgov.egress import Unreachable
from truthgov.errors import InvalidInput, Refusal
from truthgov.intake import MAX_ROWS
from truthgov.periods import Grain, Period

OCTOBER = Period.parse("2025-10", Grain.MONTH)
RATES = """
    SELECT 'sales.conversion' AS kpi, month, rate, cut FROM rates
    WHERE month >= {period_start} AND month < {period_end}
"""
TABLES = (
    "CREATE DATABASE warehouse CHARACTER SET latin1",
    "USE warehouse",
    "CREATE TABLE rates (month DATE, rate DECIMAL(12, 6), cut JSON, noted DATETIME, label VARCHAR(20))",
    "INSERT INTO rates VALUES ('2025-09-01', 0.171, '{}', NULL, ''),"
    " ('2025-10-01', 0.1840, '{}', '2025-11-03 07:30:00', 'Größe €'), ('2025-11-01', 0.2, '{}', NULL, '')",
    "CREATE USER reader IDENTIFIED BY 's3cret'",
    "GRANT SELECT ON warehouse.* TO reader",
    "CREATE USER writer IDENTIFIED BY 's3cret'",
    "GRANT ALL ON warehouse.* TO writer",
    "GRANT FILE ON *.* TO writer",
)


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb.running() as started:
        started.tell(*TABLES)
        yield started


@pytest.fixture(scope="module")
def line(server):
    with tcp.before(str(server.path)) as opened:
        yield opened


@pytest.fixture
def allowed(server, line, settings):
    settings.EGRESS_SCHEMES, settings.EGRESS_HOSTS = ["http"], ["127.0.0.1"]
    settings.EGRESS_PORTS, settings.EGRESS_PRIVATE_NETWORKS = [server.port, line.port], ["127.0.0.1/32"]


@pytest.fixture
def warehouse(allowed, server):
    return f"mysql://reader@127.0.0.1:{server.port}/warehouse"


@pytest.fixture
def writable(allowed, server):
    return f"mysql://writer@127.0.0.1:{server.port}/warehouse"


def test_a_query_brings_its_figures_in(warehouse, connect, server, settings):
    mapping = {"measure": "kpi", "period": "month", "value": "rate", "segment": "cut"}
    with clock.at(clock.now().replace(year=2025, month=11, day=7)):
        settings.EGRESS_PORTS = [server.port]
        connect(format="sql", url=warehouse, query=RATES, mapping=mapping, rows_path="")
        pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.message) == ("done", "1 new, 0 restated, 0 unchanged.")
    assert Reading.objects.values_list("period_start", "value").get() == (date(2025, 10, 1), Decimal("0.184"))


def test_figures_days_and_texts_come_as_they_were_written(warehouse):
    statement = """
        SELECT rate, month, noted, label, {period} AS period, {period_start} + INTERVAL 1 DAY AS day, '%s :x' AS odd
        FROM rates WHERE month = {period_start} AND label LIKE 'Gr%'
    """
    columns, rows = fetch(warehouse, "s3cret", statement, OCTOBER)
    assert columns == ["rate", "month", "noted", "label", "period", "day", "odd"]
    figure, month, noted, *texts = rows[0]
    assert (str(figure), month, noted.hour) == ("0.184000", date(2025, 10, 1), 7)
    assert texts == ["Größe €", "2025-10", "2025-10-02", "%s :x"]


def test_nothing_is_written_even_by_an_account_that_may(writable, server):
    server.tell(
        "USE warehouse",
        "CREATE OR REPLACE FUNCTION gone() RETURNS INT MODIFIES SQL DATA BEGIN DELETE FROM rates; RETURN 1; END",
    )
    with pytest.raises(Refusal, match="READ ONLY transaction"):
        fetch(writable, "s3cret", "SELECT gone()", OCTOBER)
    assert fetch(writable, "s3cret", "SELECT count(*) FROM rates", OCTOBER)[1] == [(3,)]


@pytest.mark.parametrize("between", [" ", "/**/", "\n", " @a, @b /*! */ "])
def test_no_file_is_written_however_it_is_said(between):
    with pytest.raises(InvalidInput) as refused:
        query.check(f"SELECT 1 INTO{between}OUTFILE '/tmp/x'")
    assert "writes no file" in refused.value.errors["query"]


def test_a_query_that_takes_too_long_is_stopped(warehouse, settings):
    settings.EGRESS_SECONDS = 0.3
    with pytest.raises((Unreachable, Refusal), match="max_statement_time"):
        fetch(warehouse, "s3cret", "SELECT count(*) FROM seq_1_to_100000000 a, seq_1_to_100000000 b", OCTOBER)


def test_more_rows_than_one_delivery_holds_are_refused_at_once(warehouse):
    started = monotonic()
    with pytest.raises(InvalidInput, match=f"more than {MAX_ROWS} rows"):
        fetch(warehouse, "s3cret", "SELECT seq, repeat('x', 1000) FROM seq_1_to_100000000", OCTOBER)
    assert monotonic() - started < 10


def test_a_server_that_freezes_is_hung_up_on(warehouse, line, settings):
    settings.EGRESS_SECONDS = 0.5
    frozen = f"mysql://reader@127.0.0.1:{line.port}/warehouse"
    assert fetch(frozen, "s3cret", "SELECT 1", OCTOBER)[1] == [(1,)]
    line.freeze()
    try:
        with pytest.raises(Unreachable):
            fetch(frozen, "s3cret", "SELECT 1", OCTOBER)
    finally:
        line.flowing.set()


@pytest.mark.parametrize("statement", ["SELECT nothing(1)", "SELECT * FROM nowhere", "SELECT 1 FROM", "SELECT load(1"])
def test_a_query_that_the_server_refuses_is_not_asked_again(warehouse, statement):
    with pytest.raises(Refusal, match="The database refuses the query"):
        fetch(warehouse, "s3cret", statement, OCTOBER)


def test_a_wrong_password_is_told_without_it(warehouse):
    with pytest.raises(Refusal, match="Access denied for user 'reader'") as refused:
        fetch(warehouse, "wr0ng", "SELECT 1", OCTOBER)
    assert "wr0ng" not in str(refused.value)


def test_figures_travel_encrypted_unless_plain_is_allowed(warehouse):
    def cipher(mode: str) -> str:
        told = fetch(f"{warehouse}?sslmode={mode}", "s3cret", "SELECT variable_value FROM information_schema."
                     "session_status WHERE variable_name = 'ssl_cipher'", OCTOBER)  # fmt: skip
        return str(told[1][0][0])

    assert cipher("require")
    assert cipher("disable") == ""


def test_a_certificate_that_nobody_signed_is_not_taken_where_it_is_to_be_verified(warehouse):
    with pytest.raises(Unreachable, match="certificate verify failed"):
        fetch(f"{warehouse}?sslmode=verify-full", "s3cret", "SELECT 1", OCTOBER)
