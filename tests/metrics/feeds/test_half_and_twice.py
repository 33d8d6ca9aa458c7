"""A source that sends half, or the same twice: the product's own worker and two beats bring every figure once."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from django.conf import settings as product_settings
from pytest_django import DjangoDbBlocker

from config.servers import process, product
from config.servers.account import ourselves
from metrics.models import FeedRun, Observation, Reading, Submission
from metrics.models.feed_run import FIRST_PAUSE
from tests import tcp
from tests.config.processes import ROOT, until
from tests.databases import cloned, environment_at, pointed_at, restored
from tests.http_server import Site, serving
from tests.metrics.feeds.conftest import answer, row
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import AuditEntry

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("feeds"),  # one worker, one set of processes
    pytest.mark.usefixtures("own_database"),
]
BEATS = [part.replace("config.beat", "tests.processes.hasty_beat") for part in product.beat()]
SECONDS = 3
"""How long a source may take."""

FIRST, SECOND = row("2025-09", 0.171), row("2025-10", 0.1840)
WHOLE = answer(FIRST, SECOND)
SHEET = 200, "month,rate\n2025-09,0.171\n2025-10,0.184\n"
TABLE = """
    SELECT month, rate, CASE WHEN month > '2025-09-01' THEN pg_advisory_xact_lock_shared(1) END AS waited FROM rates
    WHERE month < '2025-11-01'
"""
FIGURES = [(date(2025, 9, 1), Decimal("0.171")), (date(2025, 10, 1), Decimal("0.184"))]
COLUMNS = {"measure": "=sales.conversion", "period": "month", "value": "rate"}
CSV = {"format": "csv", "rows_path": "", "mapping": COLUMNS}
JSON: dict[str, Any] = {}
SQL = {"format": "sql", "query": TABLE, "rows_path": "", "mapping": COLUMNS, "token": ""}


@pytest.fixture(scope="module")
def source() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def at_work(
    template_database: str, source: Site, line: tcp.Line, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The database of a worker and two beats that may call both sources; starting them takes longer than a test."""
    logs = tmp_path_factory.mktemp("feeds")
    with cloned(template_database) as name, ExitStack() as running:
        environment = environment_at(name) | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "EGRESS_SCHEMES": "http", "EGRESS_HOSTS": "127.0.0.1",
            "EGRESS_PORTS": f"{source.port},{line.port}", "EGRESS_PRIVATE_NETWORKS": "127.0.0.1/32",
            "EGRESS_SECONDS": str(SECONDS), "SECRET_KEY": product_settings.SECRET_KEY,
        }  # fmt: skip
        for each, command in {"worker": product.worker(), "beat": BEATS, "other beat": BEATS}.items():
            log = logs / f"{each}.log"
            child = process.spawn(each, command, ourselves(), environment=environment, directory=ROOT, log=log)
            running.callback(child.stop)
        yield name


@pytest.fixture
def own_database(
    at_work: str, template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Mapping[str, str]]:
    """The database of the processes, without what another test left in it."""
    restored(at_work, template_database)
    with pointed_at(at_work, django_db_blocker), django_db_blocker.unblock():
        yield environment_at(at_work)


@pytest.fixture
def site(source: Site, line: tcp.Line, settings: Any) -> Site:
    settings.EGRESS_SCHEMES, settings.EGRESS_HOSTS = ["http"], ["127.0.0.1"]
    settings.EGRESS_PORTS, settings.EGRESS_PRIVATE_NETWORKS = [source.port, line.port], ["127.0.0.1/32"]
    vars(source).update(vars(Site(source.url, source.port)))
    return source


def first_attempt(*, said: str) -> FeedRun:
    """The only run, once it was tried: it says what came, waits its minute, and of what came nothing is known."""
    until(lambda: FeedRun.objects.filter(retry_at__isnull=False).exists())
    run = FeedRun.objects.get()
    assert said in run.message
    assert (run.status, run.attempts, run.leased_until, run.accepted, run.submission) == ("due", 1, None, 0, None)
    assert run.retry_at - run.started_at >= FIRST_PAUSE
    assert not any(kept.objects.exists() for kept in (Observation, Reading, Submission))
    assert not AuditEntry.objects.filter(code="feed.pulled").exists()
    return run


def next_attempt(run: FeedRun) -> None:
    """Its pause is over: it brings every figure, once."""
    FeedRun.objects.filter(pk=run.pk).update(retry_at=clock.now())
    over()
    run.refresh_from_db()
    assert (run.attempts, run.accepted, figures()) == (2, 2, FIGURES)
    assert AuditEntry.objects.filter(code="feed.pulled").count() == 1


def over(runs: int = 1) -> None:
    """So many runs are done, and none waits."""
    until(lambda: FeedRun.objects.exclude(status="due").count() >= runs)
    assert [run.status for run in FeedRun.objects.all()] == ["done"] * runs


