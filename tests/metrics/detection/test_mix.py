import numpy as np
import pytest

from metrics.detection import mix
from metrics.detection.batch import Basis, Batch, Floats, Side, Verdict
from metrics.detection.hiding import at_past_shares
from metrics.detection.judgements import Cell
from tests.metrics.detection.cast import FOREVER, kpi, steady

MAJOR = 65_000.0
"""Patients of the major departments, of 100,000."""


def last(whole: Side, part: Side, **given: object) -> Cell:
    """The verdict on the last period."""
    return mix.judge(Batch.of(whole, part, np.array([whole.values.shape[1] - 1]), **given)).cell(0, 0)


def a_whole(minor: Floats, major: Floats, sizes: Floats, *, everyone: float = 100_000, **given: float) -> Side:
    """All departments together, on target from 0.9."""
    values = (major * sizes + minor * (everyone - sizes)) / everyone
    return kpi(values, np.full(len(values), everyone), **{"target": 0.9} | given)


def a_part(values: Floats, sizes: Floats, **given: float) -> Side:
    return kpi(values, sizes, **{"target": 0.9, "min_effect": 0.03} | given)


@pytest.fixture
def england() -> tuple[Side, Side]:
    """Patients seen within four hours, England: all departments, and the major ones among them, to May 2018.

    NHS England, "A&E attendances and emergency admissions", by month from April 2016.
    """
    everyone = [0.900, 0.903, 0.906, 0.903, 0.910, 0.906, 0.891, 0.884, 0.862, 0.851, 0.875, 0.900, 0.905, 0.897,
                0.907, 0.903, 0.903, 0.897, 0.899, 0.888, 0.850, 0.853, 0.850, 0.846, 0.886, 0.904]  # fmt: skip
    major = [0.850, 0.854, 0.858, 0.854, 0.864, 0.860, 0.837, 0.827, 0.793, 0.776, 0.812, 0.851, 0.857, 0.846,
             0.861, 0.855, 0.854, 0.846, 0.848, 0.830, 0.773, 0.772, 0.769, 0.764, 0.823, 0.851]  # fmt: skip
    sizes = np.full(len(major), 1_300_000.0)
    return kpi(np.array(everyone), np.full(len(major), 2_000_000.0), target=0.9), a_part(np.array(major), sizes)


def test_england_met_its_four_hours_while_the_major_departments_did_not(england):
    cell = last(*england)
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.LEVEL)
    assert cell.effect == pytest.approx(0.053)
    assert cell.run == 26


def test_a_month_in_which_both_are_off_target_is_honest_bad_news(england):
    winter = mix.judge(Batch.of(*england, np.array([23]))).cell(0, 0)
    assert winter.verdict == Verdict.CONCORDANT


def test_what_is_less_than_a_tenth_of_the_whole_hides_nothing_on_its_own():
    values, _ = steady(0.85)
    for size, verdict in ((9_000.0, Verdict.QUIET), (11_000.0, Verdict.FLAG)):
        sizes = np.full(FOREVER, size)
        assert last(a_whole(np.full(FOREVER, 0.95), values, sizes), a_part(values, sizes)).verdict == verdict


def test_a_gap_that_does_not_matter_is_none():
    values, _ = steady(0.895)
    sizes = np.full(FOREVER, MAJOR)
    cell = last(a_whole(np.full(FOREVER, 0.94), values, sizes), a_part(values, sizes))
    assert cell.verdict == Verdict.BELOW_MINIMUM_EFFECT


def test_a_few_cases_short_of_the_target_are_not_off_it():
    values = np.full(FOREVER, 0.88)
    sizes = np.full(FOREVER, 60.0)
    cell = last(a_whole(np.full(FOREVER, 0.95), values, sizes, everyone=100), a_part(values, sizes))
    assert cell.verdict == Verdict.QUIET


def test_a_whole_that_a_change_of_mix_keeps_up_hides_its_worsening():
    minor, _ = steady(0.98, wobble=0.001)
    major, _ = steady(0.90, wobble=0.002)
    sizes = np.full(FOREVER, MAJOR)
    major[-3:] -= 0.06
    sizes[-3:] = 30_000.0
    cell = last(a_whole(minor, major, sizes), a_part(major, sizes, target=np.nan))
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.COMPOSITION)
    assert cell.reference == pytest.approx(0.65 * major[-1] + 0.35 * minor[-1])
    assert last(a_whole(minor, major, np.full(FOREVER, MAJOR)), a_part(major, np.full(FOREVER, MAJOR))).basis in (
        Basis.NONE,
        Basis.LEVEL,
    )


