"""The reconciled view stays one page, however much stands open."""

from tests.factories.forums import ContradictionFactory, in_session, item_about, resolving
from truthgov.actor import Actor
from truthgov.models import Person


def test_a_journey_names_its_most_urgent_cases_and_counts_the_rest(
    as_person, executive: Person, truth_owner: Person, steering, journey
) -> None:
    decided, *_ = [ContradictionFactory(journey=journey, severity_rank=9 - number) for number in range(7)]
    item_about(in_session(steering), decided).decide(resolving(), by=Actor(person=truth_owner))
    answer = as_person(executive).get("/view/")
    (band,) = answer.context["page"].bands
    assert [line.case.status for line in band.cases] == ["open"] * 5
    assert band.cases_left == "2 more: 1 open, 1 in remedy"
    assert "?state=all&amp;journey=book-to-stay" in answer.content.decode()
