"""A vote: entitled and present members, once each; no result before the close; a secret one stays secret."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from forums.models import BallotBox, Choice, Question, Tally, Vote, Way
from tests.acting import by
from tests.factories.forums import resolving
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Role


@pytest.fixture
def way():
    return Way("majority", "open")


@pytest.fixture
def second_executive(organisation):
    person = PersonFactory(name="Erna Executive")
    AppointmentFactory(person=person, role=Role.EXECUTIVE, scope=organisation)
    return person


@pytest.fixture
def members(members, second_executive):
    """Of five in the room four may vote: Sales is accused."""
    return [*members, second_executive]


@pytest.fixture
def voted(question, truth_owner, executive, delivery_lead):
    """Two in favour, one against, of four who may."""
    Vote.objects.cast(question, Choice.IN_FAVOUR, by=by(truth_owner))
    Vote.objects.cast(question, Choice.IN_FAVOUR, by=by(executive))
    Vote.objects.cast(question, Choice.AGAINST, by=by(delivery_lead))
    return question


def test_more_than_half_of_those_present_and_entitled_carry_it(voted, second_executive, truth_owner):
    Vote.objects.cast(voted, Choice.IN_FAVOUR, by=by(second_executive))
    tally = Tally.objects.close(voted, by=by(truth_owner))
    assert (tally.in_favour, tally.against, tally.abstained, tally.entitled, tally.carried) == (3, 1, 0, 4, True)
    assert voted.decide(by=by(truth_owner)).came_about == (
        "By a majority, by open ballot: 3 in favour, 1 against, 0 abstained, of 4; "
        "in favour: Emil Executive, Erna Executive, Tomas Truth; against: Dario Delivery."
    )


@pytest.mark.parametrize("last", [Choice.AGAINST, Choice.ABSTAINED, None])
def test_a_tie_and_a_half_are_no_decision(voted, second_executive, truth_owner, item, last):
    if last:
        Vote.objects.cast(voted, last, by=by(second_executive))
    assert not Tally.objects.close(voted, by=by(truth_owner)).carried
    with pytest.raises(Refusal, match="no longer before the room"):
        voted.decide(by=by(truth_owner))
    assert Question.objects.put(item, resolving(wording="Otherwise, then."), by=by(truth_owner))


def test_nothing_is_decided_before_the_close(voted, truth_owner, executive, second_executive):
    Vote.objects.cast(voted, Choice.IN_FAVOUR, by=by(second_executive))
    with pytest.raises(Refusal, match="is not closed"):
        voted.decide(by=by(truth_owner))
    with pytest.raises(PermissionDenied):
        Tally.objects.close(voted, by=by(executive))
    Tally.objects.close(voted, by=by(truth_owner))
    assert voted.decide(by=by(truth_owner))


def test_nobody_votes_twice_or_after_the_close(voted, truth_owner, executive, second_executive):
    with pytest.raises(Refusal, match="nobody votes twice"):
        Vote.objects.cast(voted, Choice.AGAINST, by=by(executive))
    Vote.objects.cast(voted, Choice.IN_FAVOUR, by=by(second_executive))
    Tally.objects.close(voted, by=by(truth_owner))
    with pytest.raises(Refusal, match="is closed"):
        Tally.objects.close(voted, by=by(truth_owner))
    with pytest.raises(Refusal, match="not taken back"):
        voted.take_back("I do not like it.", by=by(truth_owner))


def test_only_members_present_and_entitled_vote(question, item, executive, sales_lead, steering, sponsor):
    item.meeting.leave(executive, by=by(executive))
    item.meeting.arrive(steering.secretary, by=by(steering.secretary))
    for person, said in (
        (executive, "not recorded as present"), (sponsor, "not recorded as present"),
        (sales_lead, "their own case"), (steering.secretary, "members decide"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=said):
            Vote.objects.cast(question, Choice.IN_FAVOUR, by=by(person))
    with pytest.raises(InvalidInput):
        Vote.objects.cast(question, "perhaps", by=by(executive))
    item.meeting.arrive(executive, by=by(executive))
    Vote.objects.cast(question, Choice.IN_FAVOUR, by=by(executive))
    assert question.votes.get().person == executive


def test_the_recused_never_vote_and_what_they_voted_on_is_put_anew(voted, item, executive, truth_owner):
    item.recuse(executive, "My shares.", by=by(executive))
    with pytest.raises(Refusal, match="no longer before the room"):
        Tally.objects.close(voted, by=by(truth_owner))
    again = Question.objects.put(item, resolving(), by=by(truth_owner))
    with pytest.raises(Refusal, match="You are recused"):
        Vote.objects.cast(again, Choice.IN_FAVOUR, by=by(executive))


def test_a_carried_vote_falls_with_the_recusal_of_who_voted(voted, item, second_executive, truth_owner):
    Vote.objects.cast(voted, Choice.IN_FAVOUR, by=by(second_executive))
    Tally.objects.close(voted, by=by(truth_owner))
    item.recuse(second_executive, "My shares.", by=by(second_executive))
    with pytest.raises(Refusal, match="no longer before the room"):
        voted.decide(by=by(truth_owner))


def test_who_voted_and_left_counts_once_among_the_entitled(voted, item, executive, truth_owner):
    item.meeting.leave(executive, by=by(executive))
    tally = Tally.objects.close(voted, by=by(truth_owner))
    assert (tally.in_favour, tally.entitled, tally.carried) == (2, 4, False)


def test_a_vote_is_closed_with_its_quorum(voted, item, executive, second_executive, delivery_lead, truth_owner):
    for person in (executive, second_executive, delivery_lead):
        item.meeting.leave(person, by=by(person))
    with pytest.raises(Refusal, match="the vote stays open"):
        Tally.objects.close(voted, by=by(truth_owner))
    item.meeting.arrive(executive, by=by(executive))
    assert Tally.objects.close(voted, by=by(truth_owner))


# --- no result before the close, and what is secret stays so ----------------------------------------------------------
@pytest.mark.parametrize("way", [Way("majority", "open"), Way("majority", "secret")])
def test_before_the_close_no_query_of_the_application_tells_a_ballot(voted):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        BallotBox.objects.get(question=voted)
    said = list(AuditEntry.objects.filter(code="vote.cast").values_list("data", flat=True))
    assert [each.pop("act").keys() for each in said] == [{"name"}] * 3
    assert said == [{"meeting": voted.item.meeting_id}] * 3
    assert [field.name for field in Vote._meta.fields] == ["id", "question", "person", "appointment"]


@pytest.mark.parametrize("way", [Way("majority", "secret")])
def test_of_a_secret_vote_the_close_tells_numbers_and_who_voted(voted, truth_owner, second_executive):
    Vote.objects.cast(voted, Choice.IN_FAVOUR, by=by(second_executive))
    tally = Tally.objects.close(voted, by=by(truth_owner))
    assert (tally.in_favour, tally.against, tally.choices, voted.votes.count()) == (3, 1, {}, 4)
    assert AuditEntry.objects.get(code="question.closed").data["choices"] == []
    assert voted.decide(by=by(truth_owner)).came_about == (
        "By a majority, by secret ballot: 3 in favour, 1 against, 0 abstained, of 4."
    )


@pytest.mark.parametrize("way", [Way("majority", "secret")])
def test_nowhere_in_the_database_stands_a_ballot_beside_a_person(voted, truth_owner):
    """Nor for the owner, who may read everything: a box holds sums, and no row, order or time of a ballot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'forums_ballotbox'::regclass AND attnum > 0")
        assert {name for (name,) in cursor} == {"question_id", "in_favour", "against", "abstained", "choices"}
    Tally.objects.close(voted, by=by(truth_owner))
    texts = list(AuditEntry.objects.exclude(code="question.closed").values_list("data", flat=True))
    assert not any("in_favour" in str(text) for text in texts)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO forums_vote (question_id, person_id, appointment_id) VALUES (%(question)s, %(who)s, %(seat)s)",
        "INSERT INTO forums_tally VALUES (%(question)s, 4, 0, 0, 4, true, '[]', now())",
        "UPDATE forums_ballotbox SET in_favour = 4 WHERE question_id = %(question)s",
        "DELETE FROM forums_vote WHERE question_id = %(question)s",
    ],
)
def test_the_application_role_touches_no_vote_and_no_count(voted, second_executive, statement):
    given = {"question": voted.pk, "who": second_executive.pk, "seat": second_executive.appointments.get().pk}
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)


@pytest.mark.parametrize(
    ("who", "says"),
    [("executive", "nobody_votes_twice"), ("sales_lead", "present and entitled"), ("sponsor", "present and entitled")],
)
def test_the_function_that_takes_a_ballot_takes_it_from_who_may_vote(voted, request, second_executive, who, says):
    def cast(person):
        with transaction.atomic(), connection.cursor() as cursor:
            seat = person.appointments.get().pk
            cursor.execute("SELECT forums_cast(%s, %s, %s, 'in_favour')", [voted.pk, person.pk, seat])

    with pytest.raises(DatabaseError, match=says):
        cast(request.getfixturevalue(who))
    cast(second_executive)
