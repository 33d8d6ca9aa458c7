"""The database agrees: by SQL alone, as the application role, nobody answers for the room, and nothing passes it by."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from forums.models import Choice, Objection, Question, Tally, Vote, Way
from tests.acting import by
from tests.factories.forums import in_session, item_about, resolving
from tests.forums.test_decisions_in_the_database import raw_decision
from truthgov import clock


@pytest.fixture
def way():
    return Way("consent", may_overrule=True)


@pytest.fixture
def question(item, truth_owner):
    return Question.objects.put(item, resolving(wording="x"), by=by(truth_owner))


def insert(table, **row):
    with transaction.atomic(), connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO forums_{table} ({', '.join(row)}) VALUES ({places})", list(row.values()))


def raw_question(item, person, **fields):
    granted = item.meeting.charter.right_to(fields.pop("kind", "resolve_contradiction"), item.scope())
    row = {
        "item_id": item.pk, "right_id": granted.pk, "wording": "x", "motion": "{}", "put_by_id": person.pk,
        "appointment_id": person.appointments.first().pk, "put_at": clock.now(),
    }  # fmt: skip
    insert("question", **row)


def raw_objection(question, person):
    seat = person.appointments.first().pk
    insert("objection", question_id=question.pk, person_id=person.pk, appointment_id=seat, reason="x",
           objected_at=clock.now())  # fmt: skip


def raw_lifting(objection, person, *, overruled):
    insert("lifting", objection_id=objection.pk, overruled=overruled, person_id=person.pk, reason="x",
           appointment_id=person.appointments.first().pk, lifted_at=clock.now())  # fmt: skip


def test_the_database_takes_what_the_room_consented_to_and_nothing_else(question, item, truth_owner):
    with pytest.raises(DatabaseError, match="what was put to the room"):
        raw_decision(item, truth_owner)
    with pytest.raises(DatabaseError, match="what was put to the room"):
        raw_decision(item, truth_owner, question_id=question.pk, wording="y")
    with pytest.raises(DatabaseError, match="is not asked of the room"):
        raw_decision(item, truth_owner, question_id=question.pk, forced=True, reason="Because.")
    raw_decision(item, truth_owner, question_id=question.pk)


def test_the_database_refuses_a_decision_against_an_objection(question, item, truth_owner, delivery_lead):
    objection = Objection.objects.raise_to(question, "Harm.", by=by(delivery_lead))
    with pytest.raises(DatabaseError, match="an objection stands"):
        raw_decision(item, truth_owner, question_id=question.pk)
    objection.withdraw(by=by(delivery_lead))
    raw_decision(item, truth_owner, question_id=question.pk)


def test_the_database_refuses_what_was_taken_back(question, item, truth_owner):
    question.take_back("Better words.", by=by(truth_owner))
    with pytest.raises(DatabaseError, match="taken back or voted down"):
        raw_decision(item, truth_owner, question_id=question.pk)


@pytest.mark.parametrize("way", [Way("majority", "secret")])
def test_the_database_refuses_what_no_majority_carried(question, item, truth_owner, executive, delivery_lead):
    for person, choice in ((truth_owner, "in_favour"), (executive, "against"), (delivery_lead, "abstained")):
        Vote.objects.cast(question, Choice(choice), by=by(person))
    with pytest.raises(DatabaseError, match="no majority carried it"):
        raw_decision(item, truth_owner, question_id=question.pk)
    Tally.objects.close(question, by=by(truth_owner))
    with pytest.raises(DatabaseError, match="taken back or voted down"):
        raw_decision(item, truth_owner, question_id=question.pk)


def test_the_chair_alone_puts_one_question_at_a_time(item, truth_owner, executive, steering, case):
    with pytest.raises(DatabaseError, match="the chair puts questions"):
        raw_question(item, executive)
    with pytest.raises(DatabaseError, match="asks nothing of the room"):
        raw_question(item, truth_owner, kind="policy")
    raw_question(item, truth_owner)
    with pytest.raises(DatabaseError, match="one question is before the room"):
        raw_question(item, truth_owner)
    item.meeting.close(by=steering.chair)
    with pytest.raises(DatabaseError, match="while its meeting sits"):
        raw_question(item, truth_owner)


def test_a_recused_chair_puts_nothing(item, truth_owner):
    item.recuse(truth_owner, "Interest.", by=by(truth_owner))
    with pytest.raises(DatabaseError, match="present and not recused"):
        raw_question(item, truth_owner)


def test_only_members_present_and_entitled_object(question, item, executive, sales_lead, delivery_lead):
    item.meeting.leave(executive, by=by(executive))
    for person in (executive, sales_lead):
        with pytest.raises(DatabaseError, match="present and entitled"):
            raw_objection(question, person)
    raw_objection(question, delivery_lead)
    with pytest.raises(DatabaseError, match="objects once"):
        raw_objection(question, delivery_lead)


def test_an_objection_is_lifted_by_whom_the_right_says(question, truth_owner, executive, delivery_lead):
    objection = Objection.objects.raise_to(question, "Harm.", by=by(delivery_lead))
    with pytest.raises(DatabaseError, match="by whoever made it"):
        raw_lifting(objection, truth_owner, overruled=False)
    with pytest.raises(DatabaseError, match="by whoever holds the right"):
        raw_lifting(objection, executive, overruled=True)
    raw_lifting(objection, truth_owner, overruled=True)


def test_a_recused_decider_overrules_nothing(question, item, truth_owner, delivery_lead):
    objection = Objection.objects.raise_to(question, "Harm.", by=by(delivery_lead))
    item.recuse(truth_owner, "Interest.", by=by(truth_owner))
    with pytest.raises(DatabaseError, match="in a matter of their own"):
        raw_lifting(objection, truth_owner, overruled=True)


@pytest.mark.parametrize("way", [Way("consent")])
def test_where_the_right_does_not_say_so_the_database_lets_nobody_overrule(question, truth_owner, delivery_lead):
    objection = Objection.objects.raise_to(question, "Harm.", by=by(delivery_lead))
    with pytest.raises(DatabaseError, match="where the right says so"):
        raw_lifting(objection, truth_owner, overruled=True)


@pytest.mark.parametrize("way", [Way("majority")])
def test_what_was_voted_on_is_not_taken_back_by_sql(question, truth_owner, executive, delivery_lead):
    for person in (truth_owner, executive):
        Vote.objects.cast(question, Choice.IN_FAVOUR, by=by(person))
    with pytest.raises(DatabaseError, match="does not object"):
        raw_objection(question, delivery_lead)
    assert Tally.objects.close(question, by=by(truth_owner)).carried
    with pytest.raises(DatabaseError, match="is not taken back"):
        insert("withdrawal", question_id=question.pk, person_id=truth_owner.pk, reason="x", withdrawn_at=clock.now())


def test_a_question_of_another_item_decides_nothing(question, item, truth_owner, steering, case):
    item.meeting.close(by=steering.chair)
    later = item_about(in_session(steering, date(2099, 1, 1)), case)
    with pytest.raises(DatabaseError, match="what was put to the room"):
        raw_decision(later, truth_owner, question_id=question.pk)
