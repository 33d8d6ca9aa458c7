"""Minutes: worded, circulated, amended, confirmed, signed, corrected."""

from django.forms import Form
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import access
from forums.meetings.forms import ReadForm, ReasonForm, input_of
from forums.minutes.forms import AmendmentAnswerForm, AmendmentForm, CorrectionForm, ProseForm
from forums.minutes.page import minutes_page
from forums.models import Correction, Minutes
from forums.packs.evidence_pack import zipped
from forums.reconciliation.restated_since import restated_since
from forums.views.meetings import to_item
from truthgov.http import PersonRequest, signed_in
from truthgov.second_factor import asked_anew


@require_safe
@signed_in
def minutes(request: PersonRequest, pk: int) -> HttpResponse:
    return _show(request, access.minutes_to_read(request.person, pk))


@require_POST
@signed_in
def wording(request: PersonRequest, pk: int) -> HttpResponse:
    """The prose beside the parts."""
    found = access.minutes_to_record(request.person, pk)
    form = ProseForm(request.POST, minutes=found)
    if not form.is_valid():
        return _show(request, found, form)
    found.word(form.prose(), read=form.cleaned_data["read"], by=request.actor)
    return redirect("forums:minutes", pk)


@require_POST
@signed_in
def circulation(request: PersonRequest, pk: int) -> HttpResponse:
    """They go out to who attended."""
    access.minutes_to_record(request.person, pk).circulate(by=request.actor)
    return redirect("forums:minutes", pk)


@require_POST
@signed_in
def amendments(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody who attended proposes other prose."""
    found = access.minutes_to_amend(request.person, pk)
    form = AmendmentForm(request.POST, minutes=found)
    if not form.is_valid():
        return _show(request, found, form)
    found.propose_amendment(**form.cleaned_data, by=request.actor)
    return redirect("forums:minutes", pk)


@require_POST
@signed_in
def amendment_answer(request: PersonRequest, pk: int) -> HttpResponse:
    amendment = access.amendment_to_answer(request.person, pk)
    given = input_of(AmendmentAnswerForm(request.POST))
    answer = amendment.accept if given["verdict"] == "accept" else amendment.decline
    answer(given["answer"], by=request.actor)
    return redirect("forums:minutes", amendment.minutes.meeting_id)


@require_POST
@signed_in
def amendment_withdrawal(request: PersonRequest, pk: int) -> HttpResponse:
    """Whoever proposed it takes it back."""
    amendment = access.amendment_to_withdraw(request.person, pk)
    amendment.withdraw(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return redirect("forums:minutes", amendment.minutes.meeting_id)


@require_POST
@signed_in
def confirmation(request: PersonRequest, pk: int) -> HttpResponse:
    """The item by which a later meeting confirms minutes ends with that."""
    item = access.item_to_chair(request.person, pk)
    found = access.minutes_of(item)
    found.confirm(item, **input_of(ReadForm(request.POST)), by=request.actor)
    return to_item(item)


@require_POST
@signed_in
def signatures(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Chair or secretary signs, with their second factor given anew where one is required."""
    found = access.minutes_to_record(request.person, pk)
    if asking := asked_anew(request):
        return asking
    found.sign(read=input_of(ReadForm(request.POST))["read"], by=request.actor)
    return redirect("forums:minutes", pk)


@require_POST
@signed_in
def corrections(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What holds in the place of a passage that was sealed."""
    found = access.minutes_to_record(request.person, pk)
    if asking := asked_anew(request):
        return asking
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    Correction.objects.make(found, **form.cleaned_data, by=request.actor)
    return redirect("forums:minutes", pk)


@require_POST
@signed_in
def countersignature(request: PersonRequest, pk: int) -> HttpResponseBase:
    correction = access.correction_to_countersign(request.person, pk)
    if asking := asked_anew(request):
        return asking
    correction.countersign(by=request.actor)
    return redirect("forums:minutes", correction.sealing.minutes.meeting_id)


@require_POST
@signed_in
def correction_withdrawal(request: PersonRequest, pk: int) -> HttpResponse:
    """Whoever made it takes it back."""
    correction = access.correction_to_withdraw(request.person, pk)
    correction.withdraw(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return redirect("forums:minutes", correction.sealing.minutes.meeting_id)


@require_safe
@signed_in
def evidence(request: PersonRequest, pk: int) -> FileResponse:
    """The evidence pack of the sealed meeting, to be verified elsewhere."""
    meeting = access.meeting_to_verify(request.person, pk)
    response = FileResponse(zipped(meeting), as_attachment=True, filename=f"evidence-pack-{pk}.zip")
    response["Cache-Control"] = "private, no-store"
    return response


def _show(request: PersonRequest, found: Minutes, refused: Form | None = None) -> HttpResponse:
    page = {
        "page": minutes_page(found, request.person, refused=refused),
        "minutes": found,
        "meeting": found.meeting,
        "since": restated_since(found.meeting.view),
        "signatures": found.standing_signatures(),
        "may_sign": found.may_be_signed_by(request.person),
    }
    return render(request, "forums/meetings/minutes.html", page, status=422 if refused else 200)
