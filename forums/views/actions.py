from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import access
from forums.forms import ProofForm, ReasonForm, input_of
from forums.registers import ActionFilter, action_register
from truthgov import clock
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def actions(request: PersonRequest) -> HttpResponse:
    form = ActionFilter(request.GET)
    register = action_register(form, request.GET.get("cursor", ""), owner=request.person)
    return render(request, "forums/actions/list.html", {"form": form, "register": register, "today": clock.today()})


@require_safe
@signed_in
def action(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.action_to_read(request.person, pk)
    page = {
        "action": found,
        "today": clock.today(),
        "proof_form": ProofForm() if found.owner == request.person and found.status == "open" else None,
        "reason_form": ReasonForm() if found.status == "done" and found.may_be_verified_by(request.person) else None,
    }
    return render(request, "forums/actions/action.html", page)


@require_POST
@signed_in
def proof(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.action_to_do(request.person, pk)
    found.report_done(input_of(ProofForm(request.POST))["proof"], by=request.actor)
    return redirect("forums:action", pk)


@require_POST
@signed_in
def verification(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.action_to_verify(request.person, pk)
    found.verify(by=request.actor)
    return redirect("forums:action", pk)


@require_POST
@signed_in
def return_to_owner(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.action_to_verify(request.person, pk)
    found.send_back(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return redirect("forums:action", pk)
