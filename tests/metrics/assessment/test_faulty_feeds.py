"""Feeds with faults: a duplicate, a gap or a slip of the unit is no contradiction; two sources that differ are one."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from metrics.assessment import assess
from metrics.assessment.missing import have_stops_judged
from metrics.detection.batch import Basis, Verdict
from metrics.dictionary_files import from_sheets
from metrics.dictionary_import import declare_dimensions, import_dictionary
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Absence, Contradiction, Judgement, Measure, Reading, RefusedFigure, Rule, Signal, Source
from tests.factories.metrics import LinkFactory, SourceFactory, measure
from tests.metrics.assessment.conftest import CLOCKWORK, WOBBLE
from tests.metrics.intake.test_faulty_feeds import DATA, Feed
from truthgov import clock
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period

FIRST, LAST = (Period.parse(code, Grain.MONTH) for code in ("2015-07", "2019-03"))


@pytest.fixture
def declared_at() -> datetime:
    """When its dictionary was decided: after all its figures, so that those it lacks were promised to nobody."""
    return clock.now()


@pytest.fixture(params=["hotel", "nhs"])
def feed(
    request: pytest.FixtureRequest, truth_owner: Person, sponsor: Person, sales: Function, declared_at: datetime
) -> Feed:
    """A data set's faulty feeds, and a KPI on target throughout that is said to serve each of its measures."""
    folder = DATA / request.param
    sheets = from_sheets((folder / "measures.csv").read_text())
    with clock.at(declared_at):
        import_dictionary(sheets, proposed_by=truth_owner, approved_by=sponsor, unguarded_because="Nobody gains.")
    declare_dimensions({"hotel": {"City Hotel", "Resort Hotel"}, "org": {"R1F"}}, by=CLOCKWORK)
    served = list(Measure.objects.filter(definitions__grain="month").distinct())
    green = measure("kpi.green", target="0.2")
    for outcome in served:
        LinkFactory(from_measure=green, to_measure=outcome)
    return Feed(request.param, {case["case"]: case for case in json.loads((folder / "nasty.json").read_text())})


@pytest.fixture
def green_everywhere(feed: Feed) -> None:
    """The KPI's figures, on target in every month and segment that a feed speaks of."""
    SourceFactory(code="crm")
    months = [FIRST.shift(number).code for number in range(LAST.ordinal - FIRST.ordinal + 1)]
    rows = [
        {"measure": "kpi.green", "period": month, "segment": segment, "value": f"{0.3 + WOBBLE[number % 11]:.4f}"}
        for segment in ("", '{"hotel": "City Hotel"}', '{"org": "R1F"}') for number, month in enumerate(months)
    ]  # fmt: skip
    ingest(Rows.of(rows), Delivery("command", source="crm"), by=CLOCKWORK)


def found() -> dict[date, list[int]]:
    """What was said of each period, by its first day: all verdicts but those on a missing figure."""
    said = {each.period_start: each.cells["verdict"].tolist() for each in Judgement.objects.filter(kind="divergence")}
    return {start: verdicts for start, verdicts in said.items() if set(verdicts) != {Verdict.MISSING}}


def findings() -> set[date]:
    return {start for start, verdicts in found().items() if Verdict.FLAG in verdicts}


def undone() -> set[date]:
    """The first days of the periods in which integrity found something."""
    judged = Judgement.objects.filter(kind="integrity")
    return {each.period_start for each in judged if Verdict.FLAG in each.cells["verdict"]}


def missing_in(feed: Feed) -> list[date]:
    """The months that the feed with gaps lacks; the last lies after all that came."""
    return [date.fromisoformat(day) for day in feed.checks("02_missing_periods")["missing_periods"]]


def told_of(day: date) -> list[tuple[str, Basis]]:
    """The kinds of the signals of a period, and what each rests on."""
    signals = Signal.objects.filter(period_start=day).select_related("contradiction")
    return [(each.contradiction.kind, Basis[each.evidence["figures"]["basis"].upper()]) for each in signals]


