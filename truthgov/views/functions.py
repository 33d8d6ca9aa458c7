from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from truthgov import access, clock, founding
from truthgov.appointing import PROPOSERS
from truthgov.forms import FunctionForm
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.models import Appointment, Function, Role


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def functions(request: PersonRequest) -> HttpResponse:
    """The functions with who leads them today; whoever may appoint establishes another."""
    form = FunctionForm(request.POST or None)
    if request.method == "POST":
        access.organisation_to_appoint_in(request.person)
        if form.is_valid():
            founding.establish_function(**form.cleaned_data, by=request.actor)
            return go_to(request, reverse("truthgov:functions"))
    leads = Appointment.objects.in_force(on=clock.today()).filter(role=Role.FUNCTION_LEAD).select_related("person")
    by_scope = {lead.scope_id: lead for lead in leads}
    context = {
        "functions": [(function, by_scope.get(function.scope_id)) for function in Function.objects.all()],
        "form": form,
        "may_establish": access.holds(request.person, *PROPOSERS),
    }
    return render(request, "truthgov/functions.html", context, status=422 if form.is_bound else 200)
