"""What the truth owner rules on a case without a forum; linking is for whoever answers for something."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from forums.cases.ruling_forms import CauseForm, JoiningForm, LinkForm, PartForm, RulingForm, SnoozeForm, WakingForm
from forums.views.case_page import answer, show
from metrics import case_access
from metrics.cases.gathering import join, split_off
from metrics.models import Contradiction
from truthgov.http import PersonRequest, signed_in

Given = dict[str, Any]


@require_POST
@signed_in
def causes(request: PersonRequest, pk: int) -> HttpResponse:
    """The case is put down to a cause."""
    return _ruled(request, pk, CauseForm, lambda case, given: case.name_cause(**given, by=request.actor))


@require_POST
@signed_in
def snoozes(request: PersonRequest, pk: int) -> HttpResponse:
    """The case is put off up to a day."""
    return _ruled(request, pk, SnoozeForm, lambda case, given: case.snooze(**given, by=request.actor))


@require_POST
@signed_in
def waking(request: PersonRequest, pk: int) -> HttpResponse:
    """It is wanted back before its day."""
    return _ruled(request, pk, WakingForm, lambda case, given: case.wake(**given, by=request.actor))


@require_POST
@signed_in
def joining(request: PersonRequest, pk: int) -> HttpResponse:
    """It is the same as another, which stays."""
    return _ruled(
        request, pk, JoiningForm,
        lambda case, given: join(case, given["other"], reason=given["reason"], by=request.actor),
    )  # fmt: skip


@require_POST
@signed_in
def parts(request: PersonRequest, pk: int) -> HttpResponse:
    """A segment gets its own case."""
    return _ruled(request, pk, PartForm, lambda case, given: split_off(case, **given, by=request.actor))


@require_POST
@signed_in
def links(request: PersonRequest, pk: int) -> HttpResponse:
    """It has to do with another."""
    case = case_access.contradiction_to_link(request.person, pk)
    form = LinkForm(request.POST, case=case)
    if not form.is_valid():
        return show(request, case, link_form=form)
    case.link(**form.cleaned_data, by=request.actor)
    return answer(request, case)


def _ruled(
    request: PersonRequest, pk: int, kind: type[RulingForm], rule: Callable[[Contradiction, Given], object]
) -> HttpResponse:
    """Door, form, verb, fragment."""
    case = case_access.contradiction_to_judge(request.person, pk)
    form = kind(request.POST, case=case)
    if not form.is_valid():
        return show(request, case, **{f"{form.prefix}_form": form})
    rule(case, form.cleaned_data)
    return answer(request, case)
