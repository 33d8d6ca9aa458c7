from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Feed, FeedRun, Observation, Submission
from metrics.sources import listing, pull
from tests.factories.metrics import SourceFactory, measure
from tests.metrics.feeds.conftest import answer, row
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import AuditEntry

MAPPING = {"measure": "=sales.conversion", "period": "month", "value": "rate"}


@pytest.fixture
def described(sales, sales_lead):
    source = SourceFactory(code="crm")
    return {"name": "CRM nightly", "source": source.pk, "function": sales.pk, "url": "https://crm.example.org/kpi",
            "token": "s3cret", "format": "json", "rows_path": "rows", "owner": sales_lead.pk,
            "secret_header": "Authorization", "grain": "month", "days_after": 1, "hour": 6,
            "at_measure": "=sales.conversion", "at_period": "month", "at_value": "rate"}  # fmt: skip


@pytest.fixture
def feed(sales, sales_lead):
    return Feed.connect(
        name="CRM nightly", source=SourceFactory(code="crm"), function=sales, url="https://crm.example.org/kpi",
        format="json", mapping=MAPPING, token="s3cret", by=Actor(person=sales_lead),
    )  # fmt: skip


@pytest.fixture
def clockwork():
    return Actor(clockwork="test")


def _run(feed) -> FeedRun:
    """A run of the feed, in a worker's hands."""
    run = feed.runs.create(slot=feed.next_run_at, period_start="2025-10-01")
    run.take_up(clock.now())
    return run


def test_a_function_lead_connects_a_feed(as_person, sales_lead, described):
    client = as_person(sales_lead)
    page = client.get(client.post("/feeds/new/", described).url).content.decode()
    assert "CRM nightly" in page
    assert "kept encrypted" in page
    assert "s3cret" not in page
    assert "Not run yet" in page
    assert "Back-fill a range" in page


def test_a_lead_connects_no_feed_for_another_function(as_person, delivery_lead, described):
    answer = as_person(delivery_lead).post("/feeds/new/", described)
    assert answer.status_code == 422
    assert not Feed.objects.exists()


def test_an_outsider_connects_nothing(as_person, outsider, described):
    assert as_person(outsider).get("/feeds/new/").status_code == 403


def test_a_faulty_path_is_named(as_person, administrator, described):
    answer = as_person(administrator).post("/feeds/new/", described | {"at_value": "rate["})
    assert answer.status_code == 422
    assert "not a JMESPath" in answer.content.decode()


def test_a_feed_is_corrected_and_keeps_its_token(as_person, sales_lead, feed, described):
    answer = as_person(sales_lead).post(f"/feeds/{feed.pk}/correction/", described | {"token": "", "hour": 7})
    sealed = feed.sealed_token
    feed.refresh_from_db()
    assert (answer.status_code, feed.hour, feed.sealed_token) == (302, 7, sealed)


def test_a_refused_correction_shows_no_secret(as_person, sales_lead, feed, described):
    """A page that keeps what was written for whoever wrote it keeps none of what is never shown again."""
    feed.retire(by=Actor(person=sales_lead))
    page = as_person(sales_lead).post(f"/feeds/{feed.pk}/correction/", described | {"token": "of several words"})
    assert page.status_code == 409
    assert page.context["written"] == ["CRM nightly"]
    assert "of several words" not in page.text


@pytest.mark.parametrize("url", ["http://[::1", "https://xn--a.org/", "https://é{period}.org/", "https://other.org/"])
def test_a_correction_leads_to_no_address_that_is_none(as_person, sales_lead, feed, described, url):
    answer = as_person(sales_lead).post(f"/feeds/{feed.pk}/correction/", described | {"token": "", "url": url})
    assert (answer.status_code, "May not be called" in answer.content.decode()) == (422, True)


def test_an_old_page_takes_no_correction_of_somebody_else_back(as_person, sales_lead, administrator, feed, described):
    address, lead = f"/feeds/{feed.pk}/correction/", as_person(sales_lead)
    old = described | {"token": "", "seen": lead.get(address).context["form"]["seen"].value()}
    moved = {"url": "https://crm.example.org/kpi/v2"}
    assert as_person(administrator).post(address, old | moved).status_code == 302
    told = lead.post(address, old | {"hour": 7})
    assert (told.status_code, told.context["form"]["hour"].value()) == (422, "7")
    assert "corrected since you opened this page" in told.content.decode()
    feed.refresh_from_db()
    assert (feed.url, feed.hour) == (moved["url"], 6)
    assert lead.get(address).context["form"]["seen"].value() == feed.digest


