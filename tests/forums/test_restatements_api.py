"""Restatements over REST: what changed, by how much and how late; filters, pages, and what a key may see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from metrics import keys
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Source
from tests.factories.metrics import SourceFactory, measure
from truthgov import audit, clock
from truthgov.actor import Actor

RESTATEMENTS = "/api/v1/restatements"
FIRST = datetime(2026, 9, 5, 9, tzinfo=UTC)
PROGRAM = Actor(clockwork="test")


def give(at: datetime, *rows: tuple[str, str], source: str = "crm", of: str = "sales.conversion") -> None:
    full = Rows.of({"measure": of, "period": period, "value": value} for period, value in rows)
    with clock.at(at):
        ingest(full, Delivery("command", source=source, reason="recount"), by=PROGRAM)


@pytest.fixture
def restated(sales, delivery):
    """July and August of Sales from the CRM: August by a tenth after 30 days, July by little after 31."""
    SourceFactory(code="crm")
    SourceFactory(code="ledger")
    measure("sales.conversion")
    give(FIRST, ("2026-07", "0.2"), ("2026-08", "0.2"))
    give(FIRST + timedelta(days=30), ("2026-08", "0.22"))
    give(FIRST + timedelta(days=31), ("2026-07", "0.201"))


@pytest.fixture
def browser(as_person, outsider):
    return as_person(outsider)


def key_of(sales, source: str) -> Client:
    _, text = keys.issue(
        f"{source} export", functions=[sales], sources=[Source.objects.get(code=source)],
        expires_at=clock.now() + timedelta(days=30), by=PROGRAM,
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_a_restatement_tells_old_and_new_and_how_late(browser, restated):
    small, great = browser.get(RESTATEMENTS).json()
    assert (great["old"], great["new"], great["difference"], great["share"]) == ("0.2", "0.22", "0.02", "0.1")
    assert (great["material"], great["sealed"], great["days_late"], great["reason"]) == (True, False, 30, "recount")
    assert great["period"]["code"] == "2026-08"
    assert great["relied"] == {"decisions": [], "views": [], "signals": []}
    assert (small["material"], small["days_late"]) == (False, 31)
    assert browser.get(f"{RESTATEMENTS}/{great['id']}").json() == great


@pytest.mark.parametrize(("query", "periods"), [
    ("measure=sales.conversion", ["2026-07", "2026-08"]), ("period=2026-08", ["2026-08"]),
    ("material=true", ["2026-08"]), ("material=false", ["2026-07"]), ("sealed=true", []),
    ("sealed=false", ["2026-07", "2026-08"]), ("since=2026-10-06", ["2026-07"]), ("until=2026-10-05", ["2026-08"]),
    ("until=9999-12-31", ["2026-07", "2026-08"]),
])  # fmt: skip
def test_it_is_narrowed_by_the_query(browser, restated, query, periods):
    assert [each["period"]["code"] for each in browser.get(f"{RESTATEMENTS}?{query}").json()] == periods


@pytest.mark.parametrize("asked", ["2026-08", "2026-08-01"])
def test_a_month_is_not_the_day_that_begins_with_it(browser, restated, asked):
    measure("sales.daily", grain="day")
    for days, value in enumerate(("0.2", "0.3")):
        give(FIRST + timedelta(days=days), ("2026-08-01", value), of="sales.daily")
    assert [each["period"]["code"] for each in browser.get(f"{RESTATEMENTS}?period={asked}").json()] == [asked]
    (row,) = browser.get(f"/restatements/?period={asked}").context["register"].rows
    assert row.restatement.period.code == asked


def test_it_is_narrowed_to_a_function_and_to_a_delivery(browser, restated, sales, delivery):
    assert len(browser.get(f"{RESTATEMENTS}?function={sales.code}").json()) == 2
    assert browser.get(f"{RESTATEMENTS}?function={delivery.code}").json() == []
    latest = browser.get(RESTATEMENTS).json()[0]
    assert browser.get(f"{RESTATEMENTS}?batch={latest['batch']}").json() == [latest]
    assert latest["entry"] == audit.known_now()


def test_a_page_leads_to_the_next(browser, restated):
    first = browser.get(f"{RESTATEMENTS}?limit=1")
    following = first["Link"].partition(">")[0].lstrip("<")
    assert [*first.json(), *browser.get(following).json()] == browser.get(RESTATEMENTS).json()


@pytest.mark.parametrize(("query", "status"), [
    ("period=soon", 400), ("material=huge", 400), ("since=soon", 400), ("cursor=mine", 400), ("batch=0", 400),
    ("colour=red", 400), ("measure=nothing", 404), ("function=nothing", 404),
])  # fmt: skip
def test_a_faulty_query_is_a_problem(browser, restated, query, status):
    response = browser.get(f"{RESTATEMENTS}?{query}")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_a_key_sees_those_of_its_sources(restated, sales):
    mine = key_of(sales, "crm").get(RESTATEMENTS).json()
    assert len(mine) == 2
    stranger = key_of(sales, "ledger")
    assert stranger.get(RESTATEMENTS).json() == []
    assert stranger.get(f"{RESTATEMENTS}/{mine[0]['id']}").status_code == 404


def test_what_restates_nothing_is_unknown(browser, restated):
    earlier = browser.get(RESTATEMENTS).json()[0]["restates"]
    assert browser.get(f"{RESTATEMENTS}/{earlier}").status_code == 404


def test_the_days_are_those_of_the_organisation(browser, restated):
    day = date(2026, 10, 5)
    assert [each["period"]["code"] for each in browser.get(f"{RESTATEMENTS}?since={day}&until={day}").json()] == [
        "2026-08"
    ]


def test_a_page_costs_the_same_however_long(browser, restated, django_assert_max_num_queries):
    for number in range(12):
        give(FIRST + timedelta(days=40 + number), ("2026-08", f"0.3{number:02d}"))
    with django_assert_max_num_queries(9):
        assert len(browser.get(RESTATEMENTS).json()) == 14
