import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.detection.batch import Verdict
from metrics.detection.control import FALSE_DISCOVERY_RATE, bounds_of, decide_within, persistent_p
from tests.metrics.detection.whole_families import decide, q_values

PUBLISHED = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
)
"""Benjamini and Hochberg (1995), section 3.2: fifteen hypotheses, of which the procedure rejects four at 0.05."""


def test_the_example_of_benjamini_and_hochberg():
    assert np.flatnonzero(q_values(PUBLISHED) <= 0.05).tolist() == [0, 1, 2, 3]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=40))
def test_q_values_are_those_of_a_slow_and_obvious_version(given_p):
    members = [p for p in given_p if p is not None]

    def slow(p):
        ranked = sorted(members)
        return min(1.0, min(other * len(ranked) / (rank + 1) for rank, other in enumerate(ranked) if other >= p))

    answered = q_values(np.array([np.nan if p is None else p for p in given_p]))
    for p, q in zip(given_p, answered, strict=True):
        assert np.isnan(q) if p is None else q == pytest.approx(slow(p))


def test_families_are_counted_apart():
    p = np.array([0.02, 0.9, 0.9, 0.02])
    _, q = decide(np.full(4, Verdict.FLAG, np.uint8), p, np.array([1, 1, 1, 2]))
    assert q.tolist() == pytest.approx([0.06, 0.9, 0.9, 0.02])


def test_a_flag_among_too_many_is_not_controlled_and_comes_back_when_the_family_allows():
    verdict = np.array([Verdict.FLAG, Verdict.WITHIN_NOISE], np.uint8)
    p, family = np.array([0.03, 0.8]), np.zeros(2, int)
    decided, _ = decide(verdict, p, family)
    assert decided.tolist() == [Verdict.NOT_CONTROLLED, Verdict.WITHIN_NOISE]
    again, _ = decide(decided, np.array([0.02, 0.8]), family)
    assert again.tolist() == [Verdict.FLAG, Verdict.WITHIN_NOISE]


CHANCES = st.one_of(st.just(np.nan), st.floats(0, 1), st.floats(0, 0.01))


@given(st.lists(st.tuples(st.sampled_from(Verdict), CHANCES, st.integers(0, 2))))
def test_families_are_decided_by_their_low_p_values_alone_as_by_their_q_values(cells):
    verdict, family = (np.array([each[place] for each in cells], int) for place in (0, 2))
    p, verdict = np.array([each for _, each, _ in cells], float), verdict.astype(np.uint8)
    low, members = p <= FALSE_DISCOVERY_RATE, np.bincount(family[~np.isnan(p)], minlength=3)
    bounds = bounds_of(p[low], family[low], members)
    decided = decide(verdict, p, family)[0] if cells else verdict
    assert decide_within(verdict, p, bounds[family]).tolist() == decided.tolist()


def test_a_finding_without_chance_needs_no_family():
    decided, q = decide(np.array([Verdict.FLAG], np.uint8), np.array([np.nan]), np.zeros(1, int))
    assert decided.tolist() == [Verdict.FLAG]
    assert np.isnan(q).all()


def test_a_verdict_does_not_depend_on_the_order_of_a_family():
    rng = np.random.default_rng(3)
    p, family = rng.random(200) ** 4, rng.integers(0, 3, 200)
    verdict = np.full(200, Verdict.FLAG, np.uint8)
    shuffled = rng.permutation(200)
    decided, q = decide(verdict, p, family)
    other, other_q = decide(verdict, p[shuffled], family[shuffled])
    assert (decided[shuffled] == other).all()
    assert q[shuffled] == pytest.approx(other_q)


def test_one_bad_week_is_nothing_where_one_is_not_enough():
    tested = np.array([[0.5, 0.5, 1e-9]])
    assert persistent_p(tested, np.array([True]))[0][0] == pytest.approx(3e-9)
    assert persistent_p(tested, np.array([False]))[0][0] > 0.1


def test_two_bad_weeks_of_three_are_something_and_a_gap_is_no_third():
    tested = np.array([[0.01, 0.5, 0.01], [np.nan, 0.5, 0.01]])
    combined, _ = persistent_p(tested, np.array([False, False]))
    assert combined[0] == pytest.approx(2 * (3 * 0.01**2 - 2 * 0.01**3))
    assert combined[1] > 0.1


def test_a_period_that_stands_well_is_not_blamed_for_those_before_it():
    assert persistent_p(np.array([[1e-9, 1e-9, 0.4]]), np.array([True]))[0][0] == 1.0


def test_a_missing_period_has_no_p():
    assert np.isnan(persistent_p(np.array([[0.01, 0.01, np.nan]]), np.array([True]))[0]).all()


def test_persistence_is_no_more_likely_than_it_says():
    chances = np.random.default_rng(8).random((200_000, 3))
    for one_is_enough in (True, False):
        combined, _ = persistent_p(chances, np.full(len(chances), one_is_enough))
        for alpha in (0.0027, 0.01, 0.05):
            assert (combined <= alpha).mean() <= alpha
