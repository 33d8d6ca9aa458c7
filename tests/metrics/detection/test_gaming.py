from collections.abc import Sequence
from math import isnan, log, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.detection import gaming
from metrics.detection.batch import Basis, Batch, Floats, Side, Unit, Verdict
from metrics.detection.judgements import Cell
from metrics.detection.signs import bunching, going_with, shrinking, together
from tests.metrics.detection.cast import FOREVER, kpi, outcome, steady


def last(claimed: Side, guard: Side, **given: object) -> Cell:
    return gaming.judge(Batch.of(claimed, guard, np.array([FOREVER - 1]), **given)).cell(0, 0)


@pytest.fixture
def noisy() -> Floats:
    """A proportion of 500 cases a month, well above its target of 0.8."""
    return np.random.default_rng(7).binomial(500, 0.84, FOREVER) / 500


@pytest.fixture
def guard() -> Side:
    """A counter-measure that keeps its target."""
    return outcome(*steady(0.25))


def sized(values: Floats, *, shrunk: float = 1.0, for_periods: int = 4) -> Side:
    sizes = 500.0 + 10 * np.tile([1.0, -1.0, 0.5, -0.5], FOREVER)[:FOREVER]
    sizes[-for_periods:] = np.round(sizes[-for_periods:] * shrunk)
    return kpi(values, sizes)


def bunched(noisy: Floats, periods: int = 5) -> Floats:
    values = noisy.copy()
    values[-periods:] = 0.8 + np.array([0.001, 0.003, 0.002, 0.001, 0.002])[:periods]
    return values


def test_a_kpi_that_does_what_it_may_is_quiet(noisy, guard):
    assert last(sized(noisy), guard).verdict == Verdict.QUIET


def test_values_that_bunch_at_the_target_are_a_sign(noisy, guard):
    cell = last(sized(bunched(noisy)), guard)
    assert (cell.verdict, cell.basis, cell.run) == (Verdict.FLAG, Basis.BUNCHING, 5)
    assert cell.reference == 0.8


def test_values_that_bunch_while_the_denominator_gives_way_are_two(noisy, guard):
    cell = last(sized(bunched(noisy), shrunk=0.7), guard)
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.SIGNS)
    assert cell.reference == pytest.approx(500, abs=10)


def test_a_denominator_that_gives_way_is_nothing_while_the_kpi_stays_as_it_was(noisy, guard):
    assert last(sized(noisy, shrunk=0.7), guard).verdict == Verdict.QUIET


def test_a_kpi_that_improves_on_a_denominator_that_gives_way_is_found(noisy, guard):
    better = noisy.copy()
    better[-4:] += 0.1
    cell = last(sized(better, shrunk=0.5), guard)
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.DENOMINATOR)


def test_a_kpi_on_target_while_its_counter_measure_worsens_is_found(noisy):
    worse, sizes = steady(0.25)
    worse[-3:] += 0.12
    cell = last(sized(noisy), outcome(worse, sizes))
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.TREND)
    assert cell.effect == pytest.approx(0.12, abs=0.01)


def test_both_that_give_way_are_bad_news_and_no_gaming(noisy):
    worse, sizes = steady(0.25)
    worse[-3:] += 0.12
    falling = noisy.copy()
    falling[-3:] -= 0.2
    assert last(sized(falling), outcome(worse, sizes)).verdict == Verdict.CONCORDANT


