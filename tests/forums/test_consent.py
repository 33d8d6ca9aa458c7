"""Consent: the chair puts a sentence to the room, and a reasoned objection blocks it until it is lifted."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from forums.models import Decision, Objection, Question, Way
from forums.motions.acts import Ruling
from forums.motions.motion import Motion
from metrics.models import Contradiction
from tests.acting import by
from tests.factories.forums import in_session, item_about, resolving
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry

HARM = "Guests with a rebooked stay would count twice."


@pytest.fixture
def way():
    return Way("consent", may_overrule=True)


@pytest.fixture
def objection(question, delivery_lead):
    return Objection.objects.raise_to(question, HARM, by=by(delivery_lead))


def test_what_nobody_objects_to_is_decided_as_it_was_put(question, item, truth_owner, case):
    decision = question.decide(by=by(truth_owner))
    case.refresh_from_db()
    assert case.status == Contradiction.Status.IN_REMEDY
    assert (decision.wording, decision.question) == (question.wording, question)
    assert decision.came_about == "By consent of the room. Nobody objected."
    assert AuditEntry.objects.get(code="decision.made").data["question"] == question.pk


def test_whoever_holds_the_right_does_not_decide_past_the_room(item, truth_owner):
    with pytest.raises(Refusal, match="the chair puts it to the room"):
        item.decide(resolving(), by=by(truth_owner))
    assert Question.objects.put(item, resolving(), by=by(truth_owner)).decide(by=by(truth_owner))


def test_an_objection_blocks_until_it_is_withdrawn_by_whoever_made_it(question, objection, truth_owner, delivery_lead):
    with pytest.raises(Refusal, match="An objection stands"):
        question.decide(by=by(truth_owner))
    with pytest.raises(PermissionDenied):
        objection.withdraw(by=by(truth_owner))
    objection.withdraw(by=by(delivery_lead))
    with pytest.raises(Refusal, match="stands no more"):
        objection.withdraw(by=by(delivery_lead))
    decision = question.decide(by=by(truth_owner))
    said = "Dario Delivery objected (Guests with a rebooked stay would count twice), and withdrew it."
    assert decision.came_about == f"By consent of the room. {said}"


def test_an_objection_is_overruled_in_writing_by_whoever_holds_the_right(question, objection, truth_owner, executive):
    with pytest.raises(PermissionDenied):
        objection.overrule("They do not.", by=by(executive))
    with pytest.raises(InvalidInput):
        objection.overrule(" ", by=by(truth_owner))
    objection.overrule("Rebooked stays are left out.", by=by(truth_owner))
    decision = question.decide(by=by(truth_owner))
    assert "overruled by Tomas Truth: Rebooked stays are left out" in decision.came_about


@pytest.mark.parametrize("way", [Way("consent")])
def test_where_the_right_does_not_say_so_nobody_overrules(question, objection, truth_owner, item):
    with pytest.raises(Refusal, match="lets nobody overrule"):
        objection.overrule("They do not.", by=by(truth_owner))
    assert item.decide(resolving(force=True, reason="Customers wait."), by=by(truth_owner)).question is None


def test_an_objection_gives_its_reason_and_is_made_once(question, objection, delivery_lead, executive):
    with pytest.raises(InvalidInput):
        Objection.objects.raise_to(question, " ", by=by(executive))
    with pytest.raises(Refusal, match="on record already"):
        Objection.objects.raise_to(question, "Again.", by=by(delivery_lead))
    objection.withdraw(by=by(delivery_lead))
    assert Objection.objects.raise_to(question, "On second thought.", by=by(delivery_lead))


def test_only_members_present_and_entitled_object(question, item, executive, sales_lead, sponsor, steering):
    item.meeting.leave(executive, by=by(executive))
    item.meeting.arrive(steering.secretary, by=by(steering.secretary))
    for person, said in (
        (executive, "not recorded as present"), (sponsor, "not recorded as present"),
        (sales_lead, "their own case"), (steering.secretary, "members decide"),
    ):  # fmt: skip
        with pytest.raises(Refusal, match=said):
            Objection.objects.raise_to(question, HARM, by=by(person))
    item.meeting.arrive(executive, by=by(executive))
    assert Objection.objects.raise_to(question, HARM, by=by(executive))


def test_whoever_leaves_leaves_their_objection_standing(question, objection, item, delivery_lead, truth_owner):
    item.meeting.leave(delivery_lead, by=by(delivery_lead))
    with pytest.raises(Refusal, match="An objection stands"):
        question.decide(by=by(truth_owner))


def test_what_a_recused_member_took_part_in_is_put_anew(question, objection, item, delivery_lead, truth_owner):
    item.recuse(delivery_lead, "My brother's firm.", by=by(delivery_lead))
    with pytest.raises(Refusal, match="no longer before the room"):
        question.decide(by=by(truth_owner))
    again = Question.objects.put(item, resolving(), by=by(truth_owner))
    with pytest.raises(Refusal, match="You are recused"):
        Objection.objects.raise_to(again, HARM, by=by(delivery_lead))
    assert again.decide(by=by(truth_owner))


def test_the_chair_puts_one_question_at_a_time_and_may_take_it_back(question, item, truth_owner, executive):
    with pytest.raises(Refusal, match="before the room already"):
        Question.objects.put(item, resolving(), by=by(truth_owner))
    with pytest.raises(PermissionDenied):
        question.take_back("To word it better.", by=by(executive))
    question.take_back("To word it better.", by=by(truth_owner))
    with pytest.raises(Refusal, match="no longer before the room"):
        question.decide(by=by(truth_owner))
    assert Question.objects.put(item, resolving(wording="In other words."), by=by(truth_owner))


def test_only_the_chair_puts_a_question_and_only_where_the_charter_asks_the_room(item, truth_owner, executive):
    with pytest.raises(PermissionDenied):
        Question.objects.put(item, resolving(), by=by(executive))
    with pytest.raises(Refusal, match="decided, not put"):
        Question.objects.put(item, Motion(Ruling("policy"), "So be it."), by=by(truth_owner))
    with pytest.raises(Refusal, match="not asked of the room"):
        Question.objects.put(item, resolving(force=True, reason="Now."), by=by(truth_owner))
    assert Question.objects.put(item, resolving(), by=by(truth_owner))


def test_a_question_ends_with_its_item(question, item, truth_owner, delivery_lead):
    item.carry_over("We need the figures of May.", by=by(truth_owner))
    with pytest.raises(Refusal, match="already"):
        question.decide(by=by(truth_owner))
    with pytest.raises(Refusal, match="already"):
        Objection.objects.raise_to(question, HARM, by=by(delivery_lead))


def test_consent_takes_the_quorum_of_that_moment(question, item, truth_owner, executive, delivery_lead):
    for person in (executive, delivery_lead):
        item.meeting.leave(person, by=by(person))
    with pytest.raises(Refusal, match="no quorum"):
        question.decide(by=by(truth_owner))
    item.meeting.arrive(executive, by=by(executive))
    assert question.decide(by=by(truth_owner)).present == 3


def test_a_question_keeps_what_would_be_decided_to_the_letter(item, truth_owner, sales_lead, case, steering):
    first = Question.objects.put(item, resolving(), by=by(truth_owner)).decide(by=by(truth_owner))
    item.meeting.close(by=steering.chair)
    later = item_about(in_session(steering, date.today() + timedelta(days=1)), case)
    motion = resolving(supersedes=first, review_on=date.today() + timedelta(days=90), reason="May was worse.")
    decision = Question.objects.put(later, motion, by=by(truth_owner)).decide(by=by(truth_owner))
    assert (decision.supersedes, decision.review_on, decision.reason) == (first, motion.review_on, "May was worse.")
    assert list(Decision.objects.standing()) == [decision]


def test_whoever_sits_for_the_accused_is_counted_and_has_no_voice(item, truth_owner, sales_lead, outsider, executive):
    item.meeting.leave(sales_lead, by=by(sales_lead))
    item.meeting.delegate(outsider, by=by(sales_lead))
    item.meeting.arrive(outsider, by=by(outsider))
    question = Question.objects.put(item, resolving(), by=by(truth_owner))
    with pytest.raises(Refusal, match="their own case"):
        Objection.objects.raise_to(question, HARM, by=by(outsider))
    with pytest.raises(DatabaseError, match="present and entitled"), transaction.atomic():
        Objection.objects.create(
            question=question, person=outsider, appointment=sales_lead.appointments.get(), reason=HARM,
            objected_at=clock.now(),
        )  # fmt: skip
    assert Objection.objects.raise_to(question, HARM, by=by(executive))
    assert item.count(item.meeting).present == 4
