"""The pages of trust: the weakest first, each axis with the rows that cost it, a fixed number of queries."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.models import Measure
from metrics.trust.pages import overview, scope_trust
from tests.conftest import AsPerson
from tests.factories.metrics import measure
from tests.metrics.assessment.conftest import GOOD, Push
from truthgov import clock
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period

AUGUST = Period.parse("2026-08", Grain.MONTH)
WEB = '{"channel": "web"}'


@pytest.fixture
def told(served: Measure, claimed: Measure, push: Push) -> None:
    """The outcome misses a part in August, the KPI of Sales misses nothing."""
    push(served, [GOOD] * 6, first="2026-03")
    push(served, [GOOD] * 5, first="2026-03", segment=WEB)
    push(claimed, [0.25] * 6, first="2026-03")


@pytest.fixture
def read(executive: Person, as_person: AsPerson) -> Callable[[str], str]:
    return lambda address: as_person(executive).get(address).content.decode()


def test_the_overview_starts_with_what_can_be_relied_on_least(told: None) -> None:
    lines = overview(AUGUST)
    assert [(line.kind, line.name, line.percent) for line in lines] == [
        ("journey", "Book to stay", 50), ("function", "Sales", 100),
    ]  # fmt: skip


def test_a_function_is_as_good_as_its_worst_measure_on_each_axis(told: None, sales: Function, push: Push) -> None:
    late = measure("sales.calls", unit="count")
    push(late, [100, None, 100], first="2026-06", size=1)
    page = scope_trust(sales, AUGUST)
    complete = next(row for row in page.line.cells if row.axis == "complete")
    assert (complete.percent, str(complete.measure)) == (66, str(late))
    assert [line.percent for line in page.measures] == [66, 100]


def test_each_axis_names_the_rows_that_cost_it(told: None, served: Measure, read: Callable[[str], str]) -> None:
    page = read(f"/trust/measures/{served.code}/?period=2026-08")
    assert "1 row costs it" in page
    assert "Channel web" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="tg-svg" role="img"' in page
    before = read(f"/trust/measures/{served.code}/?period=2026-07")
    assert "costs it" not in before


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/trust/?period=2026-08", 200),
        ("/trust/?period=August", 404),
        ("/trust/functions/sales/?period=2026-08", 200),
        ("/trust/functions/nobody/", 404),
        ("/trust/journeys/book-to-stay/?period=2026-08", 200),
    ],
)
def test_a_period_or_name_that_is_none_is_unknown(
    told: None, executive: Person, as_person: AsPerson, address: str, status: int
) -> None:
    assert as_person(executive).get(address).status_code == status


def test_where_nothing_is_measured_the_page_says_what_belongs_there(read: Callable[[str], str]) -> None:
    assert "Nothing is measured yet." in read("/trust/")


@pytest.mark.parametrize("is_known", [False, True])
def test_the_overview_costs_the_same_with_many_measures(told: None, push: Push, is_known: bool) -> None:
    known_on = clock.today() if is_known else None
    with CaptureQueriesContext(connection) as few:
        overview(AUGUST, known_on)
    for number in range(8):
        push(measure(f"more.{number}"), [GOOD] * 3, first="2026-06")
    with CaptureQueriesContext(connection) as many:
        overview(AUGUST, known_on)
    assert len(many) == len(few) <= 13


def test_what_was_known_on_a_day_leaves_out_what_came_later(
    served: Measure, push: Push, read: Callable[[str], str]
) -> None:
    yesterday, before = clock.today() - timedelta(days=1), clock.today() - timedelta(days=2)
    with clock.at(datetime.combine(yesterday, time(9), UTC)):
        push(served, [GOOD] * 6, first="2026-03")
        push(served, [GOOD] * 5, first="2026-03", segment=WEB)
    push(served, [GOOD], first="2026-08", segment=WEB)
    lines = [line for day in (None, yesterday, before) for line in overview(AUGUST, day) if line.kind == "journey"]
    assert [line.percent for line in lines] == [100, 50, None]
    page = read(f"/trust/?period=2026-08&known_on={yesterday}")
    assert "what came in later is left out" in page
    assert f"/trust/journeys/book-to-stay/?period=2026-08&amp;known_on={yesterday}" in page
    for told in ("journeys/book-to-stay", f"measures/{served.code}"):
        assert f"&amp;known_on={yesterday}" in read(f"/trust/{told}/?period=2026-08&known_on={yesterday}")


def test_a_day_alone_asks_for_the_last_period_that_was_over_then(told: None, read: Callable[[str], str]) -> None:
    for address in ("/trust/", "/trust/journeys/book-to-stay/"):
        page = read(f"{address}?known_on=2025-06-20")
        assert "<strong>May 2025</strong>" in page
        assert 'name="period"' not in page
    assert "June 2025 was not over then." in read("/trust/?known_on=2025-06-20&period=2025-06")
