import numpy as np
import pytest

from metrics.detection.batch import Basis, Batch, Floats, Side, Unit, Verdict
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.judgements import Cell
from metrics.detection.links import judge

PERIODS = 38


def course(seed: int, periods: int = PERIODS) -> Floats:
    return np.random.default_rng(seed).normal(0, 1, periods)


def side(values: Floats, direction: float = 1.0) -> Side:
    return Side.of(values, unit=int(Unit.MEAN), direction=direction)


def told(kpi: Side, outcome: Side, **given: int) -> Cell:
    return judge(Batch.of(kpi, outcome, np.array([kpi.values.shape[1] - 1]), **given)).cell(0, 0)


def served(leader: Floats, *, until: int = PERIODS, sign: float = 1.0) -> Floats:
    """An outcome that follows a KPI until a period, and then goes its own way."""
    values = course(9, len(leader)) * 0.2 + sign * leader
    values[until:] = course(11, len(leader))[until:]
    return values


def test_a_kpi_that_told_of_its_outcome_and_tells_no_more_has_lost_it():
    cell = told(side(course(1)), side(served(course(1), until=19)))
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.LOST)
    assert cell.baseline > 0.8
    assert cell.lower < cell.reference - cell.effect < cell.upper
    assert (cell.history, cell.run) == (19, 19)


def test_one_that_still_tells_is_quiet():
    assert told(side(course(1)), side(served(course(1)))).verdict == Verdict.QUIET


def test_one_that_never_told_has_nothing_to_lose():
    assert told(side(course(1)), side(course(2))).verdict == Verdict.QUIET


def test_an_outcome_that_gets_worse_as_its_kpi_gets_better_is_related_the_wrong_way_round():
    cell = told(side(course(1)), side(served(course(1), sign=-1.0)))
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.REVERSED)


def test_where_less_of_the_outcome_is_good_that_is_as_it_should_be():
    assert told(side(course(1)), side(served(course(1), sign=-1.0), -1.0)).verdict == Verdict.QUIET


def test_a_lag_is_allowed_for():
    leader = course(1)
    later = np.r_[[0.0, 0.0], -leader[:-2]]
    assert told(side(leader), side(later), lag=2).basis == Basis.REVERSED
    assert told(side(leader), side(later)).verdict == Verdict.QUIET


@pytest.mark.parametrize(("periods", "verdict"), [(23, Verdict.NO_BASELINE), (24, Verdict.FLAG)])
def test_fewer_than_two_years_of_months_say_nothing(periods, verdict):
    leader = course(1, periods)
    assert told(side(leader), side(-leader)).verdict == verdict


def test_a_missing_figure_says_nothing():
    leader = course(1)
    leader[-1] = np.nan
    assert told(side(leader), side(-course(1))).verdict == Verdict.MISSING


def test_a_finding_has_every_figure_its_evidence_needs():
    evidence = told(side(course(1)), side(-course(1))).evidence()
    assert None not in {evidence[name] for name in ("kpi_value", "value", "reference", "effect", "run", "p")}


def test_the_cases_behind_a_finding_are_those_of_the_outcome_in_its_period():
    sizes = np.arange(1000.0, 1000 + PERIODS)
    outcome = Side.of(-course(1), sizes, unit=int(Unit.MEAN))
    assert told(side(course(1)), outcome).size == 1000 + PERIODS - 1


@pytest.mark.parametrize("phi", [0.0, 0.4])
def test_pure_noise_breaks_no_link_more_often_than_promised(phi):
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (2, 8000, PERIODS))
    for period in range(1, PERIODS):
        values[:, :, period] += phi * values[:, :, period - 1]
    answer = judge(Batch.of(side(values[0]), side(values[1]), np.array([PERIODS - 1])))
    assert (answer.p == answer.p).all()
    allowed = LIMIT_ALPHA * 8000
    assert answer.flagged.sum() <= allowed + 3 * np.sqrt(allowed)
