from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from truthgov import access, appointing, clock
from truthgov.forms import DeputyForm, EndForm, ProposalForm, ReasonForm
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.models import Appointment


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_appointment(request: PersonRequest) -> HttpResponse:
    """The form by which an appointment is proposed."""
    access.organisation_to_appoint_in(request.person)
    form = ProposalForm(request.POST or None, initial={"starts_on": clock.today(), **request.GET.dict()})
    if form.is_valid():
        appointment = appointing.propose(**form.cleaned_data, by=request.actor)
        return go_to(request, appointment.get_absolute_url())
    return render(request, "truthgov/new_appointment.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def appointment(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, access.appointment_to_read(request.person, pk))


@require_POST
@signed_in
def confirmation(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.appointment_to_confirm(request.person, pk)
    appointing.confirm(shown, by=request.actor)
    return go_to(request, shown.get_absolute_url())


@require_POST
@signed_in
def refusal(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.appointment_to_decline(request.person, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, refusal_form=form)
    appointing.decline(shown, **form.cleaned_data, by=request.actor)
    return go_to(request, shown.get_absolute_url())


@require_POST
@signed_in
def end(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.appointment_to_end(request.person, pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, end_form=form)
    appointing.end(shown, **form.cleaned_data, by=request.actor)
    return go_to(request, shown.get_absolute_url())


@require_POST
@signed_in
def deputies(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.appointment_to_deputise(request.person, pk)
    form = DeputyForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, deputy_form=form)
    appointing.name_deputy(shown, **form.cleaned_data, by=request.actor)
    return go_to(request, shown.get_absolute_url())


def _page(request: PersonRequest, shown: Appointment, **faulty: Any) -> HttpResponse:
    """The appointment with the acts that the reader may take; 422 where one of their forms is faulty."""
    viewer, proposed = request.person, shown.status == Appointment.Status.PROPOSED
    confirmer = access.holds(viewer, *appointing.confirmers(shown.role))
    current = shown.status == Appointment.Status.CONFIRMED and not shown.has_ended(on=clock.today())
    context = {
        "appointment": shown,
        "today": clock.today(),
        "deputies": shown.deputies.select_related("person").order_by("-holds"),
        "may_confirm": proposed and confirmer and viewer not in (shown.proposed_by, shown.person),
        "may_decline": proposed and (confirmer or viewer in (shown.proposed_by, shown.person)),
        "may_end": current and (confirmer or viewer == shown.person),
        "may_deputise": current and viewer == shown.person,
        "confirmer_roles": [role.label for role in appointing.confirmers(shown.role)],
        "refusal_form": ReasonForm(),
        "end_form": EndForm(initial={"on": clock.today()}),
        "deputy_form": DeputyForm(initial={"starts_on": clock.today()}),
    }
    return render(request, "truthgov/appointment.html", context | faulty, status=422 if faulty else 200)
