from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from forums.cases.root_causes import register
from forums.cases.ruling_forms import RetirementForm, RootCauseForm
from metrics import case_access
from metrics.models import RootCause
from truthgov.http import PersonRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def root_causes(request: PersonRequest) -> HttpResponse:
    """The list with how its cases stand; the truth owner adds to it."""
    if request.method == "POST":
        case_access.causes_to_keep(request.person)
    form = RootCauseForm(request.POST or None)
    if form.is_valid():
        RootCause.objects.add(**form.cleaned_data, by=request.actor)
        return redirect("forums:root_causes")
    return _page(request, form=form)


@require_POST
@signed_in
def retirement(request: PersonRequest, pk: int) -> HttpResponse:
    """An entry is named no more."""
    cause = case_access.cause_to_retire(request.person, pk)
    form = RetirementForm(request.POST)
    if not form.is_valid():
        return _page(request, faulty=form, about=cause)
    cause.retire(**form.cleaned_data, by=request.actor)
    return redirect("forums:root_causes")


def _page(
    request: PersonRequest, *, form: RootCauseForm | None = None, faulty: RetirementForm | None = None,
    about: RootCause | None = None,
) -> HttpResponse:  # fmt: skip
    page = {
        "register": register(), "form": form or RootCauseForm(),
        "may_keep": case_access.may_keep_causes(request.person),
        "retirement_form": faulty or RetirementForm(), "about": about,
    }  # fmt: skip
    refused = faulty is not None or (form is not None and form.is_bound)
    return render(request, "forums/root_causes.html", page, status=422 if refused else 200)
