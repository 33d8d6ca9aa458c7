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
    assert "At least 30.0 % is promised" in by_share


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
