"""What a source answers that nobody would expect: refused by its row's sentence, and no beat ends of it."""

import tracemalloc

import pytest
from django.db import DataError, transaction

from metrics.ingestion import staging
from metrics.models import Feed, FeedRun, Reading
from metrics.models.feed_run import ATTEMPTS
from metrics.sources import pull
from tests.metrics.feeds.conftest import MAPPING, answer, later, row
from truthgov.actor import Actor


@pytest.mark.parametrize("odd", [
    {"rate": "\ud800"}, {"kpi": "\ud800"}, {"month": "\ud800"}, {"month": "9999-12-31"}, {"cut": {"channel": "\ud800"}},
    {"cut": "\ud800"}, {"rate": "x\x00"}, {"kpi": "x\x00"},
])  # fmt: skip
def test_an_odd_row_is_refused_by_its_own_sentence(connect, site, odd):
    connect(lenient=True)
    site.answers = [answer(row("2025-09"), row() | odd)]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.accepted, run.refused, run.refusals[0]["row"]) == ("done", 1, 1, 1), run.message


@pytest.mark.parametrize("twice", ['"rate": 0.2', '"cut": {"channel": "web", "channel": "phone"}', r'"r\u0061te": 1'])
def test_an_answer_that_says_a_name_twice_is_not_read_as_the_last_of_them(connect, site, twice):
    connect(lenient=True)
    site.answers = [(200, answer(row("2025-09"), row())[1].replace('"rate"', f'{twice}, "rate"'))]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, "stands twice in one object" in run.message) == ("parked", True), run.message
    assert not Reading.objects.exists()


def test_a_name_that_nobody_reads_may_be_said_twice(feed, site):
    site.answers = [(200, answer(row())[1].replace('"rate"', '"seen": 1, "seen": 2, "rate"'))]
    pull.pull_due()
    assert FeedRun.objects.get().status == "done"


@pytest.mark.parametrize("digits", ["1e300000000", "-1e-300000000", "0e300000000", "9" * 5_000, "1e61",
                                    "1e9999999999999999999"])  # fmt: skip
def test_a_figure_of_too_many_digits_is_refused_without_being_written_out(feed, site, digits):
    site.answers = [(200, answer(row(rate="?"))[1].replace('"?"', digits))]
    tracemalloc.start()
    try:
        pull.pull_due()
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    run = FeedRun.objects.get()
    assert (run.status, run.refusals[0]["code"]) == ("parked", "not_a_number")


@pytest.mark.parametrize("field", ["segment", "numerator", "denominator"])
def test_a_name_that_a_source_has_changed_does_not_make_another_figure_of_its_rows(connect, site, field):
    mapping = MAPPING | {"segment": "cut", "numerator": "won", "denominator": "of"}
    parts = {"won": 184, "of": 1000}
    connect(mapping=mapping | {field: "former"})
    site.answers = [answer(row(**parts), row("2025-09", **parts))]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.message) == (
        "parked", f"No row has former, which its {field} is read from; correct the mapping.",
    )  # fmt: skip
    assert not Reading.objects.exists()


def test_a_name_that_some_rows_leave_out_is_known(connect, site):
    connect(mapping=MAPPING | {"numerator": "won", "denominator": "of", "reason": "because"})
    site.answers = [answer(row(won=184, of=1000), row("2025-09"))]
    pull.pull_due()
    assert FeedRun.objects.get().accepted == 2


def test_a_complaint_quotes_what_came_as_far_as_it_can_be_kept(connect, site):
    connect(mapping={"measure": "kpi", "period": "month", "value": "abs(rate)"})
    site.answers = [answer(row(rate="x\x00\ud800" + "y" * 10_000))]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, "Row 1 cannot be read" in run.message, len(run.message) < 400) == ("parked", True, True)


def test_an_error_that_nobody_foresaw_ends_the_run_of_its_feed_and_no_others(connect, site, sales_lead):
    first = connect()
    same = {name: getattr(first, name) for name in ("source", "function", "url", "format", "rows_path", "mapping")}
    Feed.connect(**same, name="Another", by=Actor(person=sales_lead))
    Feed.objects.filter(name="CRM nightly").update(headers=["no mapping of names"])
    site.answers = [answer(row())]
    assert pull.pull_due() == 2
    failed, done = FeedRun.objects.order_by("feed__name").reverse()
    assert (failed.status, failed.leased_until, done.status) == ("due", None, "done")
    assert "could not be taken in" in failed.message
    for attempt in range(1, ATTEMPTS):
        with later(3**attempt):
            pull.pull_due()
    failed.refresh_from_db()
    assert (failed.status, failed.leased_until) == ("parked", None)
    assert f"Tried {ATTEMPTS} times" in failed.message


def test_what_copying_rows_in_raises_is_foreseen_like_any_error_of_the_database(db):
    with pytest.raises(DataError), transaction.atomic():
        staging.fill(["no row\n"])
