import ast
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import detection
from metrics.detection.batch import BLOCK, Batch, Side, Verdict, reach
from metrics.detection.kinds import KINDS
from metrics.detection.spreading import FEW
from tests.metrics.detection.cast import same

pytestmark = pytest.mark.xdist_group("kinds")
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
PAIRS, PERIODS = 30, 30


def a_batch(seed: int, pairs: int = PAIRS, periods: int = PERIODS, lacking: float = 0.1) -> Batch:
    """Pairs of every sort: units, directions, lags, seasons, gaps, small numbers, parts of wholes, kept at target."""
    rng = np.random.default_rng(seed)

    def side(most: int) -> Side:
        unit = rng.integers(0, 3, pairs)
        sizes = rng.integers(20, most, (pairs, periods)).astype(float)
        values = np.clip(rng.normal(0.5, 0.08, (pairs, periods)) + rng.normal(0, 0.2, (pairs, 1)), 0.01, 0.99)
        values[rng.random(pairs) < 0.1] = 0.5
        values[rng.random(values.shape) < lacking] = np.nan
        values = np.where(unit[:, None] == 0, values, np.round(values * 500))
        target = np.where(unit == 0, 0.5, 250.0) * np.where(rng.random(pairs) < 0.2, np.nan, 1)
        told = {"direction": rng.choice([-1.0, 1.0], pairs), "unit": unit, "target": target, "reliable_from": 50.0}
        told |= {"red_threshold": np.where(rng.random(pairs) < 0.5, np.nan, target), "min_effect": 0.02}
        return Side.of(values, np.where(unit[:, None] == 0, sizes, np.nan), **told)

    told = {"lag": rng.integers(0, 4, pairs), "season": rng.choice([4, 12], pairs)}
    told |= {"one_is_enough": rng.random(pairs) < 0.5, "shares_unit": rng.random(pairs) < 0.5}
    told |= {"of_parent": rng.random(pairs) < 0.5}
    told |= {"expected": np.where(rng.random(pairs) < 0.5, np.nan, 0.9), "tolerance": 0.05}
    return Batch.of(side(20_000), side(2000), **told)


def in_some_periods(batch: Batch, periods: Iterable[int]) -> Batch:
    """The batch, with so many fewer to be judged: one costs the same with thirty pairs as with three hundred."""
    return replace(batch, judge=batch.judge & np.isin(np.arange(batch.judge.shape[1]), list(periods)))


some_pairs = st.sets(st.integers(0, PAIRS - 1), min_size=1, max_size=5).map(sorted)
some_periods = st.sets(st.integers(0, PERIODS - 1), min_size=8, max_size=8)


@EVERY_KIND
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), pairs=some_pairs, periods=some_periods)
def test_a_pair_judged_alone_or_among_few_is_judged_as_in_a_batch(kind, seed, pairs, periods):
    batch = in_some_periods(a_batch(seed), periods)
    together, apart = KINDS[kind](batch), KINDS[kind](batch.rows(np.array(pairs)))
    assert all(same(together, apart, pair, place) for place, pair in enumerate(pairs))


@EVERY_KIND
def test_a_pair_is_judged_alike_in_every_block(kind):
    batch = in_some_periods(a_batch(1), range(1, PERIODS, 5))
    many = batch.rows(np.arange(2 * BLOCK + 7) % PAIRS)
    one, all_of_them = KINDS[kind](batch), KINDS[kind](many)
    assert all(same(one, all_of_them, row % PAIRS, row) for row in (0, BLOCK - 1, BLOCK, 2 * BLOCK + 6))


@EVERY_KIND
def test_a_period_judged_alone_is_judged_as_among_all(kind):
    batch = a_batch(2)
    everything = KINDS[kind](batch)
    only = KINDS[kind](Batch.of(batch.kpi, batch.outcome, np.array([17, 29]), **given_of(batch)))
    assert only.columns.tolist() == [17, 29]
    for name in ("verdict", "p", "effect", "run"):
        assert np.array_equal(getattr(only, name), getattr(everything, name)[:, [17, 29]], equal_nan=True)


@EVERY_KIND
@pytest.mark.parametrize("season", [4, 7, 12])
@pytest.mark.parametrize(("seed", "lacking"), [(1, 0.1), (5, 0.1), (5, 0.6)])
def test_neither_what_lies_before_its_reach_nor_what_follows_makes_a_difference_to_a_period(
    kind, season, seed, lacking
):
    """Else a month judged when it comes in would be told otherwise than when all of history is judged once more."""
    batch = a_batch(seed, 300, PERIODS * 3, lacking)
    told = given_of(batch) | {"season": season, "lag": 2 * batch.lag}
    periods, judged = np.arange(70, 80), 75
    needed = reach(season) + int(told["lag"].max()) + 1
    late = [replace(side, values=side.values[:, judged + 1 - needed : judged + 1],
                    denominators=side.denominators[:, judged + 1 - needed : judged + 1])
            for side in (batch.kpi, batch.outcome)]  # fmt: skip
    in_history = KINDS[kind](Batch.of(batch.kpi, batch.outcome, periods, **told))
    on_the_day = KINDS[kind](Batch.of(*late, np.array([needed - 1]), **told))
    position = periods.tolist().index(judged)
    assert np.array_equal(in_history.verdict[:, position], on_the_day.verdict[:, 0])
    for name in ("p", "effect"):
        np.testing.assert_allclose(
            getattr(on_the_day, name)[:, 0], getattr(in_history, name)[:, position], rtol=1e-9, atol=1e-12
        )


