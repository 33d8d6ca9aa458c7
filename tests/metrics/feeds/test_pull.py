from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from metrics.models import Feed, FeedRun, Observation, Reading
from metrics.models.feed_run import ATTEMPTS
from metrics.sources import pull
from metrics.sources.late import feeds_late
from tests.factories.metrics import dimension
from tests.metrics.feeds.conftest import answer, later, row
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry
from truthgov.periods import Grain, Period

TEN_O_CLOCK = datetime(2026, 3, 1, 10, tzinfo=UTC)
OCTOBER = Period.parse("2025-10", Grain.MONTH)


def test_a_feed_brings_its_figures_in_through_the_one_door(feed, site):
    site.answers = [answer(row(), row("2025-09", "0.1710"))]
    assert pull.pull_due() == 1
    run = FeedRun.objects.get()
    assert (run.status, run.message) == ("done", "2 new, 0 restated, 0 unchanged.")
    assert (run.offered, run.accepted, run.pages, run.bytes > 100, run.seconds >= 0) == (2, 2, 1, True, True)
    assert (run.submission.channel, run.submission.function) == ("pull", feed.function)
    assert sorted(Reading.objects.values_list("value", flat=True)) == [Decimal("0.171"), Decimal("0.184")]


def test_the_secret_is_sent_and_never_stored_in_the_clear(feed, site):
    pull.pull_due()
    assert site.asked[0][1]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in feed.sealed_token
    assert not AuditEntry.objects.filter(data__icontains="s3cret").exists()


def test_a_secret_goes_into_the_header_that_is_named_beside_open_ones(connect, site):
    connect(secret_header="X-Api-Key", headers={"Accept-Version": "2"})
    pull.pull_due()
    headers = site.asked[0][1]
    assert (headers["X-Api-Key"], headers["Accept-Version"]) == ("s3cret", "2")
    assert "Authorization" not in headers


def test_a_secret_does_not_follow_to_another_server(feed, site, sales_lead, settings):
    settings.EGRESS_HOSTS = ["127.0.0.1", "localhost"]
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    with pytest.raises(InvalidInput) as refused:
        feed.correct(url=elsewhere, by=Actor(person=sales_lead))
    assert "needed anew" in refused.value.errors["token"]
    feed.correct(url=elsewhere, token="another", by=Actor(person=sales_lead))
    feed.refresh_from_db()
    assert feed.url == elsewhere


def test_a_later_run_restates_and_leaves_alone_what_is_known(feed, site, sales_lead):
    site.answers = [answer(row(), row("2025-09", 0.17)), answer(row(), row("2025-09", 0.18))]
    pull.pull_due()
    feed.run_soon(by=Actor(person=sales_lead))
    pull.pull_due()
    assert FeedRun.objects.get(kind="asked").message == "0 new, 1 restated, 1 unchanged."
    assert "Corrected by" in Observation.objects.exclude(restates=None).get().reason


def test_a_feed_in_csv_is_read_by_its_columns(connect, site):
    dimension("channel", "web")
    mapping = {"measure": "=sales.conversion", "period": "Month", "value": "Rate", "segment": "Cut"}
    connect(format="csv", rows_path="", mapping=mapping)
    site.answers = [(200, 'Month,Rate,Cut\n2025-10,0.184,"{""channel"": ""web""}"\n')]
    pull.pull_due()
    assert Reading.objects.get().series.segment.values == {"channel": "web"}


def test_the_period_stands_in_the_address_and_in_the_mapping(connect, site):
    with clock.at(clock.now().replace(year=2026, month=3, day=7)):
        connect(url=f"{site.url}/kpi?of={{period}}&from={{period_start}}&to={{period_end}}",
                mapping={"measure": "kpi", "period": "={period}", "value": "rate"})  # fmt: skip
        site.answers = [answer(row())]
        pull.pull_due()
    assert site.asked[0][0] == "/kpi?of=2026-02&from=2026-02-01&to=2026-03-01"
    assert Reading.objects.get().period_start == date(2026, 2, 1)


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
    with later(4.5):
        assert pull.pull_due() == 1
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("done", 3)


