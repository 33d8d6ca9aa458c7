import numpy as np
import pytest

from metrics.detection.batch import Basis, Batch, Floats, Side, Unit, Verdict
from metrics.detection.breaks import judge
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.judgements import Cell
from tests.metrics.detection.cast import FOREVER, kpi, last_cell, steady

SINCE = 5
ERA = 12


def noisy(level: float, seed: int = 1, *, deviation: float = 0.01, periods: int = FOREVER) -> Floats:
    return level + np.random.default_rng(seed).normal(0, deviation, periods)


def jumped(by: float, *, since: int = SINCE, until: int = 0, seed: int = 1) -> Floats:
    values = noisy(0.7, seed)
    values[FOREVER - since : FOREVER - until] += by
    return values


def told(ours: Floats, theirs: Floats | None = None, **given: float) -> Cell:
    sizes = np.full(ours.shape, 2000.0)
    companion = kpi(noisy(0.5, 9) if theirs is None else theirs, sizes)
    return last_cell("definition_break", kpi(ours, sizes, **given), companion)


def test_a_jump_for_the_better_that_stays_while_its_companion_does_not_move_is_a_finding():
    cell = told(jumped(0.1))
    assert (cell.verdict, cell.basis, cell.run) == (Verdict.FLAG, Basis.TREND, SINCE)
    assert cell.effect == pytest.approx(0.1, abs=0.01)
    assert cell.reference == pytest.approx(0.7, abs=0.005)
    assert cell.lower < cell.reference < cell.upper < cell.kpi_value


def test_the_same_jump_beside_a_companion_that_moved_is_one_of_the_world():
    assert told(jumped(0.1), jumped(0.05, seed=4)).verdict == Verdict.COMPANION_MOVED


def test_a_measure_without_a_companion_cannot_tell_counting_from_the_world():
    assert told(jumped(0.1), jumped(0.1)).verdict == Verdict.NO_COMPANION


def test_where_less_is_better_a_fall_is_the_jump_for_the_better():
    assert told(jumped(-0.1), direction=-1.0).verdict == Verdict.FLAG
    assert told(jumped(-0.1)).verdict == Verdict.NOT_PERSISTENT


@pytest.mark.parametrize(("since", "verdict"), [(7, Verdict.NOT_PERSISTENT), (8, Verdict.FLAG)])
def test_a_jump_for_the_worse_is_told_once_it_has_stood_for_a_run_of_eight(since, verdict):
    assert told(jumped(-0.1, since=since)).verdict == verdict


@pytest.mark.parametrize(
    ("by", "since", "verdict"),
    [(0.1, 8, Verdict.FLAG), (0.1, 7, Verdict.NO_BASELINE), (0.04, 8, Verdict.NO_BASELINE)],
)
def test_in_the_first_year_of_a_weekly_measure_only_a_large_jump_that_has_long_stood_is_told(by, since, verdict):
    weeks = 30
    values, sizes = noisy(0.7, 3)[-weeks:], np.full((1, weeks), 2000.0)
    values[-since:] += by
    beside = Side.of(noisy(0.5, 9)[None, -weeks:], sizes)
    batch = Batch.of(Side.of(values[None], sizes), beside, np.array([weeks - 1]), season=52)
    assert judge(batch).verdict[0, 0] == verdict


def test_two_periods_are_no_new_level():
    assert told(jumped(0.1, since=2)).verdict == Verdict.NOT_PERSISTENT


def test_an_excursion_that_is_over_is_not_one_that_stays():
    assert told(jumped(0.1, since=7, until=2)).verdict in {Verdict.QUIET, Verdict.NOT_PERSISTENT}


def test_a_trend_is_no_jump():
    assert told(noisy(0.5) + 0.01 * np.arange(FOREVER)).verdict in {Verdict.QUIET, Verdict.A_TREND}


def test_a_jump_smaller_than_what_matters_is_none():
    assert told(jumped(0.1), min_effect=0.2).verdict == Verdict.BELOW_MINIMUM_EFFECT


def test_too_few_cases_are_not_judged():
    assert told(jumped(0.1), reliable_from=5000.0).verdict == Verdict.TOO_SMALL


def test_a_declared_change_of_counting_leaves_no_past_to_break_with():
    values = jumped(0.1)
    values[: FOREVER - SINCE] = np.nan
    assert told(values).verdict == Verdict.NO_BASELINE


def test_a_season_of_any_shape_is_no_jump():
    square = np.where(np.arange(FOREVER) % ERA < ERA // 2, 0.0, 0.15)
    cells = [told(noisy(0.6, seed) + np.roll(square, seed)) for seed in range(12)]
    assert all(cell.verdict != Verdict.FLAG for cell in cells)


def test_a_jump_shows_through_a_season():
    wave = 0.1 * np.sin(2 * np.pi * np.arange(FOREVER) / ERA)
    cell = told(jumped(0.15, since=ERA) + wave)
    assert (cell.verdict, cell.seasonal) == (Verdict.FLAG, True)


def test_a_finding_has_every_figure_its_evidence_needs():
    evidence = told(jumped(0.1)).evidence()
    assert None not in {evidence[name] for name in ("kpi_value", "value", "reference", "effect", "run", "p", "size")}


def test_what_comes_later_changes_nothing():
    values = jumped(0.1, since=15)
    sides = kpi(values, np.full(FOREVER, 2000.0)), kpi(*steady(0.5))
    early = judge(Batch.of(*sides, np.array([FOREVER - 9])))
    everything = judge(Batch.of(*sides))
    assert early.cell(0, 0).evidence() == everything.cell(0, FOREVER - 9).evidence()


@pytest.mark.parametrize("period", [20, 30, 44])
def test_pure_noise_breaks_no_more_often_than_promised(period):
    rng = np.random.default_rng(period)
    sides = [Side.of(rng.normal(50, 4, (6000, 50)), unit=int(Unit.MEAN)) for _ in range(2)]
    answer = judge(Batch.of(*sides, np.array([period])))
    assert (answer.p == answer.p).mean() > 0.9
    allowed = LIMIT_ALPHA * 6000
    assert answer.flagged.sum() <= allowed + 3 * np.sqrt(allowed)
    assert (answer.p <= LIMIT_ALPHA).sum() == answer.flagged.sum()
