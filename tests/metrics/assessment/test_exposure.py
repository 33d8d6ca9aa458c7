"""Whom a finding touches, and how long it has stood: from the figures that it is about, and from no others."""

from collections.abc import Sequence

import numpy as np
import pytest

from metrics.assessment import assess
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Contradiction, Measure, Signal
from tests.factories.metrics import LinkFactory, SourceFactory, SourceOfRecordFactory, dimension, measure
from tests.metrics.assessment.conftest import CLOCKWORK, GOOD, Push, quiet
from tests.metrics.detection.test_links import course
from tests.metrics.detection.test_links import served as following
from tests.metrics.detection.test_overcommitment import around
from truthgov.models import Function
from truthgov.periods import Grain, Period

FIRST = "2023-01"
MONTHS = 44
"""From January 2023 to August 2026."""
WEB, PHONE, SHOP = ('{"channel":"web"}', '{"channel":"phone"}', '{"channel":"shop"}')


def weight(kind: str, segment: str = "{}") -> dict[str, float]:
    """What the latest finding of a kind in a segment weighs."""
    found = Signal.objects.filter(contradiction__kind=kind, segment__key=segment)
    return found.latest("period_start").evidence["weight"]


def count(of: Measure, values: Sequence[float], segment: str = "") -> None:
    """Numbers of things, month by month from January 2023 on, without a denominator."""
    start = Period.parse(FIRST, Grain.MONTH)
    rows = [
        {"measure": of.code, "period": start.shift(number).code, "segment": segment, "value": f"{value:.0f}"}
        for number, value in enumerate(values)
    ]
    ingest(Rows.of(rows), Delivery(channel="api", source="crm"), by=CLOCKWORK)


def runs(kind: str) -> list[int]:
    signals = Signal.objects.filter(contradiction__kind=kind, withdrawal=None).order_by("period_start")
    return [signal.evidence["weight"]["periods_in_a_row"] for signal in signals]


def test_what_is_gamed_in_the_whole_touches_all_whom_the_kpi_counts(claimed: Measure, push: Push) -> None:
    guard = measure("journey.cancelled", outcome=True, target="0.5", direction="lower", min_effect="0.02")
    LinkFactory(from_measure=claimed, to_measure=guard, kind="gaming")
    journey = guard.journey
    assert journey
    journey.customers_per_month = 10_000
    journey.save()
    push(claimed, [*quiet(0.25, MONTHS - 4), *quiet(0.30, 4)], first=FIRST, size=1000)
    push(guard, [*quiet(0.30, MONTHS - 4), *quiet(0.70, 4)], first=FIRST, size=50_000)
    assess()
    assert (weight("gaming")["customers"], weight("gaming")["share"]) == (1000, 1.0)
    assert Contradiction.objects.get(kind="gaming").exposure_customers == 10_000


def test_a_break_in_the_whole_touches_all_whom_the_measure_counts(served: Measure, push: Push) -> None:
    companion = measure("journey.calls", outcome=True, target="0.2")
    LinkFactory(from_measure=served, to_measure=companion, kind="companion")
    push(served, [*quiet(0.60, MONTHS - 10), *quiet(GOOD, 10)], first=FIRST, size=500)
    push(companion, quiet(0.25, MONTHS), first=FIRST, size=100_000)
    assess()
    assert (weight("definition_break")["customers"], weight("definition_break")["share"]) == (500, 1.0)


def test_two_sources_that_disagree_touch_all_whom_the_source_of_record_counts(served: Measure, push: Push) -> None:
    SourceOfRecordFactory(measure=served, source=SourceFactory(code="crm"))
    push(served, quiet(GOOD, MONTHS), first=FIRST, size=500)
    push(served, quiet(GOOD / 2, MONTHS), first=FIRST, source="survey", size=2000)
    assess()
    assert (weight("source_disagreement")["customers"], weight("source_disagreement")["share"]) == (500, 1.0)


@pytest.fixture
def in_channels(sales: Function, push: Push) -> tuple[Measure, Measure]:
    """What is promised, lately more and more on the web, and what is delivered a month later."""
    dimension("channel", "web", "phone")
    promised = measure("sales.promised", unit="count", decimals=0)
    delivered = measure("journey.delivered", outcome=True, unit="count", decimals=0)
    web = [*[200.0] * (MONTHS - 4), 400.0, 440.0, 480.0, 520.0]
    count(promised, web, WEB)
    count(promised, [each + 400 for each in web])
    count(delivered, around(190, MONTHS), WEB)
    count(delivered, around(1900, MONTHS))
    return promised, delivered


@pytest.mark.parametrize(
    ("kind", "stated"), [("overcommitment", {}), ("handoff", {"pass_through": "0.9", "tolerance": "0.05"})]
)
def test_a_promise_that_is_not_kept_touches_those_to_whom_it_was_made(
    in_channels: tuple[Measure, Measure], kind: str, stated: dict[str, str]
) -> None:
    promised, delivered = in_channels
    LinkFactory(from_measure=promised, to_measure=delivered, kind=kind, lag_periods=1, **stated)
    assess()
    told = weight(kind, WEB)
    assert (told["customers"], told["share"]) == (480, 480 / 880)


def test_a_link_is_broken_for_as_many_periods_in_a_row_as_it_was_found_so(
    claimed: Measure, served: Measure, push: Push
) -> None:
    LinkFactory(from_measure=claimed, to_measure=served)
    leader = course(1, MONTHS)
    push(claimed, list(0.25 + 0.02 * leader), first=FIRST)
    push(served, list(0.93 + 0.01 * np.clip(following(leader, until=22), -3, 3)), first=FIRST, size=3000)
    assess()
    assert runs("broken_link") == [1, 2, 1]
    assert (weight("broken_link")["customers"], weight("broken_link")["share"]) == (3000, 1.0)


def test_a_segment_differs_for_as_many_periods_in_a_row_as_it_was_found_so(served: Measure, push: Push) -> None:
    dimension("channel", "web", "phone", "shop")
    shop = [*quiet(GOOD, MONTHS - 14), *quiet(0.80, 14)]
    push(served, [(2 * GOOD + ours) / 3 for ours in shop], first=FIRST, size=6000)
    for channel, levels in ((WEB, quiet(GOOD, MONTHS)), (PHONE, quiet(GOOD, MONTHS)), (SHOP, shop)):
        push(served, levels, first=FIRST, segment=channel)
    assess()
    assert runs("inconsistency") == [1, 2, 3, 4]
    assert weight("inconsistency", SHOP)["share"] == pytest.approx(1 / 3)