@pytest.mark.parametrize(
    ("asked", "minutes", "told"),
    [
        ("300", 5, ", and asks for a pause of 5 minutes."),
        ("30", 1, ", and asks for a pause of 30 seconds."),  # no sooner than ever
        ("10000000", 24 * 60, ", and asks for a pause of 166667 minutes."),  # no later than in a day
        (lambda: format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True), 10, " minutes."),
        ("soon", 1, "Too Many Requests."),
    ],
)
def test_a_source_that_asks_for_a_pause_is_left_alone_for_as_long(feed, site, asked, minutes, told):
    site.answers = [(429, "", {"Retry-After": asked if isinstance(asked, str) else asked()})]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert run.message.endswith(told)
    assert (run.retry_at - run.ended_at) / timedelta(minutes=1) == pytest.approx(minutes, abs=0.2)


def test_a_run_that_keeps_failing_is_parked_until_somebody_tries_it_again(feed, site, sales_lead):
    site.answers = [(500, "")]
    start = clock.now()
    for attempt in range(ATTEMPTS):
        with clock.at(start + timedelta(minutes=3**attempt)):
            pull.pull_due()
    run = FeedRun.objects.get(status="parked")
    assert f"Tried {ATTEMPTS} times" in run.message
    assert Feed.objects.with_standing(on=clock.today()).get().standing == "parked"
    site.answers = [answer(row())]
    assert pull.pull_due() == 0
    run.retry(by=Actor(person=sales_lead))
    assert pull.pull_due() == 1
    assert Feed.objects.with_standing(on=clock.today()).get().standing == "active"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (answer(row(rate=18.4)), "Row 1: A fraction lies between 0 and 1"),
        (answer(row(kpi="sales.conversions")), "Row 1: "),
        ((200, '{"data": {}}'), "holds no list of rows"),
        ((200, '{"data": {"rows": [{"rate": NaN}]}}'), "NaN is not a figure"),
    ],
)
def test_what_is_refused_is_parked_with_its_reason(feed, site, body, sentence):
    site.answers = [body]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert run.status == "parked"
    assert sentence in run.message
    assert not Observation.objects.exists()


def test_a_lenient_feed_leaves_faulty_rows_out_and_names_them(connect, site):
    connect(lenient=True)
    site.answers = [answer(row(), row("2025-09", 18.4))]
    pull.pull_due()
    run = FeedRun.objects.get()
    assert (run.status, run.accepted, run.refused) == ("done", 1, 1)
    assert run.refusals[0]["row"] == 1


def test_half_an_answer_is_tried_again_and_nothing_of_it_is_stored(feed, site):
    site.answers, site.sent = [answer(row(), row("2025-09", 0.17))], 60
    pull.pull_due()
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("due", 0)
    site.sent = None
    with later(2):
        pull.pull_due()
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 2)


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize(("format", "body"), [("json", '{"data": {"rows": [{"kp'), ("csv", "month,rate\n2025-10")])
def test_an_answer_that_may_be_half_is_not_believed(connect, site, format, body, says_length):
    connect(format=format, mapping={"measure": "=sales.conversion", "period": "month", "value": "rate"})
    site.answers, site.says_length = [(200, body)], says_length
    pull.pull_due()
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("due", 0)


def test_a_sheet_of_unknown_length_is_not_believed_though_its_rows_are_whole(connect, site):
    connect(format="csv", mapping={"measure": "=sales.conversion", "period": "month", "value": "rate"})
    site.answers, site.says_length = [(200, "month,rate\n2025-10,0.1")], False
    pull.pull_due()
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("due", 0)


def test_the_same_figures_sent_twice_are_stored_once(feed, site):
    site.answers = [answer(row(), row())]
    pull.pull_due()
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 1)


