"""Two browsers answer the room's question at once, on two connections: one of them is told."""

from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connections

from forums.models import Objection, Question, Tally, Vote, Way
from tests.acting import by
from tests.factories.forums import resolving
from truthgov.errors import Refusal


@pytest.fixture
def way():
    return Way("majority", "secret")


@pytest.fixture
def question(own_database, way, request):
    """Before the room, in a database that a second connection sees."""
    item, truth_owner = map(request.getfixturevalue, ("item", "truth_owner"))
    return Question.objects.put(item, resolving(), by=by(truth_owner))


def together(question, *acts):
    """What each of the acts was told, done at the same moment; an empty text where it went through."""
    barrier, told = Barrier(len(acts)), {}

    def run(place, act):
        barrier.wait()
        try:
            act(Question.objects.get(pk=question.pk))
        except (Refusal, DatabaseError) as refusal:
            told[place] = str(refusal)
        connections.close_all()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [told.get(place, "") for place in range(len(acts))]


def test_of_two_votes_of_one_person_one_counts(question, executive, truth_owner):
    told = together(
        question,
        lambda asked: Vote.objects.cast(asked, "in_favour", by=by(executive)),
        lambda asked: Vote.objects.cast(asked, "against", by=by(executive)),
    )
    assert sorted(map(bool, told)) == [False, True]
    assert any("nobody votes twice" in each for each in told)
    tally = Tally.objects.close(question, by=by(truth_owner))
    assert tally.in_favour + tally.against == 1


def test_a_vote_is_counted_or_told_that_it_came_too_late(question, executive, truth_owner):
    told = together(
        question,
        lambda asked: Vote.objects.cast(asked, "in_favour", by=by(executive)),
        lambda asked: Tally.objects.close(asked, by=by(truth_owner)),
    )
    tally = Tally.objects.get(question=question)
    assert (tally.in_favour, told) in [(1, ["", ""]), (0, [told[0], ""])]
    assert (tally.in_favour == 1) == (told[0] == "")
    assert question.votes.count() == tally.in_favour


@pytest.mark.parametrize("way", [Way("consent")])
def test_an_objection_blocks_or_is_told_that_it_came_too_late(question, executive, truth_owner):
    told = together(
        question,
        lambda asked: Objection.objects.raise_to(asked, "Harm.", by=by(executive)),
        lambda asked: asked.decide(by=by(truth_owner)),
    )
    assert sorted(map(bool, told)) == [False, True]
    assert question.objections.exists() != question.item.decisions.exists()
