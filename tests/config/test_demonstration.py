"""The demonstration organisation: whole or not at all, with a password that works, and a feed that works.

The feed is fetched over HTTP, of a file that the installation serves to itself.
"""

import json
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.demo import ground, ledger, loading, moved, steering, story
from config.demo.cast import Cast
from metrics.models import Feed, FeedRun, Reading
from tests.config.processes import free_port
from truthgov import audit, clock
from truthgov.models import Person, Scope

PASSWORD = "correct horse battery"


@pytest.fixture
def cast(db: None) -> Cast:
    starts_on = date(2024, 1, 1)
    founded = Cast(PASSWORD, starts_on)
    with clock.at(timezone.make_aware(datetime.combine(starts_on, time(7)))):
        founded.found()
        ground.lay(founded, starts_on=starts_on)
        steering.charter(founded, starts_on=starts_on)
    return founded


def test_it_has_a_run_for_every_month_and_follows_the_port(cast, settings, tmp_path: Path):
    settings.DEMONSTRATION_SITE, settings.DEMONSTRATION_FILES = f"http://127.0.0.1:{free_port()}", tmp_path
    settings.EGRESS_HOSTS, settings.EGRESS_SCHEMES = ["127.0.0.1"], ["http"]
    settings.EGRESS_PORTS, settings.EGRESS_PRIVATE_NETWORKS = list(range(1, 65_536)), ["127.0.0.1/32"]
    today = clock.today().replace(day=1) - timedelta(days=15)  # the first days of a month are not those of its feed
    last = moved.last_complete_month(today)
    with clock.at(clock.midnight(today)):
        ledger.connect(moved.figures(today), last, cast)
        ledger.pull()
    told = FeedRun.objects.filter(kind="asked").values_list("status", "message")
    assert list(set(told)) == [("done", "3 new, 0 restated, 0 unchanged.")]
    assert Reading.objects.filter(series__source__name=ledger.SOURCE).count() >= 3 * ledger.HISTORY
    settings.DEMONSTRATION_SITE = "http://127.0.0.1:8001"
    ledger.move()
    assert Feed.objects.get().url == "http://127.0.0.1:8001/static/demonstration/finance-ledger.json"


def test_what_is_found_late_leaves_each_whole_the_sum_of_its_parts(db):
    month = moved.last_complete_month(clock.today()).shift(-1)
    told = {"measure_code": story.CANCELLED, "source": story.RECORD, "period_start": month.start.isoformat()}
    rows = [figure.row for figure in moved.figures(clock.today()) if told.items() <= figure.row.items()]
    late = [figure.row for figure in loading.found_late(month)]
    counts = {row["segment_json"]: float(row["numerator"]) for row in [*rows, *late]}
    parts = [(json.loads(segment), count) for segment, count in counts.items()]
    for whole, count in parts:
        for name in {"hotel", "market_segment", "distribution_channel"} - whole.keys():
            within = [
                each for part, each in parts if part.keys() == whole.keys() | {name} and whole.items() <= part.items()
            ]
            assert not within or sum(within) == count, (whole, name)


def test_a_start_that_is_interrupted_leaves_no_half_of_it(db):
    def interrupted(line: str) -> None:
        if "figures" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load(PASSWORD, tell=interrupted)
    assert not Scope.objects.exists()
    assert not Person.objects.exists()
    assert audit.known_now() == 0


def named_sign_ins() -> str:
    said = StringIO()
    call_command("load_demonstration", stdout=said)
    return said.getvalue()


def test_a_password_is_named_where_it_opens_an_account_and_nowhere_else(cast, settings):
    settings.DEMONSTRATION_PASSWORD = PASSWORD
    assert f"sign in with the password {PASSWORD}\n" in named_sign_ins()
    settings.DEMONSTRATION_PASSWORD = "of another data home"
    said = named_sign_ins()
    assert settings.DEMONSTRATION_PASSWORD not in said
    assert "The password of this data home opens none of the demonstration's accounts." in said
    assert "teresa@atlantic-hotels.example" in said
