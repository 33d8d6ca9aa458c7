"""Trust read from the record: figures pushed through the one door, judged now and as known then."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from metrics.handing_in.attesting import attest, digest_of
from metrics.handing_in.due import sheet
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Feed, FeedRun, Measure, Segment
from metrics.trust import Axis, radars
from metrics.trust.axes import Score
from tests.factories.metrics import DefinitionFactory, SourceFactory, SourceOfRecordFactory, dimension, measure
from tests.factories.people import AppointmentFactory
from tests.metrics.assessment.conftest import GOOD, Push
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.models import Function, Person, Role
from truthgov.periods import Grain, Period

AUGUST = Period.parse("2026-08", Grain.MONTH)
WEB, PHONE = '{"channel": "web"}', '{"channel": "phone"}'


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=UTC)


@pytest.fixture
def score(served: Measure) -> Callable[..., Score]:
    """`score(axis)`: of the outcome's figure of August; `known_at` an entry, `period` another one."""

    def scored(axis: Axis, *, known_at: int | None = None, period: Period = AUGUST) -> Score:
        radar = radars([served.pk], [period], known_at)[served.pk, period.start]
        return next(each for each in radar.scores if each.axis is axis)

    return scored


def test_a_figure_that_came_after_its_day_is_less_fresh_for_good(
    score: Callable[..., Score], served: Measure, push: Push
) -> None:
    with clock.at(at(2026, 8, 5)):
        push(served, [GOOD], first="2026-07")
    with clock.at(at(2026, 10, 11)):
        push(served, [GOOD], first="2026-08")
    with clock.at(at(2026, 10, 20)):
        push(served, [GOOD - 0.01], first="2026-08", reason="a correction")
    late = score(Axis.FRESH)
    assert (late.percent, late.words) == (80, "It came 8 days late, on 11 October 2026.")
    assert score(Axis.FRESH, period=AUGUST.shift(-1)).percent == 100


def test_a_history_loaded_at_once_is_not_late(score: Callable[..., Score], served: Measure, push: Push) -> None:
    push(served, [GOOD] * 8, first="2026-01")
    assert score(Axis.FRESH).percent == 100


def test_what_was_known_then_is_judged_by_what_was_there_then(
    score: Callable[..., Score], served: Measure, push: Push
) -> None:
    push(served, [GOOD], first="2026-07", segment=WEB)
    push(served, [GOOD, GOOD], first="2026-07")
    then = audit.known_now()
    push(served, [GOOD], first="2026-08", segment=WEB)
    assert score(Axis.COMPLETE).share == 1
    before = score(Axis.COMPLETE, known_at=then)
    assert (before.percent, [cost.what for cost in before.costs]) == (50, ["channel web"])


def test_a_part_is_expected_again_after_one_month_off(score: Callable[..., Score], served: Measure, push: Push) -> None:
    push(served, [GOOD] * 4, first="2026-05")
    push(served, [GOOD, GOOD], first="2026-05", segment=WEB)
    push(served, [GOOD], first="2026-05", segment=PHONE)
    assert [cost.what for cost in score(Axis.COMPLETE).costs] == ["channel web"]


def test_months_without_a_figure_are_missed_where_figures_came_before(
    score: Callable[..., Score], served: Measure, push: Push
) -> None:
    push(served, [GOOD, None, None, GOOD], first="2026-05")
    gaps = score(Axis.COMPLETE)
    assert (gaps.percent, [cost.what for cost in gaps.costs]) == (50, ["July 2026", "June 2026"])


def test_two_sources_apart_cost_before_anybody_has_assessed_them(
    score: Callable[..., Score], served: Measure, push: Push
) -> None:
    crm, survey = SourceFactory(code="crm"), SourceFactory(code="survey")
    SourceOfRecordFactory(measure=served, source=crm)
    push(served, [0.8], first="2026-08")
    push(served, [0.6], first="2026-08", source="survey")
    apart = score(Axis.CONSISTENT)
    assert (apart.percent, apart.words) == (20, "SURVEY: 25 % apart, 5 % agreed.")
    SourceOfRecordFactory(measure=served, source=crm, settles=survey)
    assert score(Axis.CONSISTENT).percent == 100


