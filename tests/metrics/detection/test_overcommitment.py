import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.detection import overcommitment
from metrics.detection.batch import Basis, Batch, Floats, Side, Unit, Verdict
from metrics.detection.judgements import Cell
from metrics.detection.overcommitment import Load, _backlog
from tests.metrics.detection.cast import FOREVER

KEPT = 500.0


def last(promised: Floats, kept: Floats | None = None, **given: object) -> Cell:
    told = {"shares_unit": True, "tolerance": 0.05} | given
    kept = around(KEPT) if kept is None else kept
    unit, at = told.pop("unit", Unit.COUNT), told.pop("at", FOREVER - 1)
    sides = (count(each, unit) for each in (promised, kept))
    return overcommitment.judge(Batch.of(*sides, np.array([at]), **told)).cell(0, 0)


def count(values: Floats, unit: Unit = Unit.COUNT) -> Side:
    return Side.of(values, unit=int(unit), decimals=0)


def around(level: float, periods: int = FOREVER) -> Floats:
    values = level * (1 + 0.01 * np.tile([1.0, -1.0, 0.5, -0.5], periods)[:periods])
    return np.round(values) if level >= 100 else values


def test_what_can_be_kept_may_be_promised():
    assert last(around(0.9 * KEPT)).verdict == Verdict.QUIET


def test_what_is_within_the_tolerance_is_none_for_a_month():
    promised = around(0.9 * KEPT)
    promised[-1] = 1.04 * KEPT
    assert last(promised).verdict == Verdict.WITHIN_TOLERANCE


def test_more_than_can_be_kept_for_three_months_is_found():
    promised = around(0.98 * KEPT)
    promised[-3:] = 1.3 * KEPT
    cell = last(promised)
    assert (cell.verdict, cell.basis, cell.run) == (Verdict.FLAG, Basis.LEVEL, 3)
    assert cell.effect == pytest.approx(0.3 * KEPT, abs=10)


def test_the_cases_behind_it_are_the_promises_that_fall_due():
    promised = around(0.98 * KEPT)
    promised[-5:-2], promised[-2:] = 1.3 * KEPT, 0.9 * KEPT
    assert last(promised, lag=2).size == promised[-3]


def test_one_month_of_too_much_is_not_lasting():
    promised = around(0.9 * KEPT)
    promised[-1] = 1.3 * KEPT
    assert last(promised).verdict == Verdict.NOT_PERSISTENT


def test_a_little_too_much_every_month_piles_up():
    cell = last(around(1.04 * KEPT))
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.BACKLOG)
    assert cell.effect == pytest.approx(12 * 0.04 * KEPT, rel=0.1)


def test_what_piled_up_and_is_worked_off_again_is_none():
    promised = around(0.94 * KEPT)
    promised[-12:-9] = 1.2 * KEPT
    assert last(promised).verdict == Verdict.QUIET


def test_what_is_promised_for_the_time_ahead_is_known_before_it_falls_due():
    promised = around(0.95 * KEPT)
    promised[-2:] = 1.4 * KEPT
    cell = last(promised, lag=2)
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.FORECAST)
    assert cell.kpi_value == pytest.approx(0.95 * KEPT, abs=10)
    assert last(promised[::-1], lag=2).verdict == Verdict.QUIET


def test_a_season_in_which_more_can_be_kept_is_known_from_last_year():
    wave = np.where(np.arange(FOREVER) % 12 >= 4, 1.0, 1.6)
    kept, promised = KEPT * wave, 0.97 * KEPT * np.roll(wave, -2)
    assert last(promised, kept, lag=2).verdict == Verdict.QUIET


def test_two_counts_without_a_past_are_told_apart_by_counting():
    promised, kept = np.full(FOREVER, np.nan), np.full(FOREVER, np.nan)
    promised[-1], kept[-1] = 700, 500
    assert last(promised, kept).verdict == Verdict.FLAG
    promised[-1] = 560
    assert last(promised, kept).verdict == Verdict.WITHIN_NOISE


def test_one_week_of_too_much_is_not_lasting_either_where_there_is_no_past():
    promised, kept = np.full(FOREVER, np.nan), np.full(FOREVER, np.nan)
    promised[-1], kept[-1] = 700, 500
    assert last(promised, kept, one_is_enough=False).verdict != Verdict.FLAG
    promised[-2], kept[-2] = 690, 500
    assert last(promised, kept, one_is_enough=False).verdict == Verdict.FLAG
    assert last(promised[-1:], kept[-1:], one_is_enough=False, at=0).verdict != Verdict.FLAG


@pytest.mark.parametrize("unit", [Unit.COUNT, Unit.MEAN])
def test_who_can_keep_nothing_and_promises_is_found(unit):
    promised, kept = around(0.9 * KEPT), around(KEPT)
    kept[-1] = 0
    assert last(promised, kept, unit=unit).verdict == Verdict.NOT_PERSISTENT
    kept[-3:] = 0
    cell = last(promised, kept, unit=unit)
    assert (cell.verdict, cell.basis, cell.run) == (Verdict.FLAG, Basis.LEVEL, 3)
    promised[-3:] = 0
    assert last(promised, kept, unit=unit).verdict == Verdict.QUIET


def test_what_falls_due_on_days_on_which_nothing_can_be_kept_piles_up_with_the_rest():
    is_sunday = np.arange(FOREVER) % 7 == 6
    kept, promised = np.where(is_sunday, 0, around(KEPT)), around(0.8 * KEPT)
    told = last(promised, kept, season=7, one_is_enough=False)
    assert told.run == 0
    load = Load.of(Batch.of(count(promised), count(kept), shares_unit=True))
    left = 0.0
    for due, possible in list(zip(promised, kept, strict=True))[-12:]:
        left = max(0.0, left + due - possible)
    backlog = _backlog(load, FOREVER - 1)
    assert backlog.excess[0] == left
    assert backlog.p[0] == 1  # what Sundays leave is worked off within the week


@pytest.mark.parametrize("thousands", [1e3, 1e-3, 1e-6])
def test_amounts_are_judged_alike_in_whatever_unit(thousands):
    """Half a thing is little of what is counted; of a sum in millions it is half a million."""
    promised, kept = around(0.9), around(1.0)
    promised[5], promised[-2:] = 0.0, 1.3
    for due, possible in ((promised, kept), (np.full(FOREVER, 0.1), np.full(FOREVER, 0.2)), (promised, 0 * kept)):
        ours = last(due, possible, unit=Unit.MEAN)
        scaled = last(thousands * due, thousands * possible, unit=Unit.MEAN)
        assert (scaled.verdict, scaled.basis, scaled.run) == (ours.verdict, ours.basis, ours.run)
        assert scaled.p == pytest.approx(ours.p, rel=1e-6, nan_ok=True)


def test_what_is_not_counted_alike_is_not_compared():
    assert last(around(2 * KEPT), shares_unit=False).verdict == Verdict.NOTHING_STATED


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 200), st.integers(1, 200)), min_size=12, max_size=20))
def test_a_backlog_is_lindleys_queue(periods):
    due, kept = (np.array(each, float) for each in zip(*periods, strict=True))
    left = 0.0
    for promised, possible in periods[-12:]:
        left = max(0.0, left + promised - possible)
    load = Load.of(Batch.of(count(due), count(kept), shares_unit=True))
    assert _backlog(load, len(periods) - 1).excess[0] == left
