"""The outline of a journey, its stages and handoffs, as its owner shapes it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from journeys import access
from journeys.forms import HandoffForm, JourneyForm, JourneyNameForm, PlacedStageForm, StageForm, WordingForm
from journeys.models import Journey
from truthgov.http import PersonRequest, go_to, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_journey(request: PersonRequest) -> HttpResponse:
    access.journeys_to_found(request.person)
    form = JourneyNameForm(request.POST or None)
    if form.is_valid():
        journey = Journey.establish(**form.cleaned_data, by=request.actor)
        return _to_outline(request, journey)
    return render(request, "journeys/new_journey.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outline(request: PersonRequest, code: str) -> HttpResponse:
    journey = access.journey_to_shape(request.person, code)
    if request.method != "POST":
        return _page(request, journey)
    form = JourneyForm(request.POST)
    if not form.is_valid():
        return _page(request, journey, form=form)
    journey.describe(**form.cleaned_data, by=request.actor)
    return _to_outline(request, journey)


@require_POST
@signed_in
def stages(request: PersonRequest, code: str) -> HttpResponse:
    journey = access.journey_to_shape(request.person, code)
    form = StageForm(request.POST, auto_id="new-stage-%s")
    if not form.is_valid():
        return _page(request, journey, stage_form=form)
    journey.add_stage(**form.cleaned_data, by=request.actor)
    return _to_outline(request, journey)


@require_POST
@signed_in
def stage(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    changed = access.stage_to_shape(request.person, code, pk)
    form = PlacedStageForm(request.POST, auto_id=f"stage-{pk}-%s")
    if not form.is_valid():
        return _page(request, changed.journey, faulty_stage=(pk, form))
    changed.change(**form.cleaned_data, by=request.actor)
    return _to_outline(request, changed.journey)


@require_POST
@signed_in
def stage_removal(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    removed = access.stage_to_shape(request.person, code, pk)
    removed.remove(by=request.actor)
    return _to_outline(request, removed.journey)


@require_POST
@signed_in
def handoffs(request: PersonRequest, code: str) -> HttpResponse:
    journey = access.journey_to_shape(request.person, code)
    form = HandoffForm(journey, request.POST, auto_id="new-handoff-%s")
    if not form.is_valid():
        return _page(request, journey, handoff_form=form)
    journey.add_handoff(**form.cleaned_data, by=request.actor)
    return _to_outline(request, journey)


@require_POST
@signed_in
def handoff(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    changed = access.handoff_to_shape(request.person, code, pk)
    form = WordingForm(request.POST, auto_id=f"handoff-{pk}-%s")
    if not form.is_valid():
        return _page(request, changed.journey, faulty_handoff=(pk, form))
    changed.reword(**form.cleaned_data, by=request.actor)
    return _to_outline(request, changed.journey)


@require_POST
@signed_in
def handoff_removal(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    removed = access.handoff_to_shape(request.person, code, pk)
    removed.remove(by=request.actor)
    return _to_outline(request, removed.journey)


def _to_outline(request: PersonRequest, journey: Journey) -> HttpResponse:
    return go_to(request, reverse("journeys:outline", args=[journey.code]))


def _page(
    request: PersonRequest,
    journey: Journey,
    *,
    faulty_stage: tuple[int, PlacedStageForm] | None = None,
    faulty_handoff: tuple[int, WordingForm] | None = None,
    **faulty: Any,
) -> HttpResponse:
    """The outline with a form for each part; a faulty one stands in its place, answered by 422."""
    faulty_stages, faulty_handoffs = (
        dict([faulty_stage] if faulty_stage else []),
        dict([faulty_handoff] if faulty_handoff else []),
    )
    context: dict[str, Any] = {
        "journey": journey,
        "form": JourneyForm.of(journey),
        "stages": [(each, faulty_stages.get(each.pk) or PlacedStageForm.of(each)) for each in journey.stages.all()],
        "handoffs": [
            (each, faulty_handoffs.get(each.pk) or WordingForm.of(each))
            for each in journey.handoffs.select_related("from_stage__function", "to_stage__function")
        ],
        "stage_form": StageForm(auto_id="new-stage-%s"),
        "handoff_form": HandoffForm(journey, auto_id="new-handoff-%s"),
    }
    is_faulty = bool(faulty_stage or faulty_handoff or faulty)
    return render(request, "journeys/outline.html", context | faulty, status=422 if is_faulty else 200)
