from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.detection.batch import Side, Unit, Verdict
from tests.metrics.detection.cast import last_cell


def judged(record, other, *, unit=Unit.COUNT, tolerance=0.05, **told):
    sides = (Side.of(np.array([value]), unit=int(unit), **told) for value in (record, other))
    return last_cell("source_disagreement", *sides, tolerance=tolerance)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (1000.0, Verdict.QUIET),
        (1050.0, Verdict.WITHIN_TOLERANCE),
        (950.0, Verdict.WITHIN_TOLERANCE),
        (1051.0, Verdict.FLAG),
        (949.0, Verdict.FLAG),
        (np.nan, Verdict.MISSING),
    ],
)
def test_two_sources_may_differ_by_their_tolerance_and_no_more(other, verdict):
    assert judged(1000.0, other).verdict == verdict


def test_against_a_record_of_zero_anything_else_disagrees():
    assert judged(0.0, 0.0).verdict == Verdict.QUIET
    assert judged(0.0, 1.0).verdict == Verdict.FLAG


def test_figures_that_agree_at_their_decimals_agree():
    assert judged(0.30001, 0.29999, unit=Unit.FRACTION, tolerance=0.0).verdict == Verdict.QUIET


def test_small_numbers_may_disagree():
    assert judged(40.0, 20.0, reliable_from=50.0).verdict == Verdict.TOO_SMALL


def test_the_run_counts_the_periods_of_disagreement():
    record, other = (Side.of(np.array(values), unit=2) for values in ([100.0] * 5, [90.0, 100.0, 90.0, 90.0, 90.0]))
    assert last_cell("source_disagreement", record, other, tolerance=0.05).run == 3


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 20))
def test_disagreement_is_that_of_exact_decimals(record, other, percent):
    exact = abs(Decimal(other) - record) / record
    allowed = Decimal(percent) / 100
    verdict = judged(float(record), float(other), tolerance=percent / 100).verdict
    assert (verdict == Verdict.FLAG) == (exact > allowed)
