"""Limits hold from where they were set, by a first figure, a change of counting or an act, until they are set anew."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from forums.measures.charts import evidence_of
from forums.measures.measure_page import measure_page
from forums.measures.process_page import ProcessPage, process_page
from metrics.figures.courses import courses
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Measure, Segment
from metrics.rules.rebasing import approve_rebasing, propose_rebasing
from tests.factories.metrics import DefinitionFactory, SourceFactory, SourceOfRecordFactory, dimension, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.periods import Grain, Period

WOBBLE = (0.004, -0.003, 0.001, -0.005, 0.003, 0.000, 0.002, -0.002, 0.005, -0.004, 0.001)
FIRST = Period.parse("2019-01", Grain.MONTH)
EXPOSED = np.tile([50, 5000], 18)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def about(level: float, count: int) -> list[float]:
    """Figures that wobble about a level by chance alone."""
    return [level + WOBBLE[number % len(WOBBLE)] for number in range(count)]


def report(
    of: Measure, values: Sequence[float], *, first: Period = FIRST, segment: str = "", source: str = "crm",
    numerators: Sequence[float] | None = None, denominators: Sequence[float] | None = None,
) -> None:  # fmt: skip
    """Month by month, or by the grain of another first period; of 2,000 each time, where nothing else is said."""
    SourceFactory(code=source)
    sizes = np.full(len(values), 2000) if denominators is None else denominators
    parts = np.array(values) * sizes if numerators is None else numerators
    rows = [
        {"measure": of.code, "period": first.shift(number).code, "segment": segment, "value": f"{value:.6f}",
         "numerator": f"{part:.3f}", "denominator": int(size)}
        for number, (value, part, size) in enumerate(zip(values, parts, sizes, strict=True))
    ]  # fmt: skip
    ingest(Rows.of(rows), Delivery(channel="api", source=source), by=Actor(clockwork="test"))


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
    assert page.is_provisional is page.stretches[0].has_limits is (since == 8)
    assert [each.figures for each in page.stretches] == [since, 20]


def test_limits_never_move_on_with_the_periods_drawn(kept, set_anew):
    """What fell 36 months ago and stayed there is as special as on the first day, until somebody sets limits anew."""
    with clock.at(NOW):
        report(kept, about(0.95, 40) + about(0.80, 40))
        page = page_of(kept)
        assert (page.variation, page.assurance) == ("deteriorating", "will fail")
        assert (len(page.course.points), len(page.special)) == (36, 36)
        [stretch] = page.stretches
        assert (stretch.first, stretch.figures, stretch.because) == (FIRST, 80, "The first figures.")
        set_anew(40)
        page = page_of(kept)
    assert (page.variation, page.assurance) == ("common cause", "will fail")
    [stretch] = page.stretches
    assert (stretch.first, stretch.figures) == (FIRST.shift(40), 40)
    assert stretch.because.startswith("Set anew by")


def test_limits_reach_back_to_a_change_of_counting_and_no_further(kept):
    DefinitionFactory(measure=kept, version=2, starts_on=FIRST.shift(30).start, changes_counting=True, target="0.90")
    with clock.at(NOW):
        report(kept, about(0.95, 30) + about(0.80, 40))
        page = page_of(kept)
    [stretch] = page.stretches
    assert (stretch.first, stretch.figures) == (FIRST.shift(30), 40)
    assert stretch.because == "Counted differently from version 2 on."
    assert page.variation == "common cause"


def test_each_period_of_the_past_counts_by_the_source_of_record_of_then(kept):
    for source, starts_on in (("old", None), ("crm", FIRST.shift(20).start)):
        SourceOfRecordFactory(measure=kept, source=SourceFactory(code=source), starts_on=starts_on)
    with clock.at(NOW):
        report(kept, about(0.95, 70))
        report(kept, about(0.60, 70), source="old")
        page = page_of(kept)
    assert set(page.course.history.over(page.course.history.periods)[0][:20].round(1)) == {0.6}
    assert page.stretches[0].figures == 70
    assert {point.source.code for point in page.course.points} == {"crm"}


def test_every_chart_of_a_measure_has_the_limits_of_its_whole_stretch(kept):
    with clock.at(NOW):
        dimension("channel", "web", "phone")
        for segment in ("", '{"channel":"web"}', '{"channel":"phone"}'):
            report(kept, about(0.95, 40) + about(0.80, 40), segment=segment)
        page, whole = page_of(kept), Segment.objects.get(key="{}")
        [course] = courses([(kept.pk, whole)])
        entry = measure_page(kept, whole)
    limits = page.chart.panels[0].limits
    for other in (entry.chart, evidence_of([("Kept", course)], "It", signalled=())):
        assert other.panels[0].limits == limits
    [multiples] = page.multiples
    assert {(part.variation, part.assurance) for part in multiples.parts} == {("deteriorating", "will fail")}


@pytest.mark.parametrize(("unit", "by"), [("count", 1), ("ratio", EXPOSED)])
def test_a_rate_and_a_count_have_limits_for_what_they_were_counted_over(sales, unit, by):
    """Over 50 and 5,000 cases in turn: chance alone makes a rate of the few stray ten times as far."""
    of = measure("SALES.FAULTS", unit=unit, direction="lower")
    found = np.random.default_rng(3).poisson(0.2 * EXPOSED)
    with clock.at(NOW):
        report(of, found / by, numerators=found, denominators=EXPOSED)
        limits, said = page_of(of).chart.panels[0].limits, page_of(of).variation
    few, many = ((np.array(limits.upper) - limits.centre) / EXPOSED * by)[[0, 1]]
    assert few == pytest.approx(10 * many)
    assert said == "common cause"


def test_a_change_on_the_year_before_is_no_rate(sales):
    """Its figure is not its numerator over its denominator, however many cases it has."""
    of = measure("SALES.GROWTH", unit="ratio")
    with clock.at(NOW):
        report(of, np.tile([0.1, 0.2], 18), numerators=np.tile([55, 6000], 18), denominators=EXPOSED)
        limits = page_of(of).chart.panels[0].limits
    assert len(set(limits.upper)) == 1
