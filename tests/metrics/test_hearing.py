"""What was asked and said on a case goes on with the one that it is joined to."""

from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections

from metrics.cases.gathering import join
from metrics.models import Challenge, Contradiction, Position
from tests.acting import by
from tests.factories.forums import ContradictionFactory
from tests.factories.metrics import MeasureFactory
from truthgov import audit, clock
from truthgov.errors import Refusal
from truthgov.models import Function, Mandate, Person

WHY = "One cause, one conversation."


@pytest.fixture
def stays(delivery: Function) -> Contradiction:
    """Of Delivery: Sales is no side of it."""
    return ContradictionFactory(measure=MeasureFactory(code="ORDERS", function=delivery))


@pytest.fixture
def case(sales: Function, stays: Contradiction) -> Contradiction:
    return ContradictionFactory(measure=MeasureFactory(code="BOOKINGS", function=sales), other_measure=stays.measure)


@pytest.fixture
def asked(case: Contradiction, sales: Function, truth_owner: Person, mandate: Mandate) -> Challenge:
    return put(case, sales, truth_owner)


@pytest.fixture
def joined(case: Contradiction, asked: Challenge, stays: Contradiction, truth_owner: Person) -> Contradiction:
    join(case, stays, reason=WHY, by=by(truth_owner))
    connection.check_constraints()
    return case


def put(case: Contradiction, to: Function, truth_owner: Person) -> Challenge:
    due_on = clock.today() + timedelta(days=7)
    return case.challenge(scope=to.scope, question="What arrived?", due_on=due_on, by=by(truth_owner))


def answer(case: Contradiction, of: Function, lead: Person, challenge: Challenge | None = None) -> Position:
    said: dict[str, Any] = {"scope": of.scope, "stance": "contested", "claim": "Half of it.", "challenge": challenge}
    return case.take_position(**said, by=by(lead))


def test_what_was_asked_waits_while_the_case_that_stays_is_not_settled(
    joined: Contradiction, asked: Challenge, stays: Contradiction, truth_owner: Person
) -> None:
    assert list(Challenge.objects.waiting()) == list(stays.every_challenge()) == [asked]
    stays.declare_false_alarm(reason="A test month.", by=by(truth_owner))
    assert not Challenge.objects.waiting().exists()


@pytest.mark.parametrize("on", ["stays", "joined"])
def test_it_is_answered_on_either_case_and_stands_beside_the_question(
    joined: Contradiction, stays: Contradiction, sales: Function, sales_lead: Person, on: str
) -> None:
    case = Contradiction.objects.get(pk={"stays": stays, "joined": joined}[on].pk)
    said = answer(case, sales, sales_lead, case.every_challenge().unanswered().get())
    connection.check_constraints()
    assert not Challenge.objects.waiting().exists()
    assert (said.contradiction, list(stays.every_position())) == (joined, [said])
    told = joined.events.get(code="position_taken")
    assert (told.person, told.status, told.data["position"]) == (sales_lead, "joined", said.pk)


def test_a_side_of_what_was_joined_is_heard_on_the_case_that_stays(
    joined: Contradiction, stays: Contradiction, sales: Function, sales_lead: Person
) -> None:
    assert answer(stays, sales, sales_lead).contradiction == stays


def test_what_was_said_before_goes_along(
    case: Contradiction, stays: Contradiction, sales: Function, sales_lead: Person, truth_owner: Person
) -> None:
    said = answer(case, sales, sales_lead)
    join(case, stays, reason=WHY, by=by(truth_owner))
    assert list(stays.every_position()) == list(case.every_position()) == [said]


def test_unasked_nothing_is_said_on_a_joined_case_any_more(
    joined: Contradiction, stays: Contradiction, sales: Function, sales_lead: Person
) -> None:
    with pytest.raises(Refusal, match=f"joined to case {stays.pk}, which stays"):
        answer(joined, sales, sales_lead)


def test_nothing_is_answered_once_the_case_that_stays_is_settled(
    joined: Contradiction, asked: Challenge, stays: Contradiction, sales: Function, sales_lead: Person,
    truth_owner: Person,
) -> None:  # fmt: skip
    stays.declare_false_alarm(reason="A test month.", by=by(truth_owner))
    for case in (joined, stays):
        with pytest.raises(Refusal, match="false alarm"):
            answer(case, sales, sales_lead, Challenge.objects.get())


def test_a_question_of_another_case_is_not_answered_here(
    asked: Challenge, stays: Contradiction, sales: Function, sales_lead: Person, truth_owner: Person
) -> None:
    put(stays, sales, truth_owner)
    with pytest.raises(Refusal, match="put to somebody else"):
        answer(stays, sales, sales_lead, asked)


def test_the_same_is_not_asked_twice_after_joining(
    joined: Contradiction, stays: Contradiction, sales: Function, truth_owner: Person
) -> None:
    with pytest.raises(Refusal, match="was asked this already"):
        put(stays, sales, truth_owner)


def test_an_answer_given_while_its_case_is_joined_is_kept_or_refused_aloud(
    own_database: None, request: pytest.FixtureRequest
) -> None:
    names = ("case", "stays", "sales", "sales_lead", "truth_owner", "mandate")
    case, stays, sales, sales_lead, truth_owner, _ = map(request.getfixturevalue, names)
    challenge, begun, told = put(case, sales, truth_owner), Event(), []

    def answering() -> None:
        try:
            mine = Contradiction.objects.get(pk=case.pk)
            begun.set()
            answer(mine, sales, sales_lead, mine.challenges.get())
        except Refusal as refused:
            told.append(str(refused))
        finally:
            connections.close_all()

    with audit.act():
        join(case, stays, reason=WHY, by=by(truth_owner))
        other = Thread(target=answering)
        other.start()
        begun.wait()
    other.join()
    waits = challenge in Challenge.objects.waiting()
    assert (waits, len(told)) in ((True, 1), (False, 0))
    if waits:
        answer(Contradiction.objects.get(pk=case.pk), sales, sales_lead, Challenge.objects.get())
    assert stays.every_position().count() == 1
