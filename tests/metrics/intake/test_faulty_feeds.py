"""Feeds with faults, replayed as they arrived: what must come of each at intake."""

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from metrics.dictionary_files import from_sheets
from metrics.dictionary_import import declare_dimensions, import_dictionary
from metrics.ingestion import Delivery, Outcome, ingest
from metrics.ingestion.formats import from_csv
from metrics.models import Observation, Reading, Segment, Series, Source, Submission
from tests.factories.metrics import SourceFactory
from tests.metrics import ledger
from tests.metrics.intake.conftest import CLOCKWORK
from truthgov import audit, clock
from truthgov.models import Person

DATA = Path(__file__).parents[1] / "data" / "nasty"


@dataclass
class Feed:
    """One data set's faulty feeds, its cases and what they are about."""

    name: str
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)

    def rows(self, case: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO((DATA / self.name / f"{case}.csv").read_text())))

    def checks(self, case: str) -> dict[str, Any]:
        return self.cases[case]["checks"]

    def replay(self, case: str, **changes: str) -> list[Outcome]:
        """Deliver the rows of a case as they arrived, a delivery an instant, with the clock set."""
        rows = sorted(self.rows(case), key=itemgetter("received_at"))
        return [self.deliver(list(group), **changes) for _, group in groupby(rows, itemgetter("received_at"))]

    def deliver(self, rows: list[dict[str, str]], **changes: str) -> Outcome:
        """Deliver rows that arrived at one instant, with that column taken off, leaving faulty ones out."""
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, [name for name in rows[0] if name != "received_at"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row | changes for row in rows)
        with clock.at(datetime.fromisoformat(rows[0]["received_at"])):
            sent = from_csv(sheet.getvalue().encode())
            return ingest(sent.rows, Delivery("file", reason="corrected", lenient=True), by=CLOCKWORK)


@pytest.fixture(params=["hotel", "nhs"])
def feed(request: pytest.FixtureRequest, truth_owner: Person, sponsor: Person) -> Feed:
    folder = DATA / request.param
    sheets = from_sheets((folder / "measures.csv").read_text())
    import_dictionary(sheets, proposed_by=truth_owner, approved_by=sponsor, unguarded_because="Nobody gains.")
    declare_dimensions({"hotel": {"City Hotel", "Resort Hotel"}, "org": {"R1F"}}, by=CLOCKWORK)
    return Feed(request.param, {case["case"]: case for case in json.loads((folder / "nasty.json").read_text())})


def readings() -> dict[str, Decimal]:
    """The current figures by the first day of their period, of one series."""
    return {str(reading.period_start): reading.value for reading in Reading.objects.order_by("period_start")}


def refused(outcomes: list[Outcome]) -> list[str]:
    return [refusal.code for outcome in outcomes for refusal in outcome.refusals]


def noticed() -> dict[str, list[str]]:
    return {str(row.period_start): row.notices for row in Observation.objects.filter(notices__isnull=False)}


def mean(figures: dict[str, Decimal]) -> float:
    return float(sum(figures.values()) / len(figures))


def test_01_duplicates_leave_the_series_as_without_them(feed):
    outcomes = feed.replay("01_exact_duplicates")
    checks = feed.checks("01_exact_duplicates")
    assert Observation.objects.count() == len(readings()) == checks["distinct_observations"]
    assert mean(readings()) == pytest.approx(checks["mean_value"], abs=5e-6)
    assert sum(outcome.restated for outcome in outcomes) == 0
    assert not refused(outcomes)


def test_02_a_gap_stays_a_gap_and_is_noticed(feed):
    feed.replay("02_missing_periods")
    missing = set(feed.checks("02_missing_periods")["missing_periods"])
    assert missing.isdisjoint(readings())
    starts = sorted(readings())
    after_a_gap = {later for earlier, later in pairwise(starts) if months(later) - months(earlier) > 1}
    assert set(noticed()) == after_a_gap
    assert after_a_gap
    assert all(notices == ["gap_before"] for notices in noticed().values())


def months(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7])


def test_03_all_versions_are_kept_and_the_latest_is_in_force(feed):
    feed.replay("03_restated_values")
    small, big, restored = (feed.checks("03_restated_values")[name] for name in ("small", "big", "restored"))
    assert float(readings()[small["period"]]) == pytest.approx(small["restated"], abs=1e-6)
    assert float(readings()[restored["period"]]) == restored["final"]
    said = Observation.objects.filter(period_start=big["period"]).order_by("pk")
    assert [round(float(version.value), 6) for version in said] == [big["first"], big["restated"], restored["final"]]
    assert [version.restates for version in said] == [None, said[0].pk, said[1].pk]
    assert all(version.reason == "corrected" for version in said[1:])
    material = {str(row.period_start) for row in Observation.objects.filter(notices__contains=["material_restatement"])}
    assert material == {big["period"]}


def test_03_what_was_known_before_a_restatement_can_still_be_seen(feed):
    feed.replay("03_restated_values")
    checks = feed.checks("03_restated_values")["big"]
    start, series = date.fromisoformat(checks["period"]), Series.objects.get().pk
    for version in Observation.objects.filter(period_start=start).select_related("submission"):
        assert ledger.value_of(series, start, known_at=version.submission.entry) == version.value


def test_04_a_late_figure_is_missing_before_it_comes_and_noticed_when_it_does(feed):
    feed.replay("04_late_arrival")
    checks = feed.checks("04_late_arrival")
    late = Observation.objects.select_related("submission").get(period_start=checks["late_period"])
    assert "late" in late.notices
    start, entry = late.period_start, late.submission.entry
    assert ledger.value_of(late.series_id, start, known_at=entry - 1) is None
    assert ledger.value_of(late.series_id, start, known_at=entry) == late.value
    assert mean(readings()) == pytest.approx(checks["final_mean"], abs=5e-6)