def figures() -> list[tuple[date, Decimal]]:
    """What the ledger holds, line by line."""
    return list(Observation.objects.order_by("period_start", "pk").values_list("period_start", "value"))


@pytest.mark.parametrize(
    ("fields", "half", "sent", "whole", "said"),
    [
        pytest.param(JSON, WHOLE, {"sent": 60}, WHOLE, "peer closed connection", id="a body cut off"),
        pytest.param(CSV, SHEET, {"sent": 25}, SHEET, "peer closed connection", id="a sheet cut off behind a row"),
        pytest.param(JSON, WHOLE, {"in_chunks": True, "sent": -5}, WHOLE, "peer closed", id="chunks without an end"),
        pytest.param(CSV, SHEET, {"in_chunks": True, "sent": 29}, SHEET, "peer closed", id="half a chunk"),
        pytest.param(CSV, SHEET, {"says_length": False, "sent": 25}, SHEET, "how long", id="a length not told"),
        pytest.param(JSON, (200, WHOLE[1][:60]), {}, WHOLE, "is not JSON", id="half of the text"),
        pytest.param(JSON, (200, '{"kpi": 1}\n{"kpi": 2}\n{"k'), {}, WHOLE, "is not JSON", id="half of the lines"),
        pytest.param(CSV, (200, SHEET[1][:32]), {}, SHEET, "in the middle of a row", id="half of a row"),
    ],
)
def test_half_an_answer_is_tried_again_until_the_whole_comes(connect, site, fields, half, sent, whole, said):
    site.answers = [half]
    vars(site).update(sent)
    connect(**fields)
    run = first_attempt(said=said)
    site.answers, site.sent, site.says_length = [whole], None, True
    next_attempt(run)
    assert len(site.asked) == 2


PAGES = {"pages": "link"}
FOLLOWED = answer(FIRST, Link='</kpi?page=2>; rel="next"')


@pytest.mark.parametrize(
    ("missing", "said"),
    [((404, ""), "answered 404"), ((200, WHOLE[1][:40]), "is not JSON"), ((200, ""), "is not JSON")],
    ids=["not there", "half of it", "nothing of it"],
)
def test_pages_of_which_one_is_missing_are_asked_for_again_from_the_first(connect, site, missing, said):
    site.answers = [FOLLOWED, missing]
    connect(**PAGES)
    run = first_attempt(said=said)
    site.answers = [FOLLOWED, answer(SECOND)]
    next_attempt(run)
    assert [path for path, _ in site.asked] == ["/kpi", "/kpi?page=2"] * 2


@pytest.fixture
def warehouse_hangs(line: tcp.Line) -> Iterator[Any]:
    """A session of the source's own, for which everybody who reads its second row waits."""
    with closing(psycopg2.connect(line.address)) as session, session.cursor() as cursor:
        session.autocommit = True
        cursor.execute("SELECT pg_advisory_lock(1)")
        yield cursor


END = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'truthgov' AND datname = current_database() AND wait_event = 'advisory'
"""


@pytest.mark.parametrize(
    ("is_ended", "said"), [(True, "closed the connection"), (False, "statement timeout")], ids=["ended", "too slow"]
)
def test_a_database_that_breaks_off_within_its_rows_is_asked_again(connect, line, warehouse_hangs, is_ended, said):
    def ended() -> bool:
        warehouse_hangs.execute(END)
        return warehouse_hangs.rowcount > 0

    connect(**SQL, url=line.address)
    if is_ended:
        until(ended)
    run = first_attempt(said=said)
    warehouse_hangs.execute("SELECT pg_advisory_unlock(1)")
    next_attempt(run)


@pytest.mark.parametrize(
    ("fields", "twice"),
    [
        (JSON, answer(FIRST, SECOND, FIRST, SECOND)),
        (CSV, (200, SHEET[1] + SHEET[1].partition("\n")[2])),
        (SQL | {"query": f"{TABLE} UNION ALL {TABLE}"}, None),
    ],
    ids=["json", "csv", "sql"],
)
def test_the_same_rows_twice_in_an_answer_and_the_same_answer_twice_are_stored_once(
    connect, site, line, sales_lead, fields, twice
):
    site.answers = [twice]
    feed = connect(**fields, url=f"{site.url}/kpi" if twice else line.address)
    over()
    assert figures() == FIGURES
    feed.run_soon(by=Actor(person=sales_lead))
    over(2)
    assert FeedRun.objects.get(kind="asked").message.startswith("0 new, 0 restated")
    assert (figures(), Submission.objects.count()) == (FIGURES, 1)


def test_a_page_that_comes_twice_is_stored_once(connect, site):
    site.answers = [FOLLOWED, answer(FIRST, Link='</kpi?page=3>; rel="next"'), answer(SECOND)]
    connect(**PAGES)
    over()
    run = FeedRun.objects.get()
    assert (run.pages, run.offered, run.accepted, figures()) == (3, 3, 2, FIGURES)
