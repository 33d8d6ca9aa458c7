"""Test runs over REST: what a feed would bring, with nothing stored."""

import json

import pytest

from metrics.models import Feed, Observation
from metrics.sources import pull
from tests.factories.metrics import measure
from tests.metrics.feeds.conftest import MAPPING, answer, row

AT = "/api/v1/feeds"


@pytest.fixture
def tried(as_person, sales_lead, feed):
    """A test run by the lead of Sales, on the terms of `feed` with others where given."""

    def posted(path="/test-run", by=sales_lead, **others):
        terms = {"name": "Another", "source": "crm", "function": "sales", "url": feed.url, "format": "json",
                 "rows_path": "data.rows", "mapping": MAPPING, "token": "s3cret"}  # fmt: skip
        return as_person(by).post(f"{AT}{path}", json.dumps(terms | others), content_type="application/json")

    return posted


def test_a_new_feed_is_tried_and_nothing_is_stored(tried, site, delivery_lead, outsider):
    site.answers = [answer(row(), row("2025-09", 18.4))]
    told = tried().json()
    assert [(each["measure"], each["value"], each["on_record"]) for each in told["stored"]] == [
        ("sales.conversion", "0.184", None)
    ]
    assert [(each["code"], each["row"]["period"]) for each in told["refused"]] == [("out_of_range", "2025-09")]
    assert (told["stores_nothing"], told["counts"]["refused"], "s3cret" in str(told)) == (True, 1, False)
    assert (Feed.objects.count(), Observation.objects.count()) == (1, 0)
    assert tried(by=outsider).status_code == 403
    assert tried(by=delivery_lead).json()["errors"][0]["pointer"] == "/function"


def test_a_correction_is_tried_with_the_secret_there_is(tried, site, feed, delivery_lead):
    site.answers = [answer(row()), answer(row(rate=0.2))]
    pull.pull_due()
    told = tried(f"/{feed.pk}/test-run", token="").json()
    assert site.asked[1][1]["Authorization"] == "Bearer s3cret"
    assert [(each["value"], each["on_record"]) for each in told["stored"]] == [("0.2", "0.184")]
    assert Observation.objects.count() == 1
    assert tried(f"/{feed.pk}/test-run", token="", url="http://127.0.0.1:1/kpi").status_code == 422
    assert tried(f"/{feed.pk}/test-run", by=delivery_lead).status_code == 403


def test_what_stands_in_the_way_is_told(tried, site):
    site.answers = [(503, "")]
    told = tried()
    assert (told.status_code, told.json()["stored"], bool(told.json()["problem"])) == (200, [], True)


def test_whoever_tries_it_is_told_what_they_may_not_bring(tried, site, feed, administrator):
    measure("book.to_stay", outcome=True)
    site.answers = [answer(row(kpi="book.to_stay"))]
    for path in ("/test-run", f"/{feed.pk}/test-run"):
        assert [each["code"] for each in tried(path).json()["refused"]] == ["not_your_function"]
        assert tried(path, by=administrator).json()["refused"] == []
