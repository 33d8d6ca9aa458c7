from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

from metrics.detection.batch import Basis, Batch, Floats, Mark, Side, Unit, Verdict
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.integrity import judge
from metrics.detection.judgements import Cell
from tests.metrics.detection.cast import outcome

PERIODS = 40


def wobbling(seed: int = 1, periods: int = PERIODS) -> Floats:
    return np.round(np.random.default_rng(seed).normal(0.4, 0.03, periods), 4)


def told(values: Floats, *marks: Mark, first: Floats | None = None, **given: float) -> Cell:
    """The verdict on the last figure, marked as said."""
    standing = outcome(values, np.full(values.shape, 2000.0), **given)
    reported = standing if first is None else replace(standing, values=first[None, :])
    held = np.zeros((1, len(values)), np.uint16)
    held[0, -1] = sum(marks)
    return judge(Batch.of(reported, standing, np.array([len(values) - 1]), marks=held)).cell(0, 0)


def test_a_figure_that_nothing_is_held_against_is_quiet():
    assert told(wobbling()).verdict == Verdict.QUIET


@pytest.mark.parametrize(
    ("mark", "basis"),
    [
        (Mark.REFUSED, Basis.REFUSED),
        (Mark.FACTOR_OF_1000, Basis.FACTOR_OF_1000),
        (Mark.SAME_INSTANT_CONFLICT, Basis.SAME_INSTANT_CONFLICT),
        (Mark.MATERIAL_RESTATEMENT, Basis.RESTATEMENT),
    ],
)
def test_what_cannot_be_so_is_a_finding_without_a_chance(mark, basis):
    cell = told(wobbling(), mark)
    assert (cell.verdict, cell.basis, isnan(cell.p)) == (Verdict.FLAG, basis, True)


@pytest.mark.parametrize("mark", [Mark.RESTATED, Mark.LATE, Mark.GAP_BEFORE])
def test_what_is_merely_odd_is_none(mark):
    assert told(wobbling(), mark).verdict == Verdict.QUIET


def test_of_two_marks_the_gravest_is_told():
    assert told(wobbling(), Mark.MATERIAL_RESTATEMENT, Mark.REFUSED).basis == Basis.REFUSED


def test_a_restatement_is_as_large_as_it_moved_what_was_first_reported():
    first, standing = wobbling(), wobbling()
    first[-1], standing[-1] = 0.4, 0.43
    cell = told(standing, Mark.RESTATED, Mark.MATERIAL_RESTATEMENT, first=first)
    assert cell.effect == pytest.approx(0.075)
    assert (cell.kpi_value, cell.value) == (0.4, 0.43)


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [(1.3, Unit.FRACTION, Verdict.FLAG), (-0.1, Unit.FRACTION, Verdict.FLAG), (1.0, Unit.FRACTION, Verdict.QUIET),
     (-3, Unit.COUNT, Verdict.FLAG), (-3, Unit.MEAN, Verdict.QUIET)],
)  # fmt: skip
def test_a_share_above_all_and_a_count_below_none_are_impossible(value, unit, verdict):
    values = wobbling()
    values[-1] = value
    assert told(values, unit=int(unit)).verdict == verdict


def test_a_gap_that_nothing_marks_is_missing_and_no_case():
    values = wobbling()
    values[-1] = nan
    assert told(values).verdict == Verdict.MISSING
    assert told(values, Mark.MISSING).verdict == Verdict.MISSING


def of_a_gap(periods: int, *marks: Mark, after: int = PERIODS) -> Cell:
    """The verdict on the last period of a gap, marked as said, with so many figures before it at most."""
    values = wobbling()
    values[: max(0, PERIODS - periods - after)] = nan
    values[-periods:] = nan
    side, held = outcome(values), np.zeros((1, PERIODS), np.uint16)
    held[0, -periods:] = sum((Mark.MISSING, *marks))
    return judge(Batch.of(side, side, np.array([PERIODS - 1]), marks=held)).cell(0, 0)