def test_05_a_percentage_for_a_fraction_is_refused_by_name(feed):
    outcomes = feed.replay("05_unit_percent_for_fraction")
    checks = feed.checks("05_unit_percent_for_fraction")
    assert refused(outcomes) == ["out_of_range"]
    assert "percentage" in next(outcome.refusals[0].message for outcome in outcomes if outcome.refusals)
    assert checks["period"] not in readings()


def test_06_a_slip_of_a_thousand_is_stored_and_noticed_and_its_neighbours_are_not(feed):
    feed.replay("06_unit_thousands")
    assert noticed() == {feed.checks("06_unit_thousands")["period"]: ["factor_of_1000"]}


def test_07_two_sources_stand_beside_each_other(feed):
    names = {row["source"] for row in feed.rows("07_two_sources_x_percent")}
    for name in names - set(Source.objects.values_list("name", flat=True)):
        SourceFactory(name=name, code="second")
    outcomes = feed.replay("07_two_sources_x_percent")
    assert not refused(outcomes)
    assert Series.objects.count() == 2
    for period, expected in feed.checks("07_two_sources_x_percent")["by_period"].items():
        pair = Reading.objects.filter(period_start=period).values_list("value", flat=True)
        assert float(1 - min(pair) / max(pair)) == pytest.approx(expected["relative"], abs=5e-5)


def test_08_impossible_values_are_refused_each_for_its_own_reason(feed):
    for row in feed.rows("08_impossible_values"):
        SourceFactory(code=row["source"].replace(":", "-"), name=row["source"])
    rows = feed.rows("08_impossible_values")
    outcomes = [feed.deliver([row]) for row in rows]
    assert dict(zip((row["source"] for row in rows), refused(outcomes), strict=True)) == {
        "bad:rate_above_1": "out_of_range",
        "bad:negative": "out_of_range",
        "bad:num_gt_den": "part_exceeds_whole",
        "bad:value_not_ratio": "value_contradicts_ratio",
        "bad:zero_den": "value_contradicts_ratio",
        "bad:nan": "not_a_number",
        "bad:inf": "not_a_number",
    }
    assert not Observation.objects.exists()


def test_09_spelling_makes_no_segment_and_unknown_values_are_reported(feed):
    outcomes = feed.replay("09_segment_spelling")
    spelled = {"hotel": [0, 0, 1, 1, 1, 1], "nhs": [0, 0, 1, 0, 1, 1]}[feed.name]
    assert [len(outcome.refusals) for outcome in outcomes] == spelled
    assert set(refused(outcomes)) == {"unknown_dimension"}
    assert Segment.objects.count() == 1


def test_09_the_order_of_keys_makes_no_segment(feed):
    declare_dimensions({"a": {"2"}, "b": {"1"}}, by=CLOCKWORK)
    outcomes = feed.replay("09_segment_spelling")
    assert not any(outcome.refusals for outcome in outcomes[4:])
    assert Segment.objects.filter(key='{"a":"2","b":"1"}').count() == 1
    assert Series.objects.filter(segment__key='{"a":"2","b":"1"}').count() == 1


def test_09_a_spelling_that_is_near_is_suggested(feed):
    if feed.name == "hotel":
        messages = [outcome.refusals[0].message for outcome in feed.replay("09_segment_spelling")[2:4]]
        assert "Did you mean 'hotel'?" in messages[0]
        assert "Did you mean 'City Hotel'?" in messages[1]


def test_10_bad_periods_are_refused_and_the_good_one_is_taken(feed):
    outcomes = feed.replay("10_bad_periods")
    checks = feed.checks("10_bad_periods")
    assert len(refused(outcomes)) == checks["rejected"]
    assert set(refused(outcomes)) == {"period_misaligned", "future_period"}
    assert Observation.objects.count() == checks["accepted"]


def test_11_a_period_is_the_one_its_sender_named_in_whatever_zone(feed):
    outcomes = feed.replay("11_timezone_borders")
    assert not refused(outcomes)
    assert sorted(readings()) == feed.checks("11_timezone_borders")["periods"]


def test_12_odd_notations_are_read_exactly_or_refused_and_never_zero(feed):
    outcomes = feed.replay("12_number_formats")
    assert refused(outcomes) == ["not_a_number"] * 4
    rows = feed.rows("12_number_formats")
    assert readings() == {row["period_start"]: Decimal(row["value"].strip()) for row in rows[2:4]}


def test_13_of_two_figures_at_one_instant_the_later_known_wins_and_the_conflict_is_noticed(feed):
    rows = feed.rows("13_same_instant_conflict")
    outcomes = [feed.deliver([row], numerator="", denominator="") for row in rows]
    assert [outcome.restated for outcome in outcomes] == [0, 1]
    checks = feed.checks("13_same_instant_conflict")
    assert round(float(readings()[checks["period"]]), 6) == checks["values"][1]
    assert "same_instant_conflict" in Reading.objects.get().notices
    first, second = Submission.objects.order_by("entry")
    assert first.received_at == second.received_at
    assert audit.known_now() == second.entry


def test_14_a_figure_is_stored_exactly_and_meets_its_target_at_the_definitions_decimals(feed):
    feed.replay("14_exactly_on_target")
    rows = feed.rows("14_exactly_on_target")
    assert readings() == {row["period_start"]: Decimal(row["value"]) for row in rows}
    definition = Reading.objects.select_related("definition").first().definition
    assert all(definition.meets_target(value) for value in readings().values())
