import json
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from metrics.models import Feed, FeedRun, Observation, Reading
from metrics.models.feed import ATTEMPTS, LEASE
from metrics.sources import pull
from tests.factories.metrics import SegmentFactory, SourceFactory, dimension, measure
from tests.factories.people import FunctionFactory
from tests.http_server import serving
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import AuditEntry

MAPPING = {"measure": "kpi", "period": "month", "value": "rate", "segment": "cut"}


def answer(*rows):
    return 200, json.dumps({"data": {"rows": rows}})


def row(month="2025-10", rate=0.1840, **others):
    return {"kpi": "sales.conversion", "month": month, "rate": rate, "cut": None} | others


@pytest.fixture
def site(settings):
    with serving() as running:
        settings.EGRESS_SCHEMES, settings.EGRESS_HOSTS = ["http"], ["127.0.0.1"]
        settings.EGRESS_PORTS, settings.EGRESS_PRIVATE_NETWORKS = [running.port], ["127.0.0.1/32"]
        yield running


@pytest.fixture
def feed(db, site, sales_lead, sales):
    return connect(site, sales_lead, sales)


def connect(site, sales_lead, sales, **fields):
    SegmentFactory()
    measure("sales.conversion")
    given = {"name": "CRM nightly", "source": SourceFactory(code="crm"), "function": sales, "url": f"{site.url}/kpi",
             "format": "json", "rows_path": "data.rows", "mapping": MAPPING, "every_minutes": 60}  # fmt: skip
    return Feed.connect(token="s3cret", by=Actor(person=sales_lead), **(given | fields))


def later(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def test_a_feed_brings_its_figures_in_through_the_one_door(feed, site):
    site.answers = [answer(row(), row("2025-09", "0.1710"))]
    assert pull.pull_due() == 1
    run = FeedRun.objects.get()
    assert (run.status, run.message) == ("done", "2 new, 0 restated, 0 unchanged.")
    assert (run.submission.channel, run.submission.function) == ("pull", feed.function)
    assert sorted(Reading.objects.values_list("value", flat=True)) == [Decimal("0.171"), Decimal("0.184")]


def test_the_token_is_sent_and_never_stored_in_the_clear(feed, site):
    pull.pull_due()
    assert site.asked[0][1]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in feed.sealed_token
    assert not AuditEntry.objects.filter(data__icontains="s3cret").exists()


def test_a_later_run_restates_and_leaves_alone_what_is_known(feed, site):
    site.answers = [answer(row(), row("2025-09", 0.17)), answer(row(), row("2025-09", 0.18))]
    pull.pull_due()
    with later(61):
        pull.pull_due()
    assert FeedRun.objects.first().message == "0 new, 1 restated, 1 unchanged."
    assert "Corrected by" in Observation.objects.exclude(restates=None).get().reason


def test_a_feed_in_csv_is_read_by_its_columns(site, sales_lead, sales):
    dimension("channel", "web")
    mapping = {"measure": "=sales.conversion", "period": "Month", "value": "Rate", "segment": "Cut"}
    connect(site, sales_lead, sales, format="csv", rows_path="", mapping=mapping)
    site.answers = [(200, 'Month,Rate,Cut\n2025-10,0.184,"{""channel"": ""web""}"\n')]
    pull.pull_due()
    assert Reading.objects.get().series.segment.values == {"channel": "web"}


def test_the_last_complete_month_stands_in_the_address(site, sales_lead, sales):
    with clock.at(clock.now().replace(year=2026, month=3, day=7)):
        connect(site, sales_lead, sales, url=f"{site.url}/kpi?month={{period}}")
        pull.pull_due()
    assert site.asked[0][0] == "/kpi?month=2026-02"


def test_what_did_not_answer_is_tried_again_after_growing_pauses(feed, site):
    site.answers = [(503, ""), (503, ""), answer(row())]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.attempts) == ("due", 1)
    assert "answered 503" in run.message
    assert pull.pull_due() == 0
    with later(1.1):
        assert pull.pull_due() == 1
        assert pull.pull_due() == 0
    with later(4):
        assert pull.pull_due() == 1
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("done", 3)


