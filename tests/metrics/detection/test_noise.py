"""Figures in which nothing happens: how often they are called a finding is what is promised, and no more."""

import numpy as np
import pytest

from metrics.detection.batch import Floats, Side, Unit, Verdict
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.divergence import judge
from tests.metrics.detection.cast import asked_of_each
from tests.metrics.detection.whole_families import decide

PAIRS, PERIODS = 6000, 50
ALLOWED = LIMIT_ALPHA * PAIRS + 3 * np.sqrt(LIMIT_ALPHA * PAIRS)
"""How many of the pairs may be findings in a period, of each of the periods that are judged."""


def sizes(rng: np.random.Generator) -> Floats:
    return rng.poisson(800, (PAIRS, PERIODS)).astype(float)


def binomial(rng: np.random.Generator) -> Side:
    number = sizes(rng)
    return proportions(rng.binomial(number.astype(int), 0.3) / number, number)


def over_dispersed(rng: np.random.Generator) -> Side:
    """Twice what binomial chance explains."""
    number = sizes(rng)
    return proportions(rng.binomial(number.astype(int), rng.beta(60, 140, number.shape)) / number, number)


def widely_dispersed(rng: np.random.Generator) -> Side:
    """Six times what binomial chance explains."""
    number = sizes(rng)
    return proportions(rng.binomial(number.astype(int), rng.beta(6.5, 15.2, number.shape)) / number, number)


def diversely_dispersed(rng: np.random.Generator) -> Side:
    """As diverse as hotels and hospitals are: half beyond 0.05 √(p(1 − p)), one in ten beyond 0.105."""
    number = sizes(rng)
    spread = 0.05 * np.exp(rng.normal(0, 0.58, (PAIRS, 1)))
    worth = 1 / spread**2 - 1
    shares = rng.beta(0.3 * worth, 0.7 * worth, number.shape)
    return proportions(rng.binomial(number.astype(int), shares) / number, number)


def echoing(rng: np.random.Generator) -> Side:
    """Means of which a quarter of the variance is a state that persists from period to period."""
    state = np.zeros((PAIRS, PERIODS))
    for period in range(1, PERIODS):
        state[:, period] = 0.6 * state[:, period - 1] + rng.normal(0, 0.8, PAIRS)
    return Side.of(50 + 2 * state + rng.normal(0, np.sqrt(12), state.shape), direction=-1.0, unit=int(Unit.MEAN))


def counts(rng: np.random.Generator) -> Side:
    number = rng.uniform(50, 2000, (PAIRS, 1))
    found = rng.negative_binomial(300, 300 / (300 + number), (PAIRS, PERIODS)).astype(float)
    return Side.of(found, direction=-1.0, unit=int(Unit.COUNT))


def seasonal(rng: np.random.Generator) -> Side:
    number = sizes(rng)
    wave = 0.3 + 0.1 * np.sin(2 * np.pi * (np.arange(PERIODS) / 12 + rng.random((PAIRS, 1))))
    return proportions(rng.binomial(number.astype(int), wave) / number, number)


def means(rng: np.random.Generator) -> Side:
    return Side.of(rng.normal(50, 4, (PAIRS, PERIODS)), direction=-1.0, unit=int(Unit.MEAN))


def proportions(values: Floats, number: Floats) -> Side:
    return Side.of(values, number, direction=-1.0)


NOISES = [binomial, over_dispersed, widely_dispersed, diversely_dispersed, seasonal, means, echoing, counts]


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("period", [14, 26, 49])
def test_chance_alone_is_a_finding_no_more_often_than_a_point_outside_its_limits(noise, period):
    answer = judge(asked_of_each(noise(np.random.default_rng(period)), np.array([period])))
    assert (answer.p == answer.p).mean() > 0.9
    assert answer.flagged.sum() <= ALLOWED


@pytest.mark.parametrize("noise", [binomial, over_dispersed, diversely_dispersed])
def test_an_outcome_that_stands_at_its_target_is_off_it_by_chance_no_more_often(noise):
    outcome = noise(np.random.default_rng(1))
    at_target = Side.of(outcome.values, outcome.denominators, direction=-1.0, target=0.3)
    answer = judge(asked_of_each(at_target, np.array([0, 11, 14, 40])))
    assert (answer.flagged.sum(axis=0) <= ALLOWED).all()


@pytest.mark.parametrize("noise", [means, counts])
def test_a_short_past_calls_an_outcome_at_its_target_off_it_no_more_often(noise):
    outcome = noise(np.random.default_rng(4))
    level = outcome.values.mean(axis=1) if noise is counts else 50.0
    at_target = Side.of(outcome.values, direction=-1.0, target=level, unit=outcome.unit)
    answer = judge(asked_of_each(at_target, np.array([6, 8, 11, 26])))
    assert not np.isnan(answer.p).any()
    assert (answer.flagged.sum(axis=0) <= ALLOWED).all()


def test_a_family_of_nothing_but_chance_holds_a_finding_in_at_most_one_of_twenty():
    answer = judge(asked_of_each(over_dispersed(np.random.default_rng(2)), np.array([40])))
    family = np.arange(PAIRS) // 20
    verdict, _ = decide(answer.verdict[:, 0], answer.p[:, 0], family)
    struck = np.unique(family[verdict == Verdict.FLAG])
    allowed = 0.05 * PAIRS / 20
    assert len(struck) <= allowed + 3 * np.sqrt(allowed)
