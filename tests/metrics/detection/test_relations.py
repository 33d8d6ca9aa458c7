from math import nan

import numpy as np
import pytest

from metrics.detection.batch import Floats
from metrics.detection.relations import around, relation


def course(seed: int, periods: int = 36) -> Floats:
    return np.random.default_rng(seed).normal(0, 1, periods)


def following(leader: Floats, lag: int, *, seed: int = 5, sign: float = 1.0) -> Floats:
    """A course that follows another so many periods later."""
    moved = np.r_[np.zeros(lag), leader[: len(leader) - lag]] if lag else leader
    return sign * moved + 0.3 * course(seed, len(leader))


def test_a_relation_in_the_same_month_is_told_with_its_interval():
    told = relation(course(1), following(course(1), 0), [0, 1, 2])
    assert told.words == "Moves with the outcome in the same month; nothing at later lags."
    same, later = told.at_lags[:2]
    assert same.lower < same.rho < same.upper
    assert (same.known, later.known) == (36, 35)
    assert same.p < 0.001 < later.p


def test_a_relation_that_comes_later_is_told_with_its_lag():
    told = relation(course(2), following(course(2), 2), [0, 1, 2, 3], grain="week")
    assert told.words == "Moves with the outcome 2 weeks later; nothing at later lags."


def test_a_kpi_that_tells_nothing_is_no_evidence():
    told = relation(course(3, 24), course(4, 24), [0])
    assert told.words == "No relation seen in 24 months: this KPI is not evidence for this outcome."


def test_a_relation_the_wrong_way_round_is_told_as_one():
    told = relation(course(1), following(course(1), 0, sign=-1.0), [0])
    assert told.words == "Moves against the outcome, the wrong way round, in the same month."


def test_where_less_of_the_outcome_is_good_a_fall_is_as_promised():
    told = relation(course(1), following(course(1), 0, sign=-1.0), [0], sign=-1.0)
    assert told.at_lags[0].rho > 0.8
    assert told.words.startswith("Moves with")


@pytest.mark.parametrize(("known", "said"), [(23, True), (24, False)])
def test_fewer_than_two_years_of_months_say_nothing(known, said):
    values = course(1)
    values[known:] = nan
    told = relation(values, following(course(1), 0), [0])
    assert told.words.startswith("Too little to say") is said


def test_each_stretch_between_changes_of_counting_is_told_by_itself():
    leader = course(1, 60)
    outcome = np.r_[following(leader[:30], 0), course(8, 30)]
    before, after = around(leader, outcome, [0], [30])
    assert ((before.first, before.end), (after.first, after.end)) == ((0, 30), (30, 60))
    assert before.words.startswith("Moves with the outcome")
    assert after.words.startswith("No relation seen in 30 months")
