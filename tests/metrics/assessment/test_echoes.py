"""A part that falls unseen by its whole, and what the measure it is linked with says of it."""

import pytest

from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.models import Judgement, Link, Measure
from tests.metrics.assessment.conftest import GOOD, QUIET_MONTHS, Push, quiet

FIRST = "2023-07"
FALLEN = [0.80] * 3
WEB = '{"channel":"web"}'


def verdicts(of: Measure) -> set[int]:
    """What is said of the web in the last months, as a part of the whole."""
    judged = Judgement.objects.filter(kind="mix", rule__measure=of, period_start__gte="2026-07-01")
    return {int(verdict) for each in judged for verdict in each.cells["verdict"]}


@pytest.fixture
def fallen_on_the_web(link: Link, push: Push, served: Measure) -> None:
    """Three years in which the web keeps its promises as everybody does, and three months in which it does not."""
    push(served, quiet(GOOD, QUIET_MONTHS + 3), first=FIRST, size=40_000)
    push(served, quiet(GOOD) + FALLEN, first=FIRST, segment=WEB)


def test_a_part_that_falls_unseen_by_its_whole_is_found(fallen_on_the_web: None, served: Measure) -> None:
    assess()
    assert Verdict.FLAG in verdicts(served)


def test_it_is_not_hidden_where_what_serves_it_falls_there_too(
    fallen_on_the_web: None, push: Push, claimed: Measure, served: Measure
) -> None:
    push(claimed, quiet(0.3) + [0.22] * 3, first=FIRST, segment=WEB)
    assess()
    assert Verdict.FLAG not in verdicts(served)
    assert Verdict.CONCORDANT in verdicts(served)


def test_what_serves_it_and_falls_is_heard_when_it_comes_in_later(
    fallen_on_the_web: None, push: Push, claimed: Measure, served: Measure
) -> None:
    push(claimed, quiet(0.3), first=FIRST, segment=WEB)
    assess()
    assert Verdict.FLAG in verdicts(served)
    push(claimed, [0.22] * 3, first="2026-07", segment=WEB)
    assess()
    assert Verdict.FLAG not in verdicts(served)
