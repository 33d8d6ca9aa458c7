from django.http import HttpResponse
from django.views.decorators.http import require_POST

from forums.meetings import question_access as access
from forums.meetings.forms import ReasonForm, input_of
from forums.models import Objection, Tally, Vote
from forums.views.meetings import to_item
from truthgov.http import PersonRequest, signed_in


@require_POST
@signed_in
def objections(request: PersonRequest, pk: int) -> HttpResponse:
    """A member objects, with a reason."""
    question = access.question_to_answer(request.person, pk)
    Objection.objects.raise_to(question, input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(question.item)


@require_POST
@signed_in
def votes(request: PersonRequest, pk: int) -> HttpResponse:
    """A member votes."""
    question = access.question_to_answer(request.person, pk)
    Vote.objects.cast(question, request.POST.get("choice", ""), by=request.actor)
    return to_item(question.item)


@require_POST
@signed_in
def closing(request: PersonRequest, pk: int) -> HttpResponse:
    """The chair closes the vote, and it is counted."""
    question = access.question_to_chair(request.person, pk)
    Tally.objects.close(question, by=request.actor)
    return to_item(question.item)


@require_POST
@signed_in
def withdrawal(request: PersonRequest, pk: int) -> HttpResponse:
    """The chair takes the question back."""
    question = access.question_to_chair(request.person, pk)
    question.take_back(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(question.item)


@require_POST
@signed_in
def decision(request: PersonRequest, pk: int) -> HttpResponse:
    """What the room consented to, or voted for, is made a decision."""
    question = access.question_to_decide(request.person, pk)
    question.decide(by=request.actor)
    return to_item(question.item)


@require_POST
@signed_in
def objection_withdrawal(request: PersonRequest, pk: int) -> HttpResponse:
    objection = access.objection_to_withdraw(request.person, pk)
    objection.withdraw(by=request.actor)
    return to_item(objection.question.item)


@require_POST
@signed_in
def objection_overruling(request: PersonRequest, pk: int) -> HttpResponse:
    objection = access.objection_to_overrule(request.person, pk)
    objection.overrule(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(objection.question.item)
