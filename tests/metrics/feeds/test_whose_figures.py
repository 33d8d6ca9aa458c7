"""Whose figures a feed brings: its function's, and the outcomes that whoever described it may let in."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from metrics.models import Feed, FeedRun, Measure, Observation, Reading
from metrics.sources import pull, rehearsal
from tests.factories.metrics import JourneyFactory, measure
from tests.factories.people import AppointmentFactory, FunctionFactory
from tests.metrics.feeds.conftest import answer, row
from truthgov.actor import Actor
from truthgov.models import Role

OUTCOME = {"measure": "=book.to_stay", "period": "month", "value": "rate"}


@pytest.fixture
def outcome(db):
    """One whose figures no function supplies."""
    return measure("book.to_stay", outcome=True)


@pytest.fixture
def bring(connect, outcome, site):
    """Have the feed pulled as somebody corrects it, with a figure of the outcome; the run as it ended."""
    connect()

    def brought(by, rate=0.99, **fields):
        feed = Feed.objects.get()
        feed.correct(**({"mapping": OUTCOME} | fields), by=Actor(person=by))
        feed.run_soon(by=Actor(person=by))
        site.answers = [answer(row(rate=rate))]
        pull.pull_due()
        return FeedRun.objects.filter(kind=FeedRun.Kind.ASKED).order_by("pk").last()

    return brought


def test_a_feed_of_one_function_brings_no_other_functions_figures(feed, site):
    delivery = measure("delivery.on_time")
    Measure.objects.filter(pk=delivery.pk).update(function=FunctionFactory(name="Delivery"))
    site.answers = [answer(row(kpi="delivery.on_time"))]
    pull.pull_due()
    assert FeedRun.objects.get().status == "parked"
    assert not Observation.objects.exists()


def test_a_lead_brings_no_outcome_of_a_journey_by_a_feed(bring, sales_lead):
    run = bring(sales_lead)
    assert (run.status, run.refusals[0]["code"]) == ("parked", "not_your_function")
    assert "no function supplies them: its journey's owner does" in run.message
    assert not Observation.objects.exists()


def test_a_lead_does_not_turn_an_administrators_feed_of_an_outcome_to_a_source_of_theirs(
    bring, administrator, sales_lead, site
):
    assert bring(administrator).status == "done"
    assert bring(sales_lead, rate=0.5, url=f"{site.url}/mine").status == "parked"
    assert Reading.objects.get().value == Decimal("0.99")


def test_whoever_changes_only_its_hour_takes_nothing_from_an_administrators_feed(bring, administrator, sales_lead):
    assert bring(administrator).status == "done"
    assert bring(sales_lead, rate=0.5, hour=4).status == "done"
    assert Feed.objects.get().described_by == administrator


def test_who_owns_a_journey_brings_its_outcomes_by_a_feed_of_their_function_and_no_others(bring, outcome, sales_lead):
    AppointmentFactory(role=Role.JOURNEY_OWNER, scope=outcome.journey.scope, person=sales_lead)
    assert bring(sales_lead).status == "done"
    Measure.objects.filter(pk=outcome.pk).update(journey=JourneyFactory())
    assert bring(sales_lead, rate=0.5).status == "parked"


def test_a_test_run_is_refused_what_a_run_would_be(connect, outcome, site, sales_lead, administrator):
    feed = connect()
    site.answers = [answer(row(rate=0.99))]
    for person, refused in ((sales_lead, 1), (administrator, 0)):
        tried = rehearsal.rehearse(feed.corrected(mapping=OUTCOME, described_by=person))
        assert len(tried.refused) == refused


def test_an_upgrade_names_who_described_each_feed_from_the_audit(bring, administrator):
    bring(administrator)
    Feed.objects.update(described_by=None)
    fill = import_module("metrics.migrations.0040_the_audit_says_who_described_each_feed").FILL
    with connection.cursor() as cursor:
        cursor.execute(fill)
    assert Feed.objects.get().described_by == administrator