@EVERY_KIND
@pytest.mark.parametrize(("seed", "lacking"), [(7, 0.02), (8, 0.1), (9, 0.6)])
def test_where_the_axis_begins_makes_no_difference(kind, seed, lacking):
    """It begins with the oldest figures of whatever is judged beside a pair."""
    judged = np.arange(0, PERIODS, 2)
    batch = in_some_periods(a_batch(seed, 300, PERIODS, lacking), judged)
    before = ((0, 0), (50, 0))
    kpi, outcome = (
        replace(side, values=np.pad(side.values, before, constant_values=np.nan),
                denominators=np.pad(side.denominators, before, constant_values=np.nan))
        for side in (batch.kpi, batch.outcome)
    )  # fmt: skip
    told, later = KINDS[kind](batch), KINDS[kind](Batch.of(kpi, outcome, 50 + judged, **given_of(batch)))
    assert np.array_equal(told.verdict, later.verdict)
    np.testing.assert_allclose(told.p, later.p, rtol=1e-9, atol=1e-12)


@EVERY_KIND
@pytest.mark.parametrize("season", [4, 7, 12])
def test_few_pairs_in_many_periods_are_judged_as_among_many_pairs(kind, season):
    batch = replace(a_batch(10, FEW + 1, 2 * PERIODS), in_full=False)
    batch = replace(
        batch, season=np.full(FEW + 1, season), judge=np.random.default_rng(10).random(batch.judge.shape) < 0.8
    )
    few = np.arange(40)
    among_many, alone = KINDS[kind](batch), KINDS[kind](batch.rows(few))
    assert alone.columns.tolist() == among_many.columns.tolist()
    assert np.array_equal(alone.verdict, among_many.verdict[few])
    for name in ("p", "effect"):
        np.testing.assert_allclose(getattr(alone, name), getattr(among_many, name)[few], rtol=1e-6, atol=1e-12)


@EVERY_KIND
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), periods=some_periods)
def test_what_is_not_asked_in_full_gets_the_same_verdict(kind, seed, periods):
    batch = in_some_periods(a_batch(seed), periods)
    everything, less = KINDS[kind](batch), KINDS[kind](replace(batch, in_full=False))
    assert np.array_equal(less.verdict, everything.verdict)
    np.testing.assert_allclose(less.p, everything.p, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(less.effect, everything.effect, rtol=1e-5, atol=1e-6)


@EVERY_KIND
def test_only_the_cells_of_the_mask_are_judged(kind):
    batch = a_batch(3)
    mask = np.random.default_rng(3).random(batch.judge.shape) < 0.3
    answer = KINDS[kind](Batch.of(batch.kpi, batch.outcome, mask, **given_of(batch)))
    assert ((answer.verdict != Verdict.NOT_JUDGED) == mask[:, answer.columns]).all()


@EVERY_KIND
def test_a_missing_figure_is_never_a_finding(kind):
    batch = a_batch(4)
    answer = KINDS[kind](batch)
    missing = np.isnan(batch.outcome.values)
    assert not (answer.flagged & missing).any()
    assert np.isnan(answer.p[missing]).all()


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"definition_break", "broken_link", "integrity"}))
def test_a_finding_has_every_figure_its_evidence_needs(kind):
    answer = KINDS[kind](a_batch(5, pairs=400))
    assert answer.flagged.any()
    for name in ("kpi_value", "value", "reference", "effect", "run"):
        assert not np.isnan(getattr(answer, name)[answer.flagged]).any()
    assert (answer.basis[answer.flagged] > 0).all()


def test_detection_imports_nothing_but_numbers():
    allowed = {"numpy", "scipy", "metrics", *sys.stdlib_module_names}
    for module in Path(detection.__path__[0]).rglob("*.py"):
        tree = ast.parse(module.read_text())
        froms = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        froms = [name for name in froms if name != "truthgov.deferred"]  # by which scipy is imported when it is needed
        plain = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
        assert {name.split(".")[0] for name in froms + plain} <= allowed
        assert all(name.startswith("metrics.detection") for name in froms if name.startswith("metrics"))


def given_of(batch: Batch) -> dict[str, np.ndarray]:
    """What a batch was told of its pairs, to build another with."""
    names = ("lag", "season", "one_is_enough", "expected", "tolerance", "shares_unit", "of_parent")
    return {name: getattr(batch, name) for name in names}
