from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from forums.cases.queue import word_exposure
from metrics.models import Contradiction
from tests.factories.forums import contradiction
from tests.factories.metrics import MeasureFactory, SegmentFactory
from tests.factories.people import FunctionFactory
from truthgov import clock
from truthgov.actor import Actor

QUEUE = "/contradictions/"
QUERIES = 13


@pytest.fixture
def cases(journey, truth_owner):
    """Three open contradictions, the worst opened last, and one that was a false alarm."""
    now = clock.now()
    marketing = FunctionFactory(name="Marketing", code="marketing")
    leads = MeasureFactory(code="LEADS", name="Leads won", function=marketing)
    city = SegmentFactory(key='{"hotel":"City Hotel"}', values={"hotel": "City Hotel"})
    alarm = contradiction(statement="A <b>wing</b> was closed.", opened_at=now - timedelta(days=80))
    alarm.declare_false_alarm(by=Actor(person=truth_owner), reason="It was to be.")
    return {
        "low": contradiction(severity="low", severity_rank=3, opened_at=now - timedelta(days=90)),
        "critical": contradiction(severity="critical", severity_rank=9, opened_at=now, segment=city),
        "leads": contradiction(leads, severity="high", severity_rank=7, exposure_value=5, opened_at=now),
        "alarm": alarm,
    }


def shown(response) -> list[int]:
    return [row.pk for row in response.context["queue"].rows]


def test_the_worst_open_contradiction_comes_first(as_person, outsider, cases):
    response = as_person(outsider).get(QUEUE)
    assert shown(response) == [cases["critical"].pk, cases["leads"].pk, cases["low"].pk]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?severity=high", ["leads"]),
        ("?function=marketing", ["leads"]),
        ("?segment=%7B%22hotel%22%3A%22City+Hotel%22%7D", ["critical"]),
        ("?journey=book-to-stay", ["critical", "leads", "low"]),
        ("?kind=handoff", []),
        ("?q=leads+won", ["leads"]),
        ("?q=won+nothing", []),
        ("?state=false_alarm", ["alarm"]),
        ("?state=all&sort=-age", ["low", "alarm", "critical", "leads"]),
        ("?sort=-exposure", ["leads", "low", "critical"]),
        ("?sort=severity", ["low", "leads", "critical"]),
        ("?sort=nonsense", ["critical", "leads", "low"]),
    ],
)
def test_filters_and_order_stand_in_the_address(as_person, outsider, cases, address, expected):
    response = as_person(outsider).get(QUEUE + address)
    assert shown(response) == [cases[name].pk for name in expected]


def test_exposure_is_told_in_the_currency_of_the_organisation(as_person, outsider, cases, settings):
    settings.CURRENCY = "CHF"
    page = as_person(outsider).get(QUEUE).content.decode()
    assert "CHF\u202f5" in page
    assert "€" not in page


@pytest.mark.parametrize(("customers", "value", "words"), [
    (1, "340", "1 customer, €340"), (4600, "1564000", "4\u202f600 customers, €1.56\u202fM"), (None, None, ""),
])  # fmt: skip
def test_exposure_reads_as_it_is(customers, value, words):
    assert word_exposure(customers, value and Decimal(value)) == words


def test_each_state_says_how_many_stand_in_it_under_the_filters(as_person, outsider, cases):
    tabs = as_person(outsider).get(f"{QUEUE}?severity=high").context["queue"].tabs
    assert {tab.code: tab.count for tab in tabs} == {
        "open": 1, "snoozed": 0, "in_remedy": 0, "closed": 0, "false_alarm": 1, "joined": 0, "all": 2,
    }  # fmt: skip


def test_an_unknown_filter_is_told_and_filters_nothing(as_person, outsider, cases):
    response = as_person(outsider).get(f"{QUEUE}?severity=enormous")
    assert "could not be sent" in response.content.decode()
    assert len(shown(response)) == 3


def test_a_page_of_another_list_is_refused(as_person, outsider, cases):
    assert as_person(outsider).get(f"{QUEUE}?cursor=abc").status_code == 422


def test_every_contradiction_is_on_one_page_of_the_queue(as_person, outsider, cases):
    kpis = [MeasureFactory(code=f"KPI.{number}") for number in range(64)]
    for number, kpi in enumerate(kpis):
        contradiction(kpi, severity_rank=number % 3)
    browser, address, seen = as_person(outsider), QUEUE, []
    while address:
        page = browser.get(address).context["queue"]
        seen += [row.pk for row in page.rows]
        address = f"{QUEUE}?cursor={page.page.next_cursor}" if page.page.next_cursor else ""
    assert len(seen) == len(set(seen)) == 67
    ranks = [Contradiction.objects.in_bulk(seen)[pk].severity_rank for pk in seen]
    assert ranks == sorted(ranks, reverse=True)


def test_the_queue_takes_as_many_queries_for_many_as_for_few(as_person, outsider, cases, django_assert_num_queries):
    browser = as_person(outsider)
    with django_assert_num_queries(QUERIES):
        browser.get(QUEUE)
    for number in range(40):
        contradiction(MeasureFactory(code=f"KPI.{number}"))
    with django_assert_num_queries(QUERIES):
        browser.get(QUEUE)


def test_an_empty_queue_says_what_belongs_there(as_person, outsider):
    assert "No contradiction has been surfaced" in as_person(outsider).get(QUEUE).content.decode()


def test_what_people_wrote_is_shown_as_text(as_person, outsider, cases):
    kpi = MeasureFactory(code="X", name="<script>alert(1)</script>")
    case = contradiction(kpi, statement="<img src=x onerror=alert(1)>")
    browser = as_person(outsider)
    for page in (browser.get(QUEUE), browser.get(reverse("forums:contradiction", args=[case.pk]))):
        assert "<script>alert" not in page.content.decode()
        assert "<img" not in page.content.decode()


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(client, db):
    assert client.get(QUEUE)["Location"].startswith("/accounts/login/")