def without_repeats(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return list({(row["measure_code"], row["segment_json"], row["period_start"]): row for row in rows}.values())


@pytest.mark.usefixtures("green_everywhere")
def test_01_duplicates_are_judged_as_if_they_had_come_once(feed: Feed) -> None:
    feed.replay("01_exact_duplicates")
    assess()
    with_duplicates = found()
    series = Rule.objects.filter(kind="divergence").first()
    assert series is not None
    assert len(with_duplicates) == feed.checks("01_exact_duplicates")["distinct_observations"]
    assert len(without_repeats(feed.rows("01_exact_duplicates"))) == len(with_duplicates)
    assert not undone()


@pytest.mark.usefixtures("green_everywhere")
def test_02_a_gap_is_judged_by_nobody_and_of_all_there_is_a_case_at_once(feed: Feed) -> None:
    feed.replay("02_missing_periods")
    assess()
    *within, after_the_last = missing_in(feed)
    assert {*within, after_the_last}.isdisjoint(found())
    assert found()
    assert undone() == set(within)


@pytest.mark.parametrize("declared_at", [datetime(2015, 1, 1, tzinfo=UTC)])
def test_02_a_series_that_stops_is_a_case_once_its_promise_ran_out(feed: Feed) -> None:
    feed.replay("02_missing_periods")
    *within, after_the_last = missing_in(feed)
    promise = Reading.objects.select_related("definition").latest("period_start").definition.freshness_days
    runs_out = Period.containing(after_the_last, Grain.MONTH).end + timedelta(promise)
    for late, told in ((0, within), (1, [*within, after_the_last])):
        with clock.at(datetime.combine(runs_out + timedelta(late), time(12), UTC)):
            assert have_stops_judged() == late
            assess()
        assert undone() == set(told)


@pytest.mark.parametrize("declared_at", [datetime(2015, 1, 1, tzinfo=UTC)])
def test_02_told_once_and_not_again_for_every_month_that_follows(feed: Feed) -> None:
    feed.replay("02_missing_periods")
    assess()
    assert undone() == set(missing_in(feed))


@pytest.mark.parametrize("declared_at", [datetime(2015, 1, 1, tzinfo=UTC)])
def test_02_a_series_whose_last_month_is_explained_is_owed_the_next(feed: Feed) -> None:
    feed.replay("02_missing_periods")
    *within, after_the_last = missing_in(feed)
    of = Reading.objects.select_related("series").latest("period_start").series
    Absence.objects.create(
        measure=of.measure, segment=of.segment, period_start=after_the_last, reason="Closed.", stated_at=clock.now(),
        entry=1,
    )  # fmt: skip
    assess()
    assert undone() == {*within, Period.containing(after_the_last, Grain.MONTH).shift(1).start}


@pytest.mark.parametrize("declared_at", [datetime(2015, 1, 1, tzinfo=UTC)])
def test_02_nor_does_it_stop_in_silence_after_a_month_in_which_there_was_nothing_to_count(feed: Feed) -> None:
    feed.replay("02_missing_periods")
    *within, after_the_last = missing_in(feed)
    of = Reading.objects.select_related("series").latest("period_start").series
    RefusedFigure.objects.create(
        series=of, period_start=after_the_last, code="none_of_nothing", refused_at=clock.now()
    )  # fmt: skip
    assess()
    assert undone() == {*within, Period.containing(after_the_last, Grain.MONTH).shift(1).start}


@pytest.mark.usefixtures("green_everywhere")
def test_03_a_restatement_beyond_what_is_let_pass_is_a_case_and_a_small_one_is_none(feed: Feed) -> None:
    feed.replay("03_restated_values")
    assess()
    assert undone() == {date.fromisoformat(feed.checks("03_restated_values")["big"]["period"])}


@pytest.mark.usefixtures("green_everywhere")
def test_04_what_came_late_is_no_case(feed: Feed) -> None:
    feed.replay("04_late_arrival")
    assess()
    assert not undone()


@pytest.mark.usefixtures("green_everywhere")
def test_05_a_percentage_for_a_fraction_is_neither_an_improvement_nor_a_contradiction(feed: Feed) -> None:
    feed.replay("05_unit_percent_for_fraction")
    assess()
    assert date.fromisoformat(feed.checks("05_unit_percent_for_fraction")["period"]) not in found()
    assert not undone()


@pytest.mark.usefixtures("green_everywhere")
def test_06_a_slip_of_a_thousand_is_no_collapse(feed: Feed) -> None:
    feed.replay("06_unit_thousands")
    assess()
    slip = date.fromisoformat(feed.checks("06_unit_thousands")["period"])
    assert slip not in found()
    assert undone() == {slip}
    assert told_of(slip) == [("integrity", Basis.FACTOR_OF_1000)]


@pytest.mark.usefixtures("green_everywhere")
def test_06_the_slip_once_corrected_is_judged(feed: Feed) -> None:
    feed.replay("06_unit_thousands")
    checks = feed.checks("06_unit_thousands")
    row = next(row for row in feed.rows("06_unit_thousands") if row["period_start"] == checks["period"])
    feed.deliver([row], value=str(checks["true"]), numerator=str(checks["true"]))
    assess()
    assert date.fromisoformat(checks["period"]) in found()


def test_07_two_sources_disagree_exactly_beyond_the_tolerance(feed: Feed) -> None:
    rows = feed.rows("07_two_sources_x_percent")
    for name in {row["source"] for row in rows} - set(Source.objects.values_list("name", flat=True)):
        SourceFactory(name=name, code="second")
    feed.replay("07_two_sources_x_percent")
    assess()
    judged = Judgement.objects.filter(kind="source_disagreement")
    said = {each.period_start.isoformat(): Verdict.FLAG in each.cells["verdict"] for each in judged}
    expected = feed.checks("07_two_sources_x_percent")["by_period"]
    told = {period: said[period] for period, check in expected.items() if check["finding"] is not None}
    assert told == {period: check["finding"] for period, check in expected.items() if check["finding"] is not None}
    beyond = [period for period, finding in said.items() if finding]
    assert set(beyond) <= set(expected)
    assert Contradiction.objects.filter(kind="source_disagreement").count() <= 1


RAISES_NOTHING = ["09_segment_spelling", "10_bad_periods", "11_timezone_borders", "12_number_formats"]
RAISES_NOTHING += ["08_impossible_values", "14_exactly_on_target"]


@pytest.mark.parametrize("case", RAISES_NOTHING)
def test_what_is_refused_or_merely_spelled_oddly_raises_nothing(feed: Feed, case: str) -> None:
    for row in feed.rows("08_impossible_values"):
        SourceFactory(code=row["source"].replace(":", "-"), name=row["source"])
    feed.replay(case)
    assess()
    assert not Signal.objects.exists()


def test_13_two_figures_at_one_instant_are_a_visible_conflict(feed: Feed) -> None:
    for row in feed.rows("13_same_instant_conflict"):
        feed.deliver([row], numerator="", denominator="")
    assess()
    period = date.fromisoformat(feed.checks("13_same_instant_conflict")["period"])
    assert undone() == {period}
    assert told_of(period) == [("integrity", Basis.SAME_INSTANT_CONFLICT)]
