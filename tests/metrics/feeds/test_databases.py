"""A real PostgreSQL as the source, another database than ours, on a port that may be called."""

import threading
from datetime import date
from decimal import Decimal
from importlib.util import find_spec

import pytest
from sqlalchemy.dialects import mysql

from metrics.models import FeedRun, Reading
from metrics.sources import database, pull, query
from metrics.sources.database import fetch, server
from truthgov import clock
from truthgov.egress import EgressRefused, Unreachable
from truthgov.errors import InvalidInput, Refusal
from truthgov.periods import Grain, Period

OCTOBER = Period.parse("2025-10", Grain.MONTH)
RATES = """
    SELECT 'sales.conversion' AS kpi, month, rate, cut FROM rates
    WHERE month >= {period_start} AND month < {period_end};
"""


def test_a_query_brings_its_figures_in(warehouse, connect, line, settings):
    mapping = {"measure": "kpi", "period": "month", "value": "rate", "segment": "cut"}
    connect_at = clock.now().replace(year=2025, month=11, day=7)
    with clock.at(connect_at):
        settings.EGRESS_PORTS = [line.port]
        connect(format="sql", url=warehouse, query=RATES, mapping=mapping, rows_path="")
        pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.message) == ("done", "1 new, 0 restated, 0 unchanged.")
    assert Reading.objects.values_list("period_start", "value").get() == (date(2025, 10, 1), Decimal("0.184"))


def test_a_day_without_a_period_is_refused_by_its_rows_sentence(connect, warehouse):
    mapping = {"measure": "=sales.conversion", "period": "month", "value": "rate"}
    endless = "SELECT date 'infinity' AS month, 0.5 AS rate"
    connect(format="sql", url=warehouse, query=endless, mapping=mapping, rows_path="")
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.refusals[0]["code"]) == ("parked", "period_misaligned")
    assert "'9999-12-31' is not one month" in run.message


def test_placeholders_are_bound_as_values(warehouse):
    statement = "SELECT {period} AS period, {period_start}::date + 1 AS day, '%s :x' AS odd, 'C:\\d' AS path"
    columns, rows = fetch(warehouse, "", statement, OCTOBER)
    assert columns == ["period", "day", "odd", "path"]
    assert rows == [("2025-10", date(2025, 10, 2), "%s :x", "C:\\d")]


@pytest.mark.parametrize(
    "statement",
    [
        "WITH gone AS (DELETE FROM rates RETURNING 1) SELECT * FROM gone",
        "SELECT * INTO copied FROM rates",
        "SELECT * FROM rates FOR UPDATE",
        "SELECT nextval(pg_get_serial_sequence('metrics_feed', 'id'))",
        "SELECT set_config('transaction_read_only', 'off', true)",
    ],
)
def test_nothing_is_written(warehouse, statement):
    with pytest.raises(Refusal, match="The database refuses the query"):
        fetch(warehouse, "", statement, OCTOBER)
    assert fetch(warehouse, "", "SELECT count(*) FROM rates", OCTOBER)[1] == [(3,)]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM rates", "begins with SELECT"),
        ("SELECT 1; COMMIT; DROP TABLE rates", "without a semicolon"),
        ("SELECT 1 WHERE month = '{period}'", "has a placeholder in quotes"),
        ("SELECT {month}", "stands for nothing"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", "writes no file"),
    ],
)
def test_only_one_reading_statement_is_sent(statement, sentence):
    with pytest.raises(InvalidInput) as refused:
        query.check(statement)
    assert sentence in refused.value.errors["query"]


def test_more_rows_than_one_delivery_holds_are_refused(warehouse, monkeypatch):
    monkeypatch.setattr(database, "MAX_ROWS", 2)
    with pytest.raises(InvalidInput, match="more than 2 rows"):
        fetch(warehouse, "", "SELECT * FROM rates", OCTOBER)


def test_a_query_that_takes_too_long_is_stopped(warehouse, settings):
    settings.EGRESS_SECONDS = 0.2
    with pytest.raises(Unreachable, match="statement timeout"):
        fetch(warehouse, "", "SELECT pg_sleep(20)", OCTOBER)


def test_a_server_that_freezes_is_hung_up_on(warehouse, line, settings):
    settings.EGRESS_SECONDS = 0.3
    freezing = threading.Timer(0.1, line.freeze)
    freezing.start()
    try:
        with pytest.raises(Unreachable):
            fetch(warehouse, "", "SELECT pg_sleep(20)", OCTOBER)
    finally:
        line.flowing.set()


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("EGRESS_HOSTS", ["example.org"], "is not a host that may be called"),
        ("EGRESS_PORTS", [443], "is not one that may be called"),
        ("EGRESS_PRIVATE_NETWORKS", [], "a private address"),
        ("EGRESS_SCHEMES", ["https"], "travel encrypted"),
    ],
)
def test_a_database_is_called_by_the_same_rules(warehouse, settings, setting, value, sentence):
    setattr(settings, setting, value)
    with pytest.raises(EgressRefused, match=sentence):
        fetch(warehouse, "", "SELECT 1", OCTOBER)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///etc/passwd", "begins with one of"),
        ("postgresql://reader:secret@db.example.org/x", "holds a password"),
        ("postgresql://reader@db.example.org/x?passfile=/etc/passwd", "names user, host and database"),
        ("postgresql:///x?host=/run/postgresql", "names user, host and database"),
        ("nonsense", "is written"),
    ],
)
def test_an_address_says_no_more_than_it_may(address, sentence):
    with pytest.raises(InvalidInput) as refused:
        server(address)
    assert sentence in refused.value.errors["url"]


@pytest.mark.parametrize(("dialect", "driver"), [("mssql", "pymssql"), ("oracle", "oracledb")])
def test_a_dialect_whose_driver_is_not_installed_says_who_adds_it(warehouse, dialect, driver):
    if find_spec(driver):
        pytest.skip(f"{driver} is installed")
    address = warehouse.replace("postgresql", dialect)
    with pytest.raises(Refusal, match=f"The driver for {dialect} is not installed; an operator adds that extra"):
        fetch(address, "", "SELECT 1", OCTOBER)


def test_mysql_is_addressed_and_asked_in_its_own_way(settings):
    settings.EGRESS_HOSTS, settings.EGRESS_PORTS = ["db.example.org"], [3306]
    asked = server("mysql://reader@db.example.org/warehouse")
    assert str(asked.url("192.0.2.7", "s3cret")) == "mysql+pymysql://reader:***@192.0.2.7:3306/warehouse"
    statement = query.prepare("SELECT DATE_FORMAT(day, '%Y-%m') FROM rates WHERE day >= {period_start}")
    compiled = statement.compile(dialect=mysql.dialect(paramstyle="pyformat"))
    assert str(compiled) == "SELECT DATE_FORMAT(day, '%%Y-%%m') FROM rates WHERE day >= %(period_start)s"
