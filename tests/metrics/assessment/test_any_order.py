"""The same figures are judged alike in whatever order they come in, and however many at once."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from metrics.assessment import assess
from metrics.assessment.missing import have_stops_judged
from metrics.detection.batch import Verdict
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Contradiction, Judgement, Measure, Segment
from tests.factories.metrics import LinkFactory, SourceFactory, dimension, measure
from tests.metrics.assessment.conftest import CLOCKWORK, GOOD, SIZE, WOBBLE, quiet
from truthgov import clock
from truthgov.models import Function
from truthgov.periods import Grain, Period

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MONTHS = 30
FIRST = Period.parse("2024-01", Grain.MONTH)
WEB, PHONE = '{"channel":"web"}', '{"channel":"phone"}'
Cells = dict[tuple[str, ...], tuple[Verdict, float | None]]


@pytest.fixture
def web_and_phone(sales: Function) -> None:
    dimension("channel", "web", "phone")
    SourceFactory(code="crm")


@pytest.fixture
def outcome(web_and_phone: None) -> Measure:
    return measure("out", outcome=True, target="0.90", min_effect="0.03", reliable_from=50)


def rows(
    of: Measure, values: list[float | None], *, begin: Period = FIRST, segment: str = "", size: int = SIZE
) -> list:
    return [
        {"measure": of.code, "period": begin.shift(number).code, "segment": segment, "value": f"{value:.6f}",
         "numerator": f"{value * size:.3f}", "denominator": size}
        for number, value in enumerate(values) if value is not None
    ]  # fmt: skip


def came(*deliveries: list[dict[str, Any]], kind: str) -> tuple[Cells, set[str]]:
    """What is said of a kind, and which cases there are, once some deliveries came in one after the other."""
    return told(kind, lambda: [_assessed(each) for each in deliveries])


def told(kind: str, happen: Callable[[], object]) -> tuple[Cells, set[str]]:
    with transaction.atomic(), clock.at(NOW):
        happen()
        segments = dict(Segment.objects.values_list("pk", "key"))
        cells = {
            (*map(str, judged.rule.parties), segments[segment], str(judged.period_start)): (
                Verdict(verdict), None if np.isnan(p) else round(p, 12))
            for judged in Judgement.objects.filter(kind=kind).select_related("rule__measure", "rule__other_measure")
            for segment, verdict, p in judged.cells[["segment", "verdict", "p"]].tolist()
        }  # fmt: skip
        cases = set(Contradiction.objects.filter(kind=kind).values_list("status", flat=True))
        transaction.set_rollback(True)
    return cells, cases


def _assessed(delivery: list[dict[str, Any]]) -> None:
    ingest(Rows.of(delivery), Delivery(channel="api", source="crm", reason="counted anew"), by=CLOCKWORK)
    assess()


@pytest.mark.django_db
def test_a_kpi_that_turns_bad_in_the_judged_period_is_heeded_though_it_comes_late(outcome: Measure) -> None:
    kpi = measure("kpi", target="0.20", min_effect="0.02", reliable_from=50)
    LinkFactory(from_measure=kpi, to_measure=outcome, lag_periods=1)
    before = rows(kpi, quiet(0.25, MONTHS)) + rows(outcome, quiet(GOOD, MONTHS))
    last = FIRST.shift(MONTHS)
    given_way, bad, good = (
        rows(outcome, [0.7], begin=last),
        rows(kpi, [0.05], begin=last),
        rows(kpi, [0.25], begin=last),
    )
    at_once = came(before + given_way + bad, kind="divergence")
    assert (Verdict.CONCORDANT in {verdict for verdict, _ in at_once[0].values()}, at_once[1]) == (True, set())
    assert came(before + given_way, bad, kind="divergence")[0] == at_once[0]
    assert came(before + given_way + good, bad, kind="divergence")[0] == at_once[0]


@pytest.mark.django_db
def test_what_is_promised_late_is_held_against_what_can_be_kept_then(outcome: Measure) -> None:
    promised, kept = (measure(code, unit="count", decimals=0) for code in ("promised", "kept"))
    LinkFactory(kind="overcommitment", from_measure=promised, to_measure=kept, lag_periods=2)
    level = [1000 * (1 + each) for each in quiet(0, MONTHS)]
    last, too_much = FIRST.shift(MONTHS - 1), [4000.0]
    before = [{**row, "denominator": "", "numerator": ""} for row in rows(kept, level) + rows(promised, level[:-1])]
    late = [{**row, "denominator": "", "numerator": ""} for row in rows(promised, too_much, begin=last)]
    at_once = came(before + late, kind="overcommitment")
    assert at_once[1] == {"open"}
    assert came(before, late, kind="overcommitment") == at_once


@pytest.mark.django_db
def test_a_gap_is_told_when_figures_go_on(outcome: Measure) -> None:
    whole: list[float | None] = [*quiet(GOOD, MONTHS)]
    part: list[float | None] = [*quiet(GOOD, MONTHS)]
    whole[20:23], part[24:26] = [None] * 3, [None] * 2
    beside = [GOOD + WOBBLE[(number + 3) % len(WOBBLE)] for number in range(MONTHS)]

    def in_month(number: int) -> list[dict[str, Any]]:
        begin, half = FIRST.shift(number), SIZE // 2
        parts = rows(outcome, [beside[number]], begin=begin, segment=PHONE, size=half)
        parts += rows(outcome, [part[number]], begin=begin, segment=WEB, size=half)
        return rows(outcome, [whole[number]], begin=begin) + parts

    def month_by_month() -> None:
        for number in range(MONTHS):
            for days in (3, 20, 40):
                with clock.at(datetime.combine(FIRST.shift(number).end + timedelta(days), time(9), UTC)):
                    if days == 3:
                        _assessed(in_month(number))
                    have_stops_judged()
                    assess()

    at_once, _ = came(list(chain.from_iterable(map(in_month, range(MONTHS)))), kind="integrity")
    as_it_came, _ = told("integrity", month_by_month)
    assert sum(verdict == Verdict.FLAG for verdict, _ in at_once.values()) == 4
    assert as_it_came == at_once