def test_more_of_the_kpi_that_goes_with_more_harm_is_found():
    """As bookings secured by a deposit went with cancellations in a city hotel, month by month."""
    rng = np.random.default_rng(3)
    secured = 0.15 + 0.06 * rng.random(FOREVER)
    cancelled = 0.28 + 0.7 * secured + 0.005 * rng.standard_normal(FOREVER)
    sizes = np.full(FOREVER, 3000.0)
    guard = outcome(cancelled, sizes)
    cell = last(kpi(secured, sizes, target=0.1), guard)
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.HARM)
    assert cell.reference > 0.8
    assert last(kpi(secured[::-1], sizes, target=0.1), guard).basis != Basis.HARM


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), gaps=st.booleans())
def test_the_relation_is_spearmans_on_as_many_changes_as_count(seed, gaps):
    rng = np.random.default_rng(seed)
    ours = np.round(rng.normal(0.5, 0.1, 25), 2)
    theirs = np.round(0.3 * ours + rng.normal(0.4, 0.05, 25), 2)
    if gaps:
        ours[rng.integers(0, 25)] = nan
    told = going_with(Side.of(ours), Side.of(theirs, direction=-1.0), 24, 12, np.ones(1, bool))
    changes = [
        (round(b - a, 2), round(d - c, 2)) for a, b, c, d in zip(ours, ours[1:], theirs, theirs[1:], strict=False)
    ]
    known = [change for change in changes if not isnan(sum(change))]
    expected = stats.spearmanr(*zip(*known, strict=True))
    assert told.correlation[0] == pytest.approx(expected.statistic)
    ranks = [dict(zip(_places(changes), stats.rankdata([pair[k] for pair in known]), strict=True)) for k in (0, 1)]
    related = _lagged(ranks[0]) * _lagged(ranks[1])
    worth = min(len(known), len(known) * (1 - related) / (1 + related))
    score = expected.statistic * ((worth - 2) / (1 - expected.statistic**2)) ** 0.5
    assert told.p[0] == pytest.approx(stats.t.sf(score, worth - 2))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_changes_of_one_size_share_a_rank_in_whatever_unit(seed):
    """0.3 − 0.2 and 0.2 − 0.1 differ in their last bit, and 30 − 20 and 20 − 10 do not."""
    rng = np.random.default_rng(seed)
    ours, theirs = (np.round(rng.normal(60, 3, 25)) for _ in range(2))
    asked = np.ones(1, bool)
    whole = going_with(Side.of(ours), Side.of(theirs, direction=-1.0), 24, 12, asked)
    tenths = going_with(Side.of(ours / 10), Side.of(theirs / 1000, direction=-1.0), 24, 12, asked)
    assert tenths.correlation[0] == pytest.approx(whole.correlation[0], abs=1e-12)
    assert tenths.p[0] == pytest.approx(whole.p[0])


def test_values_that_stand_a_bit_off_their_target_have_a_chance_and_no_less():
    exactly = np.tile([0.3, 0.35, 0.28, 0.4], FOREVER)[:FOREVER]
    exactly[-6:] = 0.3 - 1e-12
    told = bunching(Side.of(exactly, target=0.3, unit=int(Unit.MEAN)), FOREVER - 1, 12)
    assert 0 <= told.p[0] <= 1


def _places(changes: Sequence[tuple[float, float]]) -> list[int]:
    return [place for place, change in enumerate(changes) if not isnan(sum(change))]


def _lagged(ranks: dict[int, float]) -> float:
    """Correlation of neighbours."""
    pairs = [(ranks[place], ranks[place - 1]) for place in ranks if place - 1 in ranks]
    return float(stats.pearsonr(*zip(*pairs, strict=True)).statistic)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_chance_of_bunching_is_that_of_the_narrowest_run(seed):
    rng = np.random.default_rng(seed)
    values = 0.8 + rng.normal(0.003, 0.004, FOREVER)
    told = bunching(sized(values), FOREVER - 1, 12)
    sizes = sized(values).denominators[0]
    each = []
    for run in (3, 4, 5, 6):
        inside = [
            min(1.0, 0.3989 * (value - 0.8 + 1 / size) / (0.16 / size) ** 0.5) if value >= 0.8 - 1e-9 else 1.0
            for value, size in zip(values[-run:], sizes[-run:], strict=True)
        ]
        each.append(max(inside) ** run)
    assert told.p[0] == pytest.approx(min(1.0, 4 * min(each)))


def test_nothing_bunches_at_an_end():
    whole = kpi(np.ones(FOREVER), np.full(FOREVER, 500.0), target=1.0)
    assert np.isnan(bunching(whole, FOREVER - 1, 12).p).all()


def test_a_mean_that_has_always_been_as_steady_does_not_bunch():
    always = 8.0 + 0.001 * np.random.default_rng(1).random(FOREVER)
    assert bunching(kpi(always, unit=int(Unit.MEAN), target=8.0), FOREVER - 1, 12).p[0] > 0.05


def test_what_is_gone_of_a_denominator_is_told_as_a_share():
    told = shrinking(sized(np.full(FOREVER, 0.9), shrunk=0.7), FOREVER - 1, 12)
    assert told.gone[0] == pytest.approx(0.3, abs=0.03)
    assert told.p[0] < 1e-4


def test_chances_come_together_as_fishers_do():
    """R. A. Fisher, *Statistical Methods for Research Workers* (1932): 0.145, 0.263 and 0.087 give χ² = 11.417."""
    chances = [0.145, 0.263, 0.087]
    assert -2 * sum(log(each) for each in chances) == pytest.approx(11.417, abs=0.01)
    expected = stats.combine_pvalues(chances, method="fisher").pvalue
    told = together(np.array([*chances, nan])[:, None])
    assert told[0] == pytest.approx(expected)
    assert told[0] == pytest.approx(0.076, abs=0.001)