def test_a_feed_that_keeps_failing_says_so_until_it_works_again(feed, site):
    site.answers = [(500, "")]
    start = clock.now()
    for attempt in range(ATTEMPTS):
        with clock.at(start + timedelta(minutes=10 * attempt)):
            pull.pull_due()
    feed.refresh_from_db()
    assert feed.status == Feed.Status.FAILING
    assert "Tried 5 times" in FeedRun.objects.get(status="failed").message
    site.answers = [answer(row())]
    with later(70):
        pull.pull_due()
    feed.refresh_from_db()
    assert feed.status == Feed.Status.ACTIVE


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (answer(row(rate=18.4)), "Row 1: A fraction lies between 0 and 1"),
        (answer(row(kpi="sales.conversions")), "Row 1: "),
        ((200, "{"), "not JSON"),
        ((200, '{"data": {}}'), "holds no list of rows"),
        ((200, '{"data": {"rows": [{"rate": NaN}]}}'), "NaN is not a figure"),
    ],
)
def test_what_is_refused_is_not_tried_again_before_the_next_slot(feed, site, body, sentence):
    site.answers = [body]
    pull.pull_due()
    run = FeedRun.objects.get()
    feed.refresh_from_db()
    assert (run.status, feed.status) == ("failed", Feed.Status.FAILING)
    assert sentence in run.message
    assert not Observation.objects.exists()


def test_a_feed_of_one_function_brings_no_other_functions_figures(feed, site):
    delivery = measure("delivery.on_time")
    type(delivery).objects.filter(pk=delivery.pk).update(function=FunctionFactory(name="Delivery"))
    site.answers = [answer(row(kpi="delivery.on_time"))]
    pull.pull_due()
    assert FeedRun.objects.get().status == "failed"
    assert not Observation.objects.exists()


def test_a_paused_feed_rests_and_goes_on_when_resumed(feed, site, sales_lead):
    feed.pause(by=Actor(person=sales_lead))
    assert pull.pull_due() == 0
    feed.resume(by=Actor(person=sales_lead))
    assert pull.pull_due() == 1


def test_slots_that_were_missed_are_not_made_up_for(feed, site):
    pull.pull_due()
    with later(60 * 24):
        assert pull.pull_due() == 1
        assert pull.pull_due() == 0


def test_a_killed_workers_run_is_taken_up_again(feed, site):
    site.answers = [answer(row())]
    pull.schedule(clock.now())
    assert pull.claim(clock.now()).attempts == 1
    assert pull.claim(clock.now()) is None
    with clock.at(clock.now() + LEASE):
        assert pull.pull_due() == 1
    assert FeedRun.objects.get(status="done").attempts == 2


def test_a_worker_that_outlived_its_lease_stores_nothing(feed, site):
    site.answers = [answer(row())]
    pull.schedule(clock.now())
    slow = pull.claim(clock.now())
    with clock.at(clock.now() + LEASE):
        pull.pull_due()
    pull.pull(slow)
    assert Observation.objects.count() == 1
    assert FeedRun.objects.get().attempts == 2


def test_a_run_that_kills_its_workers_is_given_up(site, sales_lead, sales):
    connect(site, sales_lead, sales, every_minutes=1440)
    pull.schedule(clock.now())
    start = clock.now()
    for death in range(ATTEMPTS):
        pull.claim(start + death * LEASE)
    with clock.at(start + ATTEMPTS * LEASE):
        pull.pull_due()
    assert "did not survive it" in FeedRun.objects.get(attempts=ATTEMPTS + 1).message
    assert site.asked == []


def test_two_beats_run_a_slot_once(own_database, site, sales_lead, sales):
    connect(site, sales_lead, sales)
    site.answers = [answer(row())]
    together = threading.Barrier(2)

    def beat():
        together.wait()
        pull.pull_due()
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert FeedRun.objects.count() == 1
    assert len(site.asked) == 1
    assert Observation.objects.count() == 1
