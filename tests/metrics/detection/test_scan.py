from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.detection.batch import Side, Unit
from metrics.detection.statistics.scan import SCAN_LOOKS, inflation, scan
from tests.metrics.detection.cast import tail

PERIODS = 45


class SlowScan:
    """What `scan` computes for many series and windows at once, for one of each and in plain loops."""

    def __init__(self, values, sizes, unit, column, season, window):
        start, self.season = max(0, column - 2 * season - 14), season
        known = [i for i in range(start, column + 1) if not isnan(values[i])]
        self.proportion = unit == Unit.FRACTION and all(sizes[i] > 0 for i in known)
        self.weight = {i: sizes[i] if self.proportion else 1.0 for i in known}
        self.level = sum(values[i] * self.weight[i] for i in known) / sum(self.weight.values())
        quiet = max(start, column + 1 - max(1, min(6, season - 1, column + 1 - start)))
        self.far = {i: values[i] - self.level for i in known}
        self.tame([i for i in known if i < quiet])
        drawn = sum(self.far[i] * self.weight[i] for i in known) / sum(self.weight.values())
        self.far, self.level = {i: self.far[i] - drawn for i in known}, self.level + drawn
        self.size = sum(self.weight.values()) / len(known)
        self.quiet = {i: self.far[i] * sqrt(self.weight[i]) for i in known if i < quiet}
        self.window = [i for i in known if i > column - window]
        self.past = [i for i in known if i <= column - window]

    def tame(self, past):
        scores = {i: self.far[i] * sqrt(self.weight[i]) for i in past}
        ranges = [abs(scores[i] - scores[i - 1]) for i in past if i - 1 in scores]
        if not ranges:
            return
        kept = [moved for moved in ranges if moved <= 3.268 * sum(ranges) / len(ranges)]
        most = 4 * sum(kept) / len(kept) / 1.128
        if most > 0 and any(abs(score) > most for score in scores.values()):
            given = {i: self.far[i] for i in past}
            for _ in range(2):
                level = sum(self.far[i] * self.weight[i] for i in past) / sum(self.weight[i] for i in past)
                for i in past:
                    reach = most / sqrt(self.weight[i])
                    self.far[i] = level + min(max(given[i] - level, -reach), reach)

    def alike(self, apart):
        pairs = [(self.quiet[i], self.quiet[i - apart]) for i in self.quiet if i - apart in self.quiet]
        return sum(a * b for a, b in pairs), len(pairs)

    def echo(self):
        squares = sum(score**2 for score in self.quiet.values())
        seen = self.alike(1)[0] / squares if squares else 0.0
        return min(max((len(self.quiet) * seen + 12 * 0.1) / (len(self.quiet) + 12), 0), 0.8)

    def turn(self):
        products, number = self.alike(self.season)
        squares = sum(score**2 for score in self.quiet.values()) * number / max(len(self.quiet), 1)
        seen = number * min(max(products / squares if squares else 0.0, -1), 1) / (number + 12)
        return min(max(seen + 12 * self.echo() / (number + 12), 0), 0.95), min(max(seen, 0), 0.95)

    def lean(self, i):
        """How far, and to what, last years' same periods draw what is expected of a period."""
        years = [i - turns * self.season for turns in (1, 2) if i - turns * self.season in self.far]
        weight = sum(self.weight[year] for year in years)
        if not weight:
            return 0.0, 0.0
        share = self.turn()[0] * weight / (self.turn()[0] * weight + (1 - self.turn()[0]) * self.size)
        return share, sum(self.weight[year] * self.far[year] for year in years) / weight

    def judged(self):
        """Mean, expected, error and degrees of freedom."""
        if not self.window:
            return nan, nan, nan, nan
        weight = sum(self.weight[i] for i in self.window)
        mean = sum(self.weight[i] * self.far[i] for i in self.window) / weight
        behind = sum(self.weight[i] for i in self.past)
        level = sum(self.weight[i] * self.far[i] for i in self.past) / behind
        expected = sum(self.weight[i] * (self.lean(i)[0] * self.lean(i)[1] + level * (1 - self.lean(i)[0]))
                       for i in self.window) / weight  # fmt: skip
        left = sum(self.weight[i] * (1 - self.lean(i)[0]) for i in self.window) / weight
        variance, freedom = self.variance(level)
        unit = self.level * (1 - self.level) if self.proportion else 1.0
        echo = self.echo()
        alike = 1 - 2 * (1 - left) * self.turn()[1] + (1 - left) ** 2
        return mean + self.level, expected + self.level, (alike, left, weight, behind, echo, variance * unit), freedom

    def error(self, periods):
        alike, left, weight, behind, echo, variance = self.judged()[2]
        theirs = left**2 * min((1 + echo) / (1 - echo), len(self.past)) / behind
        neighbours = 1 + 2 * sum((1 - lag / periods) * echo**lag for lag in range(1, periods))
        return sqrt(variance * (alike * neighbours / weight + theirs))

    def variance(self, level):
        echo = self.echo()
        independent = (1 - echo**2) / (1 + echo**2)
        freedom = (len(self.past) - 1) * independent
        squares = sum(self.weight[i] * (self.far[i] - level) ** 2 for i in self.past) * independent
        if not self.proportion:
            return squares / freedom, max(freedom, 1)
        squares /= self.level * (1 - self.level)
        weighed = (squares + 4 * (1 + 0.05**2 * self.size)) / (freedom + 4)
        own = squares / freedom if len(self.past) >= 8 else 1.0
        return max(weighed, 1.0, own), max(freedom + (0 if own > weighed else 4), 1)


