"""The pages of trust: the weakest first, each axis with the rows that cost it, a fixed number of queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.models import Measure
from metrics.trust.pages import overview, scope_trust
from tests.conftest import AsPerson
from tests.factories.metrics import measure
from tests.metrics.assessment.conftest import GOOD, Push
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


def test_the_overview_costs_the_same_with_many_measures(told: None, push: Push) -> None:
    with CaptureQueriesContext(connection) as few:
        overview(AUGUST)
    for number in range(8):
        push(measure(f"more.{number}"), [GOOD] * 3, first="2026-06")
    with CaptureQueriesContext(connection) as many:
        overview(AUGUST)
    assert len(many) == len(few) <= 11