def test_parts_that_add_up_are_held_against_the_whole(push: Push) -> None:
    added = measure("stays", outcome=True, unit="count", roll_up="sum")
    for segment, figure in (("", 100), (WEB, 60), (PHONE, 60)):
        push(added, [figure], first="2026-08", segment=segment, size=1)
    apart = radars([added.pk], [AUGUST])[added.pk, AUGUST.start].worst
    assert apart is not None
    assert (apart.axis, apart.percent, apart.words) == (
        Axis.CONSISTENT, 25, "The parts by channel: 20 % more or less than the whole.",
    )  # fmt: skip


def give(of: Measure, *rows: tuple[str, str, str, str]) -> None:
    """Figures of August, as (segment, value, numerator, denominator)."""
    told = [{"measure": of.code, "period": "2026-08", "segment": segment, "value": value, "numerator": numerator,
             "denominator": denominator} for segment, value, numerator, denominator in rows]  # fmt: skip
    ingest(Rows.of(told), Delivery(channel="api", source="crm"), by=Actor(clockwork="test"))


@pytest.mark.parametrize(("unit", "rows"), [
    ("fraction", [("{}", "0.5", "50", "100"), (WEB, "0.2", "10", "50"), (PHONE, "0.8", "", "")]),
    ("index", [("{}", "50", "50", "100"), (WEB, "20", "10", "50"), (PHONE, "80", "40", "50")]),
], ids=["one without its parts", "of a hundred"])  # fmt: skip
def test_a_ratio_of_parts_that_is_not_theirs_says_nothing_of_the_whole(
    push: Push, unit: str, rows: list[tuple[str, str, str, str]]
) -> None:
    of = measure("won", outcome=True, unit=unit, roll_up="ratio")
    give(of, *rows)
    told = next(each for each in radars([of.pk], [AUGUST])[of.pk, AUGUST.start].scores if each.axis is Axis.CONSISTENT)
    assert (told.percent, told.words) == (100, "Nothing contradicts it.")


def test_a_change_of_counting_that_nobody_declared_costs_stability(
    score: Callable[..., Score], served: Measure, push: Push
) -> None:
    push(served, [GOOD] * 8, first="2026-01")
    DefinitionFactory(measure=served, version=2, target="0.95", starts_on=date(2026, 6, 1))
    assert score(Axis.STABLE).percent == 100
    DefinitionFactory(measure=served, version=3, formula="kept / promised", starts_on=date(2026, 7, 1))
    assert score(Axis.STABLE).share == Decimal("0.3333")
    DefinitionFactory(measure=served, version=4, formula="kept / made", starts_on=date(2026, 8, 1),
                      changes_counting=True)  # fmt: skip
    declared = score(Axis.STABLE)
    assert (declared.percent, declared.words) == (
        100, "The break in counting is declared: version 4 counts differently since 1 August 2026.",
    )  # fmt: skip


def test_a_change_of_counting_in_other_words_is_declared_too(
    score: Callable[..., Score], served: Measure, push: Push
) -> None:
    push(served, [0.8], first="2026-08")
    DefinitionFactory(measure=served, version=2, starts_on=date(2026, 8, 1), wording="Signed.", changes_counting=True)
    told = "The break in counting is declared: version 2 counts differently since 1 August 2026."
    assert score(Axis.STABLE).words == told


@pytest.mark.parametrize("known", [False, True])
def test_many_figures_cost_as_many_queries_as_one(
    served: Measure, claimed: Measure, push: Push, django_assert_num_queries: DjangoAssertNumQueries, known: bool
) -> None:
    others = [measure(f"other.{number}", outcome=True) for number in range(6)]
    for each in (served, claimed, *others):
        push(each, [GOOD] * 6, first="2026-03")
        push(each, [GOOD] * 5, first="2026-03", segment=WEB)
    then = audit.known_now() if known else None
    months = [AUGUST.shift(-back) for back in range(6)]
    for measures in ([served.pk], [served.pk, claimed.pk, *(each.pk for each in others)]):
        with django_assert_num_queries(9 if known else 10):
            found = radars(measures, months, then)
        assert len(found) == 6 * len(measures)
        assert {radar.percent for (_, start), radar in found.items() if start == AUGUST.start} == {50}


def test_a_part_a_thousand_times_off_costs_its_own_row(push: Push) -> None:
    counted = measure("visits", outcome=True, unit="count")
    push(counted, [5000] * 6, first="2026-03", size=1)
    push(counted, [2000, 2010, 1990, 2005, 1995, 2], first="2026-03", segment=WEB, size=1)
    radar = radars([counted.pk], [AUGUST])[counted.pk, AUGUST.start]
    assert (radar.worst.axis, radar.percent) == (Axis.VALID, 50)  # type: ignore[union-attr]


