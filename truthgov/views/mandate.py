from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from truthgov import access, authority, clock, mandates
from truthgov.forms import MandateForm
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.models import Mandate, Role


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mandate(request: PersonRequest) -> HttpResponse:
    """The truth owner's mandate with its earlier versions; the sponsor grants the next."""
    form = MandateForm(request.POST or None, initial={"starts_on": clock.today(), "powers": list(mandates.POWERS)})
    if request.method == "POST":
        access.organisation_to_grant_for(request.person)
        if form.is_valid():
            given = form.cleaned_data
            mandates.grant(given["text"], set(given["powers"]), starts_on=given["starts_on"], by=request.actor)
            return go_to(request, reverse("truthgov:mandate"))
    today = clock.today()
    context = {
        "in_force": Mandate.objects.in_force(on=today),
        "versions": Mandate.objects.history().select_related("granted_by__person", "granted_by__scope"),
        "truth_owner": authority.truth_owner(),
        "form": form,
        "may_grant": access.holds(request.person, Role.SPONSOR),
    }
    return render(request, "truthgov/mandate.html", context, status=422 if form.is_bound else 200)
