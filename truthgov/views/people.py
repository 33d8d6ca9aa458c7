from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from truthgov import access, clock, enrolment
from truthgov.appointing import PROPOSERS
from truthgov.forms import EnrolmentForm, SearchForm
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.keyset import turn_to
from truthgov.models import Appointment, Deputy, Person, Role

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def people(request: PersonRequest) -> HttpResponse:
    """Everybody with the roles they hold today; an administrator enrols."""
    form = EnrolmentForm(request.POST or None)
    if request.method == "POST":
        access.organisation_to_administer(request.person)
        if form.is_valid():
            person = enrolment.enrol(**form.cleaned_data, by=request.actor)
            messages.success(request, f"{person} is enrolled.")
            return go_to(request, person.get_absolute_url())
    return render(request, "truthgov/people.html", _register(request, form), status=422 if form.is_bound else 200)


def _register(request: PersonRequest, form: EnrolmentForm) -> dict[str, object]:
    in_force = Appointment.objects.in_force(on=clock.today()).select_related("scope")
    found = Person.objects.prefetch_related(Prefetch("appointments", in_force, to_attr="in_force"))
    wanted = request.GET.get("q", "").replace("\0", "").strip()
    if wanted:
        found = found.filter(name__icontains=wanted)
    return {
        "page": turn_to(request.GET.get("cursor", ""), found, ("name", "pk"), size=PAGE),
        "search": SearchForm({"q": wanted}),
        "form": form,
        "proposals": Appointment.objects.proposed().select_related("person", "scope", "proposed_by"),
        "may_enrol": access.holds(request.person, Role.ADMINISTRATOR),
        "may_propose": access.holds(request.person, *PROPOSERS),
    }


@require_safe
@signed_in
def person(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.person_to_read(request.person, pk)
    administers = access.holds(request.person, Role.ADMINISTRATOR)
    context = {
        "shown": shown,
        "appointments": shown.appointments.select_related("scope", "person").order_by("-holds"),
        "deputyships": Deputy.objects.of(shown).order_by("-holds"),
        "sees_address": administers or shown == request.person,
        "administers": administers,
        "may_propose": access.holds(request.person, *PROPOSERS),
        "today": clock.today(),
    }
    return render(request, "truthgov/person.html", context)


@require_POST
@signed_in
def deactivation(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.person_to_administer(request.person, pk)
    enrolment.deactivate(shown, by=request.actor)
    return go_to(request, shown.get_absolute_url())


@require_POST
@signed_in
def reactivation(request: PersonRequest, pk: int) -> HttpResponse:
    shown = access.person_to_administer(request.person, pk)
    enrolment.reactivate(shown, by=request.actor)
    return go_to(request, shown.get_absolute_url())