def test_a_gap_of_two_periods_is_a_case_and_tells_what_stood_before():
    cell = of_a_gap(2)
    assert (cell.verdict, cell.basis, cell.reference) == (Verdict.FLAG, Basis.GAP, wobbling()[-3])


def test_of_all_there_is_one_missing_period_is_a_case():
    assert of_a_gap(1, Mark.ALL_MISSING).basis == Basis.GAP


@pytest.mark.parametrize(("after", "verdict"), [(7, Verdict.MISSING), (8, Verdict.FLAG)])
@pytest.mark.parametrize("periods", [1, 2])
def test_it_has_to_be_expected_before_it_can_be_missed_at_once(after, verdict, periods):
    expected = Verdict.FLAG if periods > 1 else verdict
    assert of_a_gap(periods, Mark.ALL_MISSING, after=after).verdict == expected


def test_of_a_detail_no_gap_is_a_case():
    assert of_a_gap(3, Mark.DETAIL_MISSING).verdict == Verdict.MISSING


@pytest.mark.parametrize(("repeated", "verdict"), [(3, Verdict.QUIET), (4, Verdict.FLAG)])
def test_a_figure_that_repeats_to_the_last_digit_is_frozen(repeated, verdict):
    values = wobbling()
    values[-repeated:] = 0.4123
    cell = told(values)
    assert cell.verdict == verdict
    assert cell.run == repeated


def test_what_has_stood_still_for_nearly_all_that_is_looked_back_on_is_neither_a_finding_nor_quiet():
    values = wobbling()
    for repeated, verdict in ((20, Verdict.FLAG), (30, Verdict.NO_BASELINE)):
        values[-repeated:] = 0.4123
        assert told(values).verdict == verdict


def test_its_chance_is_that_of_the_repeats_seen_before():
    values = wobbling()
    values[-4:] = 0.4123
    assert told(values).p == pytest.approx((1 / 37) ** 3)


def test_what_stands_still_by_nature_is_not_accused():
    values = np.repeat([2.0, 3.0], PERIODS // 2)
    assert told(values, unit=int(Unit.COUNT)).verdict == Verdict.QUIET


@pytest.mark.parametrize("bound", [0.0, 1.0])
def test_none_and_all_may_well_repeat(bound):
    values = wobbling()
    values[-6:] = bound
    assert told(values).verdict == Verdict.QUIET


def test_the_same_value_of_another_denominator_is_no_repeat():
    values = wobbling()
    values[-4:] = 0.4123
    sizes = np.random.default_rng(2).integers(500, 3000, PERIODS).astype(float)
    side = Side.of(values, sizes)
    assert judge(Batch.of(side, side, np.array([PERIODS - 1]))).cell(0, 0).verdict == Verdict.QUIET


def test_a_batch_without_marks_is_judged_by_its_figures():
    side = outcome(np.r_[wobbling(), 1.2])
    assert judge(Batch.of(side, side)).cell(0, PERIODS).basis == Basis.IMPOSSIBLE


def test_counts_that_coincide_now_and_then_freeze_no_more_often_than_promised():
    counts = np.random.default_rng(4).poisson(6, (20_000, 38)).astype(float)
    side = Side.of(counts, unit=int(Unit.COUNT))
    answer = judge(Batch.of(side, side, np.array([37])))
    assert answer.flagged.sum() <= LIMIT_ALPHA * len(counts)


@pytest.mark.parametrize("mean", [0.6, 1.0, 2.0])
def test_small_counts_that_come_again_by_chance_are_called_frozen_no_oftener_than_promised(mean):
    counts = np.random.default_rng(3).poisson(mean, (4000, 40)).astype(float)
    side = Side.of(counts, unit=int(Unit.COUNT))
    assert (judge(Batch.of(side, side, np.array([25, 32, 39]))).verdict == Verdict.FLAG).mean() <= LIMIT_ALPHA
