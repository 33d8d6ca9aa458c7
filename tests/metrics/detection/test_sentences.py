import json
from dataclasses import replace
from math import nan

import pytest

from metrics.detection.batch import Basis, Verdict
from metrics.detection.judgements import Cell
from metrics.detection.kinds import KINDS
from metrics.detection.told.sentences import SUPPRESSED, TELLERS, tell
from metrics.detection.told.telling import Telling
from metrics.detection.told.wording import figure, odds

CELL = Cell(
    period=20,
    verdict=Verdict.FLAG,
    basis=Basis.LEVEL,
    p=0.0004,
    kpi_value=0.545,
    value=0.489,
    size=4556.0,
    reference=0.3,
    effect=0.189,
    baseline=0.411,
    lower=0.35,
    upper=0.47,
    dispersion=3.1,
    history=18.0,
    run=11.0,
    seasonal=True,
)
TELLING = Telling(
    kpi="Booked revenue growth",
    outcome="Bookings that never became a stay",
    period="May 2017",
    segment="City Hotel",
    kpi_target=0.05,
    outcome_target=0.3,
)


def test_a_standing_divergence_is_told_with_its_figures():
    assert tell("divergence", CELL, TELLING) == (
        "In May 2017, for City Hotel, Booked revenue growth stands at 54.5 %, target 5.0 %, while Bookings "
        "that never became a stay stands at 48.9 % against a target of 30.0 %. It has been off its target for 11 "
        "months in a row, and a figure this far off would come about by chance about once in 2,500 times."
    )


def test_a_new_divergence_is_told_with_what_was_to_be_expected():
    told = tell("divergence", replace(CELL, basis=Basis.TREND), TELLING)
    assert "The same month last year stood at 41.1 % (natural limits 35.0 % to 47.0 %)" in told
    assert "a worsening by 7.8 points" in told


def test_one_that_stands_and_moved_tells_of_both_and_of_which_the_chance_is():
    """That of the level is no chance of the movement: it may well lie within its natural limits."""
    both = replace(CELL, basis=Basis.LEVEL_AND_TREND, lower=0.33, upper=0.492)
    assert tell("divergence", both, TELLING).endswith(
        "It has been off its target for 11 months in a row and has worsened by 7.8 points from the 41.1 % of the same "
        "month last year (natural limits 33.0 % to 49.2 %); the rarer of the two would come about by chance about once "
        "in 2,500 times."
    )
    assert "from the 41.1 % of its past" in tell("divergence", replace(both, seasonal=False), TELLING)
    better = tell("divergence", replace(both, baseline=0.5), TELLING)
    assert better.endswith("for 11 months in a row, and figures like these would come about by chance about once in "
                           "2,500 times.")  # fmt: skip


@pytest.mark.parametrize("kind", ["divergence", "handoff", "gaming", "mix"])
def test_what_lies_within_its_natural_limits_is_told_to_have_come_again(kind):
    within = replace(CELL, basis=Basis.TREND, lower=0.33, upper=0.492)
    share = replace(TELLING, share=kind == "handoff")
    assert " points in at least two of three months would come about by chance" in tell(kind, within, share)
    assert "two of three" not in tell(kind, replace(within, upper=0.488), share)


def test_of_one_month_too_the_other_sides_movement_is_told_where_its_chance_counts():
    told = tell("divergence", replace(CELL, basis=Basis.TREND, window=1.0, average=0.489, joined=0.003), TELLING)
    assert "by 7.8 points while Booked revenue growth improves in the same month would come about" in told


def test_no_share_is_expected_below_nothing_or_above_all():
    wide = replace(CELL, basis=Basis.TREND, lower=-0.059, upper=1.042)
    assert "(natural limits 0.0 % to 100.0 %)" in tell("divergence", wide, TELLING)
    assert "(natural limits 0.0 % to 104.2 %)" in tell("handoff", wide, replace(TELLING, share=True))
    assert "(natural limits 0 to 1)" in tell("divergence", wide, replace(TELLING, outcome_unit="count"))
    assert "(natural limits -5.9 % to +104.2 %)" in tell("divergence", wide, replace(TELLING, outcome_unit="ratio"))


