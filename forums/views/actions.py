from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import access
from forums.meetings.forms import ReasonForm, input_of
from forums.models import Action, Escalation
from forums.registers.action_forms import ProofForm
from forums.registers.action_register import COLUMNS, PRINTED, ActionFilter, action_register, known_actions, sheet
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.export import file_response
from truthgov.http import PersonRequest, signed_in
from truthgov.register_files import ENDINGS, RegisterFile, answer


@require_safe
@signed_in
def actions(request: PersonRequest) -> HttpResponse:
    form = ActionFilter(request.GET)
    register = action_register(form, request.GET, owner=request.person)
    page = {"form": form, "register": register, "today": clock.today(), "endings": ENDINGS,
            "route": "forums:actions_file"}  # fmt: skip
    return render(request, "forums/actions/list.html", page)


@require_safe
@signed_in
def actions_file(request: PersonRequest, ending: str) -> HttpResponseBase:
    """What the filters find, as a file."""
    form, today = ActionFilter(request.GET), clock.today()
    if not form.is_valid():
        raise InvalidInput("The filters cannot be read; correct them on the page of the register.")
    found = form.narrow(known_actions(), request.person, on=today)
    rows = sheet(found, request.GET.get("sort", ""), on=today)
    subject = f"As of {today:%-d %B %Y}"
    return answer(RegisterFile("actions", "Actions", subject, COLUMNS, rows, PRINTED), ending)


@require_safe
@signed_in
def action(request: PersonRequest, pk: int) -> HttpResponse:
    return _show(request, access.action_to_read(request.person, pk))


@require_POST
@signed_in
def proof(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.action_to_do(request.person, pk)
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, form)
    found.report_done(form.cleaned_data["proof"], form.cleaned_data["attachments"], by=request.actor)
    return redirect("forums:action", pk)


@require_safe
@signed_in
def proof_file(request: PersonRequest, pk: int, file: int) -> HttpResponse:
    """A file that a proof rests on, to be saved."""
    kept = access.proof_file_to_read(request.person, pk, file)
    return file_response(kept.name, kept.media_type, bytes(kept.content))


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


def _show(request: PersonRequest, found: Action, refused: ProofForm | None = None) -> HttpResponse:
    """The action, with the form that the reader has something to write into; 422 where that came back."""
    owes = found.owner == request.person and found.status == Action.Status.OPEN
    verifies = found.status == Action.Status.DONE and found.may_be_verified_by(request.person)
    page = {
        "action": found,
        "today": clock.today(),
        "proofs": found.proofs.select_related("given_by").prefetch_related("files"),
        "escalation": Escalation.objects.filter(action=found).first(),
        "proof_form": refused or (ProofForm() if owes else None),
        "reason_form": ReasonForm() if verifies else None,
    }
    return render(request, "forums/actions/action.html", page, status=422 if refused else 200)