def test_kidney_stones_at_the_mix_of_the_other_treatment():
    """C. R. Charig et al., British Medical Journal 292 (1986): 78 % and 83 % succeeded, better in neither group."""
    small, large = np.full(20, 81 / 87), np.full(20, 192 / 263)
    small[-1], large[-1] = 234 / 270, 55 / 80
    sizes, everyone = np.full(20, 263.0), np.full(20, 350.0)
    sizes[-1] = 80.0
    whole = Side.of((large * sizes + small * (everyone - sizes)) / everyone, everyone)
    standard = at_past_shares(whole, Side.of(large, sizes), 19, 12)
    assert whole.values[0, [0, -1]] == pytest.approx([0.78, 0.826], abs=0.001)
    assert standard.values[0, -1] == pytest.approx(87 / 350 * 234 / 270 + 263 / 350 * 55 / 80)
    assert standard.values[0, -1] < standard.values[0, 0]


class TestSegments:
    """A measure in one of many segments, beside the same in the whole."""

    SIZES = np.full(FOREVER, 2000.0)

    def fallen(self, by: float, *, whole_by: float = 0.0, **given: object) -> Cell:
        """One of fifty segments falls for three months, and the others with it by as much as told."""
        part, _ = steady(0.86, wobble=0.006)
        rest = np.full(FOREVER, 0.86)
        part[-3:] -= by
        rest[-3:] -= whole_by
        whole = a_whole(rest, part, self.SIZES, target=0.85)
        return last(whole, a_part(part, self.SIZES, target=0.85, min_effect=np.nan), of_parent=True, **given)

    def test_one_that_falls_away_unseen_is_found(self):
        cell = self.fallen(0.08)
        assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.TREND)
        assert cell.baseline == pytest.approx(0.86, abs=0.002)
        assert cell.effect == pytest.approx(0.08, abs=0.01)

    def test_a_fall_that_may_be_within_its_limits_does_not_matter(self):
        assert self.fallen(0.03).verdict == Verdict.BELOW_MINIMUM_EFFECT

    def test_one_that_falls_with_the_whole_is_not_hidden(self):
        assert self.fallen(0.08, whole_by=0.05).verdict == Verdict.CONCORDANT

    def test_one_that_has_always_been_behind_is_none(self):
        part, _ = steady(0.75, wobble=0.006)
        whole = a_whole(np.full(FOREVER, 0.87), part, self.SIZES, target=0.85)
        cell = last(whole, a_part(part, self.SIZES, target=0.85, min_effect=np.nan), of_parent=True)
        assert cell.verdict in (Verdict.QUIET, Verdict.BELOW_MINIMUM_EFFECT)

    def test_what_it_is_linked_with_gives_way_or_does_not(self):
        outcome, sizes = steady(0.3)
        worse = outcome.copy()
        worse[-3:] += 0.1
        beside = Side.of(np.stack([outcome, worse]), np.stack([sizes, sizes]), direction=-1.0)
        assert mix.gives_way(beside, FOREVER - 1, 12).tolist() == [False, True]

    def test_a_detail_of_the_whole_is_not_judged(self):
        part, _ = steady(0.86)
        sizes = np.full(FOREVER, 900.0)
        whole = a_whole(np.full(FOREVER, 0.86), part, sizes, target=0.85)
        assert last(whole, a_part(part, sizes), of_parent=True).verdict == Verdict.A_DETAIL

    def test_a_single_month_is_not_enough(self):
        part, _ = steady(0.86, wobble=0.006)
        part[-1] -= 0.12
        whole = a_whole(np.full(FOREVER, 0.86), part, self.SIZES, target=0.85)
        cell = last(whole, a_part(part, self.SIZES, target=0.85), of_parent=True)
        assert cell.verdict == Verdict.NOT_PERSISTENT


def test_nothing_is_hidden_by_a_sum():
    money = Side.of(np.full(FOREVER, 1e6), unit=1, target=9e5)
    part = Side.of(np.full(FOREVER, 1e5), unit=1, target=9e5)
    assert last(money, part, of_parent=True).verdict == Verdict.NOTHING_STATED
