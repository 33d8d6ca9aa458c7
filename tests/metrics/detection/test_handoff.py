import numpy as np
import pytest

from metrics.detection.batch import Basis, Batch, Side, Unit, Verdict
from metrics.detection.handoff import judge
from tests.metrics.detection.cast import FOREVER, kpi, last_cell, steady


def leads(values, **given):
    return Side.of(values, unit=int(Unit.COUNT), reliable_from=50.0, **given)


def passed_on(count=1000.0):
    return np.full(FOREVER, count) + np.tile([20.0, -20.0], FOREVER // 2)


def kept(share, **given):
    values, sizes = steady(share)
    return Side.of(values, sizes, **{"direction": 1.0, "red_threshold": 0.8, "reliable_from": 50.0} | given)


def test_what_is_kept_beyond_its_red_threshold_is_a_finding():
    cell = last_cell("handoff", leads(passed_on()), kept(0.7))
    assert (cell.verdict, cell.basis, cell.reference) == (Verdict.FLAG, Basis.LEVEL, 0.8)
    assert cell.effect == pytest.approx(0.1, abs=0.01)
    assert cell.run == FOREVER


def test_at_its_red_threshold_it_is_none():
    assert last_cell("handoff", leads(passed_on()), kept(0.8002)).verdict in {Verdict.QUIET, Verdict.WITHIN_NOISE}


@pytest.mark.parametrize(("months", "verdict"), [(5, Verdict.WITHIN_NOISE), (6, Verdict.FLAG)])
def test_six_in_a_row_beyond_the_threshold_are_a_finding_where_no_single_one_is(months, verdict):
    values, sizes = np.full(FOREVER, 0.81), np.full(FOREVER, 120.0)
    values[-months:] = 0.79
    cell = last_cell("handoff", leads(passed_on()), Side.of(values, sizes, direction=1.0, red_threshold=0.8))
    assert (cell.verdict, cell.run) == (verdict, months)


def flights(*, target, lately):
    """Months that vary by nine points, and the last two of them well behind their target."""
    values, sizes = (
        np.full(FOREVER, 0.78) + np.tile([0.03, -0.06, 0.06, -0.03], FOREVER // 4),
        np.full(FOREVER, 29_000.0),
    )
    values[-2:] = lately
    return Side.of(values, sizes, direction=1.0, red_threshold=0.7, target=target)


@pytest.mark.parametrize(
    ("target", "lately", "verdict"),
    [
        (0.95, [0.6634, 0.6590], Verdict.FLAG),
        (0.95, [0.7010, 0.6990], Verdict.WITHIN_NOISE),
        (0.78, [0.7634, 0.6590], Verdict.WITHIN_NOISE),
        (np.nan, [0.6634, 0.6590], Verdict.WITHIN_NOISE),
    ],
)
def test_where_noise_is_ruled_out_counting_alone_says_whether_a_threshold_is_passed(target, lately, verdict):
    assert last_cell("handoff", leads(passed_on()), flights(target=target, lately=lately)).verdict == verdict


def test_the_next_function_is_not_asked_while_the_passing_one_fails_itself():
    assert last_cell("handoff", kpi(*steady(0.6)), kept(0.7)).verdict == Verdict.CONCORDANT
    falling = passed_on()
    falling[-1] = 500.0
    assert last_cell("handoff", leads(falling), kept(0.7)).verdict == Verdict.CONCORDANT


def test_a_handoff_that_states_nothing_cannot_be_judged():
    assert last_cell("handoff", leads(passed_on()), kept(0.7, red_threshold=np.nan)).verdict == Verdict.NOTHING_STATED


def arriving(share):
    return leads(passed_on() * (share + 0.005 * np.tile([1.0, 0.0, -1.0, 0.0], FOREVER // 4)))


@pytest.mark.parametrize(("share", "verdict"), [(0.40, Verdict.FLAG), (0.60, Verdict.QUIET), (0.575, Verdict.QUIET)])
def test_a_promised_share_is_held_to_its_tolerance(share, verdict):
    cell = last_cell("handoff", leads(passed_on()), arriving(share), shares_unit=True, expected=0.6, tolerance=0.05)
    assert cell.verdict == verdict
    assert cell.reference == pytest.approx(0.57)
    assert cell.value == pytest.approx(share, abs=0.006)


def test_without_a_promise_a_share_is_held_against_its_past():
    received = arriving(0.6)
    assert last_cell("handoff", leads(passed_on()), received, shares_unit=True).verdict != Verdict.FLAG
    received.values[0, -1] *= 0.7
    cell = last_cell("handoff", leads(passed_on()), received, shares_unit=True)
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.TREND)


def test_nothing_passed_on_is_no_share():
    given = passed_on()
    given[-1] = 0.0
    cell = last_cell("handoff", leads(given), arriving(0.6), shares_unit=True)
    assert cell.verdict == Verdict.MISSING


def test_what_arrives_later_is_held_against_what_was_passed_on_before():
    given = passed_on()
    given[-3] = 2000.0
    received = given * 0.6
    received = np.r_[received[:2], received[:-2]]
    sides = leads(given), leads(received)
    assert last_cell("handoff", *sides, shares_unit=True, expected=0.6, lag=2).verdict == Verdict.QUIET
    assert last_cell("handoff", *sides, shares_unit=True, expected=0.6, lag=2).value == pytest.approx(0.6)


def test_the_family_is_counted_with_the_chance_if_nothing_were_wrong():
    values, sizes = np.full(FOREVER, 0.81), np.full(FOREVER, 900.0)
    values[-1] = 0.755
    at_bound, at_target = (
        last_cell(
            "handoff", leads(passed_on()), Side.of(values, sizes, direction=1.0, red_threshold=0.8, target=target)
        )
        for target in (np.nan, 0.85)
    )
    assert at_bound.verdict == at_target.verdict == Verdict.FLAG
    assert at_target.p < at_bound.p / 100


def test_who_stands_at_the_target_is_beyond_the_threshold_by_chance_no_more_often_than_its_p_says():
    rng = np.random.default_rng(7)
    sizes = np.full((20_000, 30), 400.0)
    values = rng.binomial(400, rng.beta(340, 60, sizes.shape)) / sizes
    received = Side.of(values, sizes, direction=1.0, red_threshold=0.8, target=0.85)
    given = Side.of(np.full(sizes.shape, 500.0), unit=int(Unit.COUNT))
    answer = judge(Batch.of(given, received, np.array([20])))
    for alpha in (0.05, 0.01, 0.0027):
        assert (answer.p <= alpha).mean() <= alpha * 1.25
