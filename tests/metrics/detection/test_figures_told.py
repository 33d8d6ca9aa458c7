from dataclasses import replace
from math import inf, nan

import pytest

from metrics.detection.batch import Basis
from metrics.detection.told.sentences import tell
from tests.metrics.detection.test_sentences import CELL, TELLING

FAULTS = [basis for basis in Basis if Basis.REFUSED <= basis <= Basis.FROZEN]


def test_a_definition_break_is_told_with_both_levels_and_the_companion():
    cell = replace(CELL, basis=Basis.TREND, reference=0.41, effect=0.14, run=5.0)
    assert tell("definition_break", cell, TELLING) == (
        "In May 2017, for City Hotel, Booked revenue growth stands at 54.5 %, and for 5 months its level has been 14.0 "
        "points away from 41.0 % (natural limits 35.0 % to 47.0 %). Bookings that never became a stay did not move "
        "with it, and a step like this would come about by chance about once in 2,500 times."
    )


def test_a_lost_link_is_told_with_both_correlations():
    cell = replace(CELL, basis=Basis.LOST, baseline=0.82, reference=0.82, effect=0.77, lower=-0.4, upper=0.48)
    assert tell("broken_link", cell, TELLING) == (
        "Over the 11 months to May 2017, for City Hotel, Booked revenue growth told nothing of Bookings that never "
        "became a stay (rank correlation +0.05, 95 % interval -0.40 to +0.48). In the 18 months before, the two moved "
        "together (+0.82), and a loss like this would come about by chance about once in 2,500 times."
    )


def test_a_link_the_wrong_way_round_is_told_as_one():
    cell = replace(CELL, basis=Basis.REVERSED, reference=0.0, effect=0.71, lower=-0.9, upper=-0.4)
    told = tell("broken_link", cell, TELLING)
    assert "got worse as Booked revenue growth got better (rank correlation -0.71" in told
    assert "this far the wrong way would come about by chance" in told


@pytest.mark.parametrize("basis", FAULTS)
def test_whatever_cannot_be_so_is_told_in_two_sentences_with_what_it_is_held_against(basis):
    cell = replace(CELL, basis=basis, p=0.0001 if basis == Basis.FROZEN else nan, effect=0.05, kpi_value=0.466)
    told = tell("integrity", cell, TELLING)
    assert told.startswith("In May 2017, for City Hotel, ")
    assert told.count(". ") == 1
    assert "Bookings that never became a stay" in told


def test_a_restatement_is_told_with_both_figures():
    told = tell("integrity", replace(CELL, basis=Basis.RESTATEMENT, effect=0.049, kpi_value=0.466), TELLING)
    assert "was first reported as 46.6 % and stands at 48.9 % now. That moves it by 4.9 %" in told


def test_one_of_nothing_is_no_share_of_it():
    told = tell("integrity", replace(CELL, basis=Basis.RESTATEMENT, effect=inf, kpi_value=0.0), TELLING)
    assert "was first reported as 0.0 % and stands at 48.9 % now. It was nothing before" in told
    assert "inf" not in told


@pytest.mark.parametrize(("value", "unit", "told"), [(1.0002, "fraction", "100.02 %"), (-0.0004, "fraction", "-0.04 %"),
                                                     (-0.4, "count", "-0.4")])  # fmt: skip
def test_what_cannot_be_so_is_told_so_closely_that_it_shows(value, unit, told):
    cell = replace(CELL, basis=Basis.IMPOSSIBLE, value=value)
    assert f"stands at {told}. No" in tell("integrity", cell, replace(TELLING, outcome_unit=unit))


def test_one_that_was_taken_back_says_so():
    told = tell("integrity", replace(CELL, basis=Basis.RESTATEMENT, effect=0.0), TELLING)
    assert "In between it stood elsewhere" in told


def test_a_refused_figure_without_another_leaves_the_period_unknown():
    told = tell("integrity", replace(CELL, basis=Basis.REFUSED, value=nan), TELLING)
    assert told.endswith("No other has come in its place, so the period is unknown.")