def test_figures_that_are_held_against_each_other_are_told_so_closely_that_they_differ():
    told = tell("divergence", replace(CELL, value=0.30003), TELLING)
    assert "stands at 30.003 % against a target of 30.000 %" in told
    same = tell("divergence", replace(CELL, kpi_value=0.05), TELLING)
    assert "stands at 5.0 %, target 5.0 %" in same


def test_a_divergence_that_several_months_told_names_them_and_whose_movements_counted():
    over = replace(CELL, basis=Basis.TREND, window=4.0, average=0.462)
    assert tell("divergence", over, TELLING).endswith(
        "Over 4 months it averages 46.2 %, where its past leads to expect 41.1 % (natural limits 35.0 % to 47.0 %); a "
        "worsening by 5.1 points would come about by chance about once in 2,500 times."
    )
    both = tell("divergence", replace(over, joined=0.003), TELLING)
    assert "by 5.1 points while Booked revenue growth improves over the same months would come about" in both


def test_a_handoff_is_told_by_its_bound_or_by_its_share():
    by_bound = tell("handoff", CELL, replace(TELLING, kpi_unit="count"))
    assert "beyond its red threshold of 30.0 %" in by_bound
    money = replace(TELLING, kpi_unit="EUR", outcome_unit="EUR", share=True)
    by_share = tell("handoff", replace(CELL, kpi_value=1_755_950.46), money)
    assert "passes on EUR 1,755,950, and 48.9 % of it arrives" in by_share
    assert "Less what is tolerated, at least 30.0 % is promised" in by_share


def test_a_disagreement_is_told_with_both_figures_and_the_tolerance():
    told = Telling(kpi="PMS", outcome="CRM", period="May 2017", kpi_unit="count", measure="Bookings", tolerance=0.05)
    assert tell("source_disagreement", replace(CELL, kpi_value=4556.0, value=3070.0, effect=0.326, run=1.0), told) == (
        "In May 2017, PMS (the source of record) reports 4,556 as Bookings; CRM reports 3,070. "
        "They are 32.6 % apart, where 5 % is tolerated, and disagree for the first month."
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("basis", [Basis.LEVEL, Basis.TREND])
@pytest.mark.parametrize("share", [False, True])
def test_every_finding_is_two_sentences_without_a_hole(kind, basis, share):
    told = tell(kind, replace(CELL, basis=basis), replace(TELLING, share=share))
    assert told.count(". ") == 1
    assert told.endswith(".")
    assert "nan" not in told.replace("Finance", "")


def test_every_kind_can_be_told_and_every_suppression_explained():
    assert set(TELLERS) == set(KINDS)
    assert set(SUPPRESSED) == set(Verdict) - {Verdict.NOT_JUDGED, Verdict.QUIET, Verdict.FLAG}


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.4891, "fraction", "48.9 %"),
        (4556.0, "count", "4,556"),
        (99.5, "EUR", "EUR 99.50"),
        (0.545, "ratio", "+54.5 %"),
        (0.0, "ratio", "0.0 %"),
        (-0.0001, "ratio", "0.0 %"),
        (-0.0004, "fraction", "0.0 %"),
        (0.0031, "", "0.0031"),
        (-0.00052, "EUR", "EUR -0.00052"),
        (0.05, "days", "days 0.05"),
        (nan, "count", "no figure"),
    ],
)
def test_figures_are_written_as_readers_write_them(value, unit, written):
    assert figure(value, unit) == written


def test_evidence_is_what_json_can_hold():
    evidence = replace(CELL, p=nan, effect=float("inf")).evidence()
    assert json.loads(json.dumps(evidence, allow_nan=False)) == evidence
    assert (evidence["verdict"], evidence["basis"], evidence["p"]) == ("flag", "level", None)


def test_odds_do_not_pretend_to_know_more_than_they_do():
    assert odds(1e-12) == "would come about by chance less than once in a million times"
    assert odds(0.9) == odds(nan) == "may well be chance"