@st.composite
def told_series(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    unit, season = draw(st.sampled_from(list(Unit))), draw(st.sampled_from([4, 12]))
    sizes = rng.integers(60, 3000, PERIODS).astype(float)
    wave = draw(st.floats(0, 0.15)) * np.sin(2 * np.pi * np.arange(PERIODS) / season)
    values = np.clip(0.4 + wave + rng.normal(0, draw(st.floats(0.001, 0.1)), PERIODS), 0.01, 0.99)
    values[rng.random(PERIODS) < 0.05] = 0.95
    values[rng.random(PERIODS) < draw(st.floats(0, 0.4))] = np.nan
    if unit != Unit.FRACTION:
        values, sizes = values * 1000, np.full(PERIODS, np.nan)
    return values, sizes, unit, draw(st.integers(12, PERIODS - 1)), season


@settings(max_examples=300, deadline=None)
@given(told_series(), st.integers(1, 6))
def test_windows_are_those_of_a_slow_and_obvious_version(series, window):
    values, sizes, unit, column, season = series
    if window > season - 1 or np.isnan(values[: column + 1]).all():
        return
    ours = scan(Side.of(values, sizes, unit=int(unit)), column, season)
    slow = SlowScan(values.tolist(), sizes.tolist(), unit, column, season, window)
    if len(slow.past) < 8:
        assert np.isnan(ours.expected[0, window - 1])
        return
    mean, expected, _, freedom = slow.judged()
    if isnan(mean):
        assert np.isnan(ours.mean[0, window - 1])
        return
    assert ours.mean[0, window - 1] == pytest.approx(mean)
    assert ours.expected[0, window - 1] == pytest.approx(expected)
    assert ours.error[0, window - 1] == pytest.approx(slow.error(window))
    assert ours.freedom[0, window - 1] == pytest.approx(freedom)
    p = ours.moved(np.array([1.0]))[0, window - 1]
    if p < 0.15:
        assert p == pytest.approx(tail(mean - expected, slow.error(window), freedom), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(told_series(), st.integers(0, 2**32))
def test_nothing_after_the_period_is_looked_at(series, seed):
    values, sizes, unit, column, season = series
    rewritten = values.copy()
    rewritten[column + 1 :] = np.random.default_rng(seed).random(PERIODS - column - 1)
    before, after = (scan(Side.of(given, sizes, unit=int(unit)), column, season) for given in (values, rewritten))
    for name in before.__match_args__:
        assert np.array_equal(getattr(before, name), getattr(after, name), equal_nan=True)


def test_a_small_steady_shift_is_told_from_its_sum_and_not_from_its_parts():
    values = np.random.default_rng(1).normal(50, 2, 40)
    values[-5:] = 50 + np.array([3.0, 3.4, 2.8, 3.2, 3.0])
    p = scan(Side.of(values, unit=int(Unit.MEAN)), 39, 12).moved(np.array([1.0]))[0]
    assert p[0] > 0.01
    assert p[4] < 0.002


def test_one_wild_month_of_the_past_is_no_yardstick():
    values = np.random.default_rng(2).normal(50, 1, 40)
    wild = values.copy()
    wild[12] = 200
    tame, other = (scan(Side.of(each, unit=int(Unit.MEAN)), 39, 12).error[0] for each in (values, wild))
    assert (other < 1.5 * tame).all()


@pytest.mark.parametrize("echo", [0.0, 0.3, 0.8])
def test_the_mean_of_neighbours_varies_as_their_likeness_says(echo):
    number = 5
    covariances = echo ** np.abs(np.subtract.outer(np.arange(number), np.arange(number)))
    assert inflation(echo, number) == pytest.approx(covariances.mean() * number)


@pytest.mark.parametrize("period", [16, 30, 49])
def test_the_looks_at_six_windows_are_paid_for(period):
    noise = np.random.default_rng(period).normal(50, 3, (40_000, 50))
    p = scan(Side.of(noise, unit=int(Unit.MEAN)), period, 12).moved(np.ones(len(noise)))
    for alpha in (0.01, 0.0027):
        assert (SCAN_LOOKS * p.min(axis=1) <= alpha).mean() <= alpha * 1.1