def test_what_changed_after_somebody_attested_it_needs_a_new_attestation(
    score: Callable[..., Score], served: Measure, outsider: Person, push: Push
) -> None:
    AppointmentFactory(person=outsider, role=Role.JOURNEY_OWNER, scope=served.journey.scope)  # type: ignore[union-attr]
    push(served, [GOOD], first="2026-08")
    assert score(Axis.ATTESTED).share is None
    owed = sheet(served.journey.scope, "2026-08")  # type: ignore[union-attr, arg-type]
    assert owed is not None
    attest(owed, seen=digest_of(owed), by=Actor(person=outsider))
    then = audit.known_now()
    assert score(Axis.ATTESTED).percent == 100
    push(served, [GOOD - 0.1], first="2026-08", reason="a correction")
    assert score(Axis.ATTESTED).percent == 0
    assert score(Axis.ATTESTED, known_at=then).percent == 100


def test_what_nobody_attested_costs_from_the_day_after_its_deadline(
    score: Callable[..., Score], served: Measure, outsider: Person, push: Push
) -> None:
    AppointmentFactory(person=outsider, role=Role.JOURNEY_OWNER, scope=served.journey.scope)  # type: ignore[union-attr]
    with clock.at(at(2026, 9, 4)):
        push(served, [GOOD] * 6, first="2026-03")
    with clock.at(at(2026, 10, 3)):
        waiting = score(Axis.ATTESTED)
    assert (waiting.share, waiting.words) == (None, "To be attested by 3 October 2026.")
    with clock.at(at(2026, 10, 4)):
        assert score(Axis.ATTESTED).percent == 0
        assert score(Axis.ATTESTED, period=AUGUST.shift(-4)).share is None
        owed = sheet(served.journey.scope, "2026-08")  # type: ignore[union-attr, arg-type]
        attest(owed, seen=digest_of(owed), by=Actor(person=outsider))  # type: ignore[arg-type]
        assert score(Axis.ATTESTED).percent == 100


def test_nobody_is_asked_to_attest_what_is_nobodys(score: Callable[..., Score], served: Measure, push: Push) -> None:
    with clock.at(at(2026, 9, 4)):
        push(served, [GOOD], first="2026-08")
    Measure.objects.filter(pk=served.pk).update(journey=None, kind="counter_measure")
    with clock.at(at(2026, 10, 4)):
        assert score(Axis.ATTESTED).share is None


def test_a_figure_whose_feed_is_late_is_not_awaited_any_more(
    score: Callable[..., Score], served: Measure, sales: Function, sales_lead: Person, push: Push
) -> None:
    Measure.objects.filter(pk=served.pk).update(function=sales)
    push(served, [GOOD], first="2026-07")
    feed = Feed.objects.create(
        name="Stays, nightly", source=SourceFactory(code="crm"), function=sales, owner=sales_lead,
        url="https://example.org/stays", format="json", next_run_at=at(2026, 9, 2),
    )  # fmt: skip
    FeedRun.objects.create(feed=feed, kind=FeedRun.Kind.SCHEDULED, period_start=AUGUST.start, slot=at(2026, 9, 2))
    with clock.at(at(2026, 9, 5)):
        late = score(Axis.FRESH)
    assert (late.percent, late.words) == (0, "No figure has come: Stays, nightly is late.")
    with clock.at(at(2026, 9, 1)):
        assert score(Axis.FRESH).share is None


def test_a_segment_is_judged_by_its_own_figures_and_parts(push: Push) -> None:
    dimension("region", "north", "south")
    added, of_web = measure("stays", outcome=True, unit="count", roll_up="sum"), '{"channel": "web", "region": "%s"}'
    for segment, figure in (("", 100), (WEB, 60), (PHONE, 40), (of_web % "north", 30), (of_web % "south", 15)):
        push(added, [figure], first="2026-08", segment=segment, size=1)
    key = added.pk, AUGUST.start
    web, phone = (Segment.objects.get(values=json.loads(each)) for each in (WEB, PHONE))
    apart = radars([added.pk], [AUGUST], segment=web)[key].worst
    assert apart is not None
    assert (apart.axis, apart.words) == (Axis.CONSISTENT, "The parts by region: 25 % more or less than the whole.")
    assert radars([added.pk], [AUGUST], audit.known_now(), segment=phone)[key].percent == 100
