"""Findings of parts, of gaming and of promises, each in two sentences with the figures in them."""

from dataclasses import replace
from math import nan

import pytest

from metrics.detection.batch import Basis
from metrics.detection.told.conduct import gaming, overcommitment
from metrics.detection.told.parts import inconsistency, mix
from metrics.detection.told.telling import Telling
from tests.metrics.detection.test_sentences import CELL

HOURS = Telling(
    kpi="Patients seen within 4 hours",
    outcome="Patients seen within 4 hours, major departments",
    period="May 2018",
    kpi_target=0.9,
    outcome_target=0.9,
)
HIDDEN = replace(CELL, kpi_value=0.904, value=0.851, effect=0.053, run=26.0)
SECURED = Telling(
    kpi="Bookings secured by deposit",
    outcome="Bookings that never became a stay",
    period="August 2017",
    segment="City Hotel",
    kpi_target=0.1,
    outcome_target=0.3,
)
PROMISED = Telling(kpi="Orders due", outcome="Orders that can be delivered", period="May 2018", kpi_unit="count",
                   outcome_unit="count", tolerance=0.05)  # fmt: skip


def test_a_declared_part_is_told_beside_the_whole_that_covers_it():
    assert mix(replace(HIDDEN, basis=Basis.LEVEL), HOURS) == (
        "In May 2018, Patients seen within 4 hours stands at 90.4 %, on its target of 90.0 %, while Patients seen "
        "within 4 hours, major departments stands at 85.1 % against a target of 90.0 %. It has been off its target for "
        "26 months in a row, and that it lies 5.3 points behind the whole that covers it would come about by chance "
        "about once in 2,500 times."
    )


def test_a_segment_that_fell_away_is_told_with_its_whole():
    told = mix(
        replace(HIDDEN, basis=Basis.TREND, baseline=0.9, lower=0.88, upper=0.92, effect=0.049),
        replace(HOURS, outcome=HOURS.kpi, segment="North", whole="all regions"),
    )
    assert told == (
        "In May 2018, Patients seen within 4 hours stands at 90.4 %, on its target of 90.0 % for all regions, while "
        "for North it stands at 85.1 %. At its usual distance from the rest 90.0 % was due (natural limits 88.0 % to "
        "92.0 %); a falling away by 4.9 points would come about by chance about once in 2,500 times."
    )


def test_a_change_of_mix_is_told_with_what_it_hides():
    told = mix(replace(HIDDEN, basis=Basis.COMPOSITION, reference=0.87, effect=0.03), HOURS)
    assert "at the shares of its past it would stand at 87.0 %" in told
    assert "a worsening by 3.0 points that does not show" in told


def test_segments_that_differ_are_told_with_the_rest_and_how_lasting_it_is():
    told = replace(CELL, value=0.424, reference=0.253, effect=0.171, run=11.0, history=12.0)
    assert inconsistency(told, replace(SECURED, segment="Groups", whole="Resort Hotel")) == (
        "In the 12 months up to August 2017, Bookings that never became a stay stands at 42.4 % for Groups, against "
        "25.3 % in the rest of Resort Hotel. It was worse in 11 of them, and a difference of 17.1 points would come "
        "about by chance about once in 2,500 times."
    )


def test_counts_that_differ_are_told_as_rates():
    told = replace(CELL, value=0.08, reference=0.04, effect=20.0, run=12.0, history=12.0)
    counted = inconsistency(told, replace(SECURED, outcome_unit="count"))
    assert "stands at 0.08 for City Hotel, against 0.04" in counted
    assert "a difference of 20.0 cases a month" in counted


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis.TREND, "The same month last year stood at 41.1 %"),
        (Basis.BUNCHING, "for 5 months it has kept just to the good side of 10.0 %"),
        (Basis.DENOMINATOR, "measured on 350 cases where 500 were to be expected"),
        (Basis.HARM, "in 18 changes from one month to the next (rank correlation 0.60)"),
        (Basis.SIGNS, "That these signs come together would come about by chance"),
    ],
)
def test_each_sign_of_gaming_is_told_with_its_figures(basis, words):
    references = {Basis.BUNCHING: 0.1, Basis.DENOMINATOR: 500.0, Basis.SIGNS: 500.0, Basis.HARM: 0.6}
    cell = replace(CELL, basis=basis, run=5.0, size=350.0, reference=references.get(basis, 0.411))
    told = gaming(cell, SECURED)
    assert words in told
    assert "Bookings that never became a stay" in told
    assert told.count(". ") == 1


def test_signs_without_a_denominator_are_told_without_one():
    told = gaming(replace(CELL, basis=Basis.SIGNS, reference=nan, baseline=nan), SECURED)
    assert "nan" not in told.replace("Finance", "")


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis.LEVEL, "It exceeds that by more than the 5 % tolerated for 3 months in a row, and this would come"),
        (Basis.BACKLOG, "What could not be kept has piled up to 240, and that more falls due than is kept would come"),
        (
            Basis.FORECAST,
            "What is promised for the time ahead exceeds what can be expected by 240, and that would come",
        ),
    ],
)
def test_each_way_to_promise_too_much_is_told_with_its_figures(basis, words):
    told = overcommitment(replace(CELL, basis=basis, kpi_value=560, value=500, effect=240.0, run=3.0), PROMISED)
    assert told.startswith("In May 2018, 560 falls due as Orders due, and Orders that can be delivered allows 500.")
    assert words in told
