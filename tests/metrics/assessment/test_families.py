"""A family is decided as if all its cells were looked at, whatever part of it was judged together."""

from datetime import date

import numpy as np
import pytest

from metrics.assessment import families
from metrics.assessment.cells import Where, read_all
from metrics.assessment.judging import JUDGED
from metrics.assessment.silence import Silence
from metrics.detection.batch import Verdict
from metrics.models import Rule, Tally
from tests.factories.metrics import LinkFactory
from tests.metrics.detection.whole_families import decide
from truthgov.periods import Grain, Period

OCTOBER = Period.parse("2026-10", Grain.MONTH)
KIND = "divergence"
WHERE = Where(date(2026, 10, 1), KIND, "month")
SEGMENTS = 12
ROUNDS = 25

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules() -> list[int]:
    links = [LinkFactory() for _ in range(6)]
    return [Rule.objects.create(kind=Rule.Kind.DIVERGENCE, link=link).pk for link in links]


def judged(random: np.random.Generator, rules: list[int]) -> np.ndarray:
    """Cells of some rules in some segments, more or less of them findings: the bound moves to and fro."""
    places = [(rule, segment) for rule in rules for segment in range(1, SEGMENTS) if random.random() < 0.5]
    cells = np.zeros(len(places), JUDGED)
    cells["rule"], cells["segment"] = np.array(places, np.int64).reshape(-1, 2).T
    p = random.random(len(places)) ** random.choice([1, 8, 20])
    cells["p"] = np.where(random.random(len(places)) < 0.2, np.nan, p)
    cells["verdict"] = np.where(cells["p"] < 0.05, Verdict.FLAG, Verdict.WITHIN_NOISE)
    return cells


def settle(cells: np.ndarray) -> set[tuple[int, int, bool]]:
    judged = Silence(KIND, Grain.MONTH, np.array([OCTOBER.ordinal]), {OCTOBER.ordinal: cells})
    [news] = families.settle([((KIND, Grain.MONTH), [judged])])
    return set(zip(news.rule.tolist(), news.segment.tolist(), news.is_finding.tolist(), strict=True))


def flagged() -> set[tuple[int, int]]:
    rules, cells = read_all(WHERE)
    chosen = cells["verdict"] == Verdict.FLAG
    return set(zip(rules[chosen].tolist(), cells["segment"][chosen].tolist(), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_every_verdict_is_that_of_the_whole_family(rules: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        before = flagged()
        cells = judged(random, random.choice(rules, random.integers(1, 3), replace=False).tolist())
        told = settle(cells)
        _, stored = read_all(WHERE)
        decided, _ = decide(stored["verdict"], stored["p"], np.zeros(len(stored), int))
        assert stored["verdict"].tolist() == decided.tolist()
        changed = flagged() ^ before
        assert {(rule, segment) for rule, segment, _ in told} >= changed
        assert all(((rule, segment) in flagged()) == is_finding for rule, segment, is_finding in told)


def test_a_family_that_was_never_counted_is_counted_from_its_cells(rules: list[int]) -> None:
    random = np.random.default_rng(9)
    settle(judged(random, rules))
    counted = Tally.objects.values_list("members", "low").get()
    Tally.objects.all().delete()
    settle(judged(np.random.default_rng(9), rules)[:1])
    assert [counted[0], bytes(counted[1])] == [
        each if isinstance(each, int) else bytes(each) for each in Tally.objects.values_list("members", "low").get()
    ]
