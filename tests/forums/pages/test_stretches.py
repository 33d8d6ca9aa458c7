"""Limits hold from where they were set, by a first figure, a change of counting or an act, until they are set anew."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from forums.measures.process_page import ProcessPage, process_page
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Measure, Segment
from metrics.rules.rebasing import approve_rebasing, propose_rebasing
from tests.factories.metrics import SourceFactory, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.periods import Grain, Period

WOBBLE = (0.004, -0.003, 0.001, -0.005, 0.003, 0.000, 0.002, -0.002, 0.005, -0.004, 0.001)
FIRST = Period.parse("2019-01", Grain.MONTH)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def about(level: float, count: int) -> list[float]:
    """Figures that wobble about a level by chance alone."""
    return [level + WOBBLE[number % len(WOBBLE)] for number in range(count)]


def report(of: Measure, values: Sequence[float], *, first: Period = FIRST, segment: str = "") -> None:
    SourceFactory(code="crm")
    rows = [
        {"measure": of.code, "period": first.shift(number).code, "segment": segment, "value": f"{value:.6f}",
         "numerator": f"{value * 2000:.3f}", "denominator": 2000}
        for number, value in enumerate(values)
    ]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api", source="crm"), by=Actor(clockwork="test"))


def page_of(of: Measure) -> ProcessPage:
    return process_page(of, Segment.objects.get(key="{}"))


@pytest.fixture
def kept(sales) -> Measure:
    """The share of promises that Sales keeps."""
    return measure("SALES.KEPT", target="0.90")


@pytest.fixture
def set_anew(kept, sales_lead, truth_owner):
    """`set_anew(20)`: limits from the 21st month on."""

    def act(number: int) -> None:
        whole, starts_on = Segment.objects.get(key="{}"), FIRST.shift(number).start
        proposed = propose_rebasing(kept, whole, starts_on=starts_on, reason="Moved.", by=Actor(person=sales_lead))
        approve_rebasing(proposed, by=Actor(person=truth_owner))

    return act


@pytest.mark.parametrize(
    ("since", "says"), [(3, ("not known", "not known")), (8, ("common cause", "will fail"))], ids=["three", "eight"]
)
def test_what_limits_say_is_said_by_those_in_force_however_few_figures_they_have(kept, set_anew, since, says):
    with clock.at(NOW):
        report(kept, about(0.95, 20) + about(0.60, since))
        set_anew(20)
        page = page_of(kept)
    assert (page.variation, page.assurance) == says
    assert page.is_provisional
    assert [each.figures for each in page.stretches] == [since, 20]