def test_a_paused_feed_rests_and_asks_for_what_it_missed_when_resumed(connect, site, sales_lead):
    by = Actor(person=sales_lead)
    with clock.at(TEN_O_CLOCK):
        site.answers = [answer(row("2026-02"))]
        feed = connect(grain="day", days_after=0)
        pull.pull_due()
        feed.pause(by=by)
    with clock.at(TEN_O_CLOCK + timedelta(days=3)):
        assert pull.pull_due() == 0
        feed.resume(by=by)
        assert pull.pull_due() == 3
    asked = FeedRun.objects.order_by("period_start").values_list("period_start", flat=True)
    assert [day.isoformat() for day in asked] == ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"]


def test_a_retired_feed_runs_no_more(feed, site, sales_lead):
    pull.schedule(clock.now())
    feed.retire(by=Actor(person=sales_lead))
    assert pull.pull_due() == 0
    assert FeedRun.objects.get().status == "withdrawn"
    with pytest.raises(Refusal, match="retired"):
        feed.run_soon(by=Actor(person=sales_lead))


def test_a_period_that_is_not_there_yet_is_asked_for_again_every_day(connect, site):
    with clock.at(TEN_O_CLOCK):
        connect(days_after=0)
        site.answers = [answer(), answer(row("2026-02"))]
        pull.pull_due()
        run = FeedRun.objects.get()
        assert (run.status, run.message) == ("due", "No figures are offered yet.")
    with clock.at(TEN_O_CLOCK + timedelta(hours=20)):
        assert pull.pull_due() == 1
    run.refresh_from_db()
    assert (run.status, run.accepted) == ("done", 1)


def test_a_feed_is_late_from_the_day_after_its_slot_until_its_figures_come(connect, site, sales_lead, outsider):
    site.answers = [answer()]
    with clock.at(TEN_O_CLOCK):
        connect(days_after=0)
        pull.pull_due()
    tomorrow = TEN_O_CLOCK.date() + timedelta(days=1)
    assert feeds_late(TEN_O_CLOCK.date()) == []
    (late,) = feeds_late(tomorrow)
    assert (late.period.code, late.owner, late.missing) == ("2026-02", sales_lead, 1)
    assert feeds_late(tomorrow, owner=outsider) == []
    site.answers = [answer(row("2026-02"))]
    with clock.at(TEN_O_CLOCK + timedelta(days=1)):
        pull.pull_due()
    assert feeds_late(tomorrow) == []


def test_a_parked_run_that_is_withdrawn_is_late_no_longer(connect, site, sales_lead):
    with clock.at(TEN_O_CLOCK):
        connect(days_after=0)
        site.answers = [(200, "{}")]
        pull.pull_due()
    tomorrow = TEN_O_CLOCK.date() + timedelta(days=1)
    assert len(feeds_late(tomorrow)) == 1
    FeedRun.objects.get().withdraw(by=Actor(person=sales_lead))
    assert feeds_late(tomorrow) == []


def test_a_back_fill_is_a_run_a_period_and_goes_on_where_it_stood(feed, site, sales_lead):
    by = Actor(person=sales_lead)
    site.answers = [answer(row())]
    pull.pull_due()
    feed.backfill(OCTOBER.shift(-11), OCTOBER, by=by)
    feed.backfill(OCTOBER.shift(-1), OCTOBER, by=by)
    assert FeedRun.objects.filter(kind="asked").count() == 12
    site.answers = [answer(row()), (503, ""), answer(row())]
    assert pull.pull_due() == 12
    assert FeedRun.objects.filter(kind="asked", status="done").count() == 11
    with later(2):
        assert pull.pull_due() == 1
    assert not FeedRun.objects.filter(status="due").exists()


@pytest.mark.parametrize("count", [0, -1, 367])
def test_a_back_fill_has_its_limits(feed, sales_lead, count):
    with pytest.raises(Refusal, match="at most 366"):
        feed.backfill(OCTOBER.shift(1 - count), OCTOBER, by=Actor(person=sales_lead))
