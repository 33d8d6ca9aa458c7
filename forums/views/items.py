from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from forums import access
from forums.meetings.forms import EscalationForm, ReasonForm, input_of
from forums.views.meetings import motion_of, show, to_item
from truthgov.http import PersonRequest, signed_in


@require_POST
@signed_in
def in_hand(request: PersonRequest, pk: int) -> HttpResponse:
    """The chair takes the item up."""
    item = access.item_to_chair(request.person, pk)
    item.meeting.take_up(item, by=request.actor)
    return to_item(item)


@require_POST
@signed_in
def decisions(request: PersonRequest, pk: int) -> HttpResponse:
    """A motion is decided, or put to the room; one that is not complete comes back with what is missing."""
    item = access.item_to_decide(request.person, pk)
    item.require_pending()
    form = motion_of(request, item, may_force=access.may_force(request.person))
    if form.is_valid() and form.put(by=request.actor):
        return to_item(item)
    return show(request, item.meeting, item=item.pk, motion=form)


@require_POST
@signed_in
def sentence(request: PersonRequest, pk: int) -> HttpResponse:
    """The words of a decision, written from what is chosen for it so far; nothing is decided."""
    item = access.item_to_decide(request.person, pk)
    form = motion_of(request, item, may_force=access.may_force(request.person)).worded()
    if request.htmx:
        return render(request, "forums/meetings/_wording.html", {"form": form, "item": item})
    return show(request, item.meeting, item=item.pk, motion=form)


@require_POST
@signed_in
def carry_over(request: PersonRequest, pk: int) -> HttpResponse:
    item = access.item_to_chair(request.person, pk)
    item.carry_over(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(item)


@require_POST
@signed_in
def notings(request: PersonRequest, pk: int) -> HttpResponse:
    """The forum takes note of a restatement."""
    item = access.item_to_chair(request.person, pk)
    item.note(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(item)


@require_POST
@signed_in
def escalation(request: PersonRequest, pk: int) -> HttpResponse:
    item = access.item_to_escalate(request.person, pk)
    given = input_of(EscalationForm(request.POST))
    item.escalate(given["reason"], due_on=given["due_on"], by=request.actor)
    return to_item(item)


@require_POST
@signed_in
def interests(request: PersonRequest, pk: int) -> HttpResponse:
    """The reader says what ties them to the item, and goes on taking part."""
    item = access.item_to_be_recused_from(request.person, pk)
    item.declare_interest(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(item)


@require_POST
@signed_in
def recusals(request: PersonRequest, pk: int) -> HttpResponse:
    """The reader takes no part in the item."""
    item = access.item_to_be_recused_from(request.person, pk)
    item.recuse(request.person, input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return to_item(item)