def test_a_correction_leaves_what_others_changed_meanwhile(feed, sales_lead):
    read_before, by = Feed.objects.get(), Actor(person=sales_lead)
    feed.pause(by=by)
    Feed.objects.update(sealed_token="sealed anew")
    read_before.correct(hour=7, by=by)
    feed.refresh_from_db()
    assert (feed.hour, feed.status, feed.sealed_token) == (7, "paused", "sealed anew")


@pytest.mark.parametrize("headers", ["Accept-Version", "Accept-Version:", "Accept: a\naccept: b"])
def test_a_header_that_says_nothing_or_two_things_is_refused(as_person, sales_lead, described, headers):
    answer = as_person(sales_lead).post("/feeds/new/", described | {"headers": headers})
    assert (answer.status_code, "Write each header once" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("act", ["pause", "next-run", "correction"])
def test_only_who_answers_for_a_feed_touches_it(as_person, delivery_lead, feed, act):
    assert as_person(delivery_lead).post(f"/feeds/{feed.pk}/{act}/").status_code == 403


def test_a_parked_run_says_so_on_both_pages_and_on_its_owners_desk(as_person, sales_lead, outsider, feed, clockwork):
    run = _run(feed)
    run.park("It answered 500. Tried 7 times.", by=clockwork, refused=1,
             refusals=[{"row": 2, "code": "out_of_range", "message": "A fraction lies between 0 and 1."}])  # fmt: skip
    client = as_person(outsider)
    for page in ("/feeds/", feed.get_absolute_url()):
        assert "Needs somebody" in client.get(page).content.decode()
        assert "Tried 7 times" in client.get(page).content.decode()
    shown = client.get(run.get_absolute_url()).content.decode()
    assert "A fraction lies between 0 and 1." in shown
    assert "Try again" not in shown
    assert "Parked run" in as_person(sales_lead).get("/").content.decode()
    assert "Parked run" not in client.get("/").content.decode()


def test_a_parked_run_is_tried_again_or_done_without(as_person, sales_lead, feed, clockwork):
    client, run = as_person(sales_lead), _run(feed)
    run.park("It answered 500.", by=clockwork)
    assert client.post(f"{run.get_absolute_url()}retry/").status_code == 302
    assert client.post(f"{run.get_absolute_url()}retry/").status_code == 409
    run.refresh_from_db()
    run.take_up(clock.now())
    run.park("It answered 500.", by=clockwork)
    assert client.post(f"{run.get_absolute_url()}withdrawal/").status_code == 302
    assert "Withdrawn" in client.get(run.get_absolute_url()).content.decode()


def test_a_late_feed_is_on_the_desk_of_its_owner(as_person, sales_lead, outsider, feed):
    feed.runs.create(slot=clock.now() - timedelta(days=2), period_start="2025-10-01")
    assert "Late feed" in as_person(sales_lead).get("/").content.decode()
    assert "Late feed" not in as_person(outsider).get("/").content.decode()
    assert "Sara Sales answers for it" in as_person(outsider).get(feed.get_absolute_url()).content.decode()


def test_a_range_is_filled_back(as_person, sales_lead, feed):
    client = as_person(sales_lead)
    faulty = client.post(f"/feeds/{feed.pk}/backfill/", {"first": "2025-01", "last": "March"})
    assert (faulty.status_code, "in its short form" in faulty.content.decode()) == (422, True)
    assert client.post(f"/feeds/{feed.pk}/backfill/", {"first": "2025-01", "last": "2025-03"}).status_code == 302
    assert "3 runs wait" in client.get(feed.get_absolute_url()).content.decode()


def test_the_log_of_runs_turns_its_pages(as_person, sales_lead, feed):
    client = as_person(sales_lead)
    client.post(f"/feeds/{feed.pk}/backfill/", {"first": "2023-01", "last": "2025-07"})
    log = client.get(feed.get_absolute_url()).context["runs"]
    rest = client.get(feed.get_absolute_url(), {"cursor": log.next_cursor}).context["runs"]
    assert (len(log.rows), [run.period.code for run in rest.rows]) == (30, ["2023-01"])


def test_a_retired_feed_offers_nothing_more_to_do(as_person, sales_lead, feed):
    client = as_person(sales_lead)
    assert client.post(f"/feeds/{feed.pk}/retirement/").status_code == 302
    page = client.get(feed.get_absolute_url()).content.decode()
    assert "Retired" in page
    assert "Run within a minute" not in page
    assert client.post(f"/feeds/{feed.pk}/retirement/").status_code == 409


def test_a_test_run_shows_the_rows_as_they_would_be_stored_and_stores_nothing(
    as_person, sales_lead, connect, site, described
):
    feed = connect()
    site.answers = [answer(row(), row("2025-09", 18.4))]
    given = described | {"name": "Another", "url": feed.url, "rows_path": "data.rows", "at_measure": "kpi"}
    tried = as_person(sales_lead).post("/feeds/new/", given | {"test": "1"})
    page = tried.content.decode()
    assert (tried.status_code, Feed.objects.count(), Observation.objects.count()) == (200, 1, 0)
    assert "18.4" in page
    assert "this looks like a percentage" in page
    assert "would store none of them" in page
    assert "s3cret" not in page
    assert not AuditEntry.objects.filter(code="submission.accepted").exists()


def test_a_test_run_of_a_correction_uses_the_secret_there_is_and_shows_what_it_would_restate(
    as_person, sales_lead, connect, site, described
):
    feed = connect()
    site.answers = [answer(row()), answer(row(rate=0.2)), answer(row())]
    pull.pull_due()
    given = described | {"token": "", "url": feed.url, "rows_path": "data.rows", "at_measure": "kpi"}
    page = as_person(sales_lead).post(f"/feeds/{feed.pk}/correction/", given | {"test": "1"}).content.decode()
    assert site.asked[1][1]["Authorization"] == "Bearer s3cret"
    assert "1 restated" in page
    assert "18.4" in page
    page = as_person(sales_lead).post(f"/feeds/{feed.pk}/correction/", given | {"test": "1"}).content.decode()
    assert "Rows that say what is on record already" in page
    assert ">0.184<" in page
    assert Observation.objects.count() == 1


def test_a_test_run_says_what_stands_in_the_way(as_person, sales_lead, site, described):
    site.answers = [(503, "")]
    page = as_person(sales_lead).post("/feeds/new/", described | {"url": site.url, "test": "1"}).content.decode()
    assert "It answered 503" in page


def test_what_may_not_be_called_is_refused_when_it_is_saved(as_person, sales_lead, described):
    answer = as_person(sales_lead).post("/feeds/new/", described | {"url": "https://169.254.169.254/latest"})
    assert (answer.status_code, Feed.objects.count()) == (422, 0)
    assert "is not a host that may be called" in answer.content.decode()


def test_a_secret_does_not_stand_in_an_open_header(as_person, sales_lead, described):
    answer = as_person(sales_lead).post("/feeds/new/", described | {"headers": "X-Api-Key: 12345"})
    assert (answer.status_code, "give its value as the secret" in answer.content.decode()) == (422, True)


def test_the_list_takes_as_many_queries_for_ten_feeds_as_for_one(
    as_person, outsider, feed, sales, sales_lead, django_assert_num_queries
):
    client = as_person(outsider)
    feed.run_soon(by=Actor(person=sales_lead))
    with CaptureQueriesContext(connection) as one:
        client.get("/feeds/")
    for number in range(9):
        Feed.connect(
            name=f"Feed {number}", source=feed.source, function=sales, url="https://crm.example.org/kpi",
            format="json", mapping=MAPPING, by=Actor(person=sales_lead),
        ).run_soon(by=Actor(person=sales_lead))  # fmt: skip
    with django_assert_num_queries(len(one)):
        client.get("/feeds/")


def test_a_paused_feed_is_resumed(as_person, sales_lead, feed):
    client = as_person(sales_lead)
    client.post(f"/feeds/{feed.pk}/pause/")
    assert client.post(f"/feeds/{feed.pk}/next-run/").status_code == 409
    client.post(f"/feeds/{feed.pk}/resumption/")
    feed.refresh_from_db()
    assert feed.status == Feed.Status.ACTIVE


def test_an_empty_page_says_what_belongs_there(as_person, outsider):
    page = as_person(outsider).get("/feeds/").content.decode()
    assert "No feed yet" in page
    assert "No source yet" in page


def test_a_source_has_delivered_in_a_file_with_others_too(as_person, outsider, clockwork):
    measure("sales.wins", unit="count")
    quiet = SourceFactory(code="survey")
    row = {"measure": "sales.wins", "period": "2026-08", "value": "5"}
    ingest(Rows.of([{**row, "source": SourceFactory(code=code).code} for code in ("crm", "desk")]),
           Delivery(channel="command"), by=clockwork)  # fmt: skip
    told = {source.code: source.delivered_at for source in listing.sources()}
    submission = Submission.objects.get()
    assert told == {"crm": submission.received_at, "desk": submission.received_at, "survey": None}
    assert f"{quiet}</th>" in as_person(outsider).get("/feeds/").content.decode()


def test_when_a_source_delivered_last_is_not_looked_for_in_the_whole_ledger(db):
    assert "hashed" not in listing.sources().explain()


def test_the_runs_of_a_feed_stand_in_the_order_of_their_index(db, as_person):
    """With as few rows as these the database would rather read them all."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    runs = FeedRun.objects.filter(feed=1)[:30].explain()
    parked = FeedRun.objects.parked().explain()
    assert "runs_of_a_feed" in runs
    assert "Sort" not in runs
    assert "runs_that_are_not_over" in parked
