"""The doors to what the room is asked: it is seen with its meeting, and answered by who sits in it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from forums import access
from forums.models import Objection, Question
from truthgov.models import Person


def question_to_read(person: Person, pk: int) -> Question:
    questions = Question.objects.select_related(
        "right", "item__subject", "item__meeting__charter", "item__meeting__forum"
    )
    question = get_object_or_404(questions, pk=pk)
    access.meeting_to_read(person, question.item.meeting_id)
    return question


def question_to_answer(person: Person, pk: int) -> Question:
    question = question_to_read(person, pk)
    access.meeting_to_attend(person, question.item.meeting_id)
    return question


def question_to_chair(person: Person, pk: int) -> Question:
    question = question_to_read(person, pk)
    access.meeting_to_chair(person, question.item.meeting_id)
    return question


def question_to_decide(person: Person, pk: int) -> Question:
    question = question_to_read(person, pk)
    access.item_to_decide(person, question.item_id)
    return question


def objection_to_withdraw(person: Person, pk: int) -> Objection:
    """For whoever made it."""
    objection = _objection(person, pk)
    if objection.person != person:
        raise PermissionDenied
    return objection


def objection_to_overrule(person: Person, pk: int) -> Objection:
    objection = _objection(person, pk)
    access.item_to_decide(person, objection.question.item_id)
    return objection


def _objection(person: Person, pk: int) -> Objection:
    objection = get_object_or_404(Objection.objects.select_related("person", "appointment"), pk=pk)
    objection.question = question_to_read(person, objection.question_id)
    return objection
