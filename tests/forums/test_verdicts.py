"""Verdicts, claims and outcomes of decisions, without a database."""

from decimal import Decimal
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.meetings.quorum import Count
from forums.reconciliation.verdicts import Standing, Verdict, off_target_for, standing_of, verdict_of
from forums.registers.outcome import Course, Worked, judge, judge_holding, together
from metrics.models import Definition

MET = st.sampled_from([True, False, None])


def test_equality_meets_a_target_at_the_decimals_of_the_definition():
    asked = Definition(target=Decimal("0.30"), direction=Definition.Direction.LOWER, decimals=2)
    assert asked.meets_target(Decimal("0.3049")) is True
    assert asked.meets_target(Decimal("0.306")) is False
    assert asked.meets_target(None) is None
    assert asked.meets_target(Decimal(10) ** 29 + Decimal("0.5")) is False
    assert Definition(direction=Definition.Direction.HIGHER, decimals=2).meets_target(Decimal(1)) is None


@given(st.lists(MET))
def test_a_journey_works_only_when_everything_required_holds(met):
    verdict = verdict_of(met)
    assert (verdict is Verdict.FAILING) == (False in met)
    assert (verdict is Verdict.WORKING) == (bool(met) and all(met))


def slow_length(met):
    """From the first failing period after the last one that met its target, to the end."""
    if not met or met[-1] is not False:
        return 0
    last_met = max((at for at, each in enumerate(met) if each is True), default=-1)
    return len(met) - next(at for at in range(last_met + 1, len(met)) if met[at] is False)


@given(st.lists(MET))
def test_how_long_it_fails_agrees_with_the_obvious_version(met):
    assert off_target_for(reversed(met)) == slow_length(met)


@pytest.mark.parametrize(
    ("is_met", "journeys", "standing"),
    [
        (True, {"Book to stay": Verdict.WORKING}, Standing.CLAIMABLE),
        (True, {"Book to stay": Verdict.WORKING, "Return": Verdict.FAILING}, Standing.NOT_CLAIMABLE),
        (True, {"Book to stay": Verdict.UNKNOWN}, Standing.NOT_CLAIMABLE),
        (True, {}, Standing.NOT_CLAIMABLE),
        (False, {"Book to stay": Verdict.WORKING}, Standing.OFF_TARGET),
        (None, {"Book to stay": Verdict.WORKING}, Standing.NOTHING),
    ],
)
def test_a_claim_stands_while_every_journey_it_reaches_works(is_met, journeys, standing):
    assert standing_of(is_met, journeys, has_target=True)[0] is standing


@pytest.mark.parametrize(("is_met", "verdicts", "has_target", "why"), [
    (True, "working", True, "A works"), (True, "working working", True, "A and B work"),
    (True, "failing", True, "A fails its customers"), (True, "failing failing", True, "A and B fail their customers"),
    (True, "unknown working", True, "A is unknown"), (True, "unknown unknown", True, "A and B are unknown"),
    (None, "working", True, "no figure"), (None, "working", False, "no target to meet"),
])  # fmt: skip
def test_why_a_claim_stands_or_not_is_a_sentence(is_met, verdicts, has_target, why):
    journeys = {name: Verdict(each) for name, each in zip("AB", verdicts.split(), strict=False)}
    assert standing_of(is_met, journeys, has_target=has_target)[1] == why


def test_a_quorum_counts_those_present_less_those_recused():
    assert Count(4, 1, 3).is_met
    assert not Count(4, 2, 3).is_met
    assert Count(4, 2, 3).missing == 1


STEADY = [0.30, 0.31, 0.29, 0.30, 0.31, 0.30, 0.29, 0.30]


@pytest.mark.parametrize(
    ("after", "higher", "worked"),
    [
        ([0.40, 0.41], True, Worked.HELD),
        ([0.40, 0.41], False, Worked.WORSE),
        ([0.30, 0.31], True, Worked.NO_EFFECT),
        ([0.60, 0.29], True, Worked.NO_EFFECT),
        ([0.40], True, Worked.TOO_EARLY),
        ([nan, nan], True, Worked.TOO_EARLY),
    ],
)
def test_a_decision_worked_when_figures_left_the_limits_before_it(after, higher, worked):
    assert judge(Course(STEADY, after, higher)) is worked


def test_proportions_are_judged_by_their_size():
    small = Course([0.5] * 8, [0.6, 0.6], True, [5.0, 6, 4, 5, 6, 4, 5, 5], [10.0] * 8)
    assert judge(small) is Worked.NO_EFFECT


def test_without_a_past_nothing_is_judged():
    assert judge(Course([0.3] * 3, [0.5, 0.5], True)) is Worked.TOO_EARLY


def test_a_target_that_was_to_hold_has_held_everywhere():
    assert judge_holding([True, None, True]) is Worked.HELD
    assert judge_holding([True, False]) is Worked.WORSE
    assert judge_holding([True]) is Worked.TOO_EARLY


def test_what_got_worse_is_said_first():
    assert together({"A": Worked.HELD, "B": Worked.WORSE}) == (Worked.WORSE, "B: worse")
    assert together({})[0] is Worked.NOT_ASKED
