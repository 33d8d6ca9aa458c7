from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import access
from forums.evidence_pack import zipped
from forums.forms import MinutesForm, ReadForm, input_of
from forums.models import Minutes
from forums.restated_since import restated_since
from truthgov.access import may_read_data
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def minutes(request: PersonRequest, pk: int) -> HttpResponse:
    return _show(request, access.minutes_to_read(request.person, pk))


@require_POST
@signed_in
def wording(request: PersonRequest, pk: int) -> HttpResponse:
    """A new wording; it voids the signatures of the one before."""
    found = access.minutes_to_record(request.person, pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    found.edit(**form.cleaned_data, by=request.actor)
    return redirect("forums:minutes", pk)


@require_POST
@signed_in
def signatures(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.minutes_to_record(request.person, pk)
    found.sign(read=input_of(ReadForm(request.POST))["read"], by=request.actor)
    return redirect("forums:minutes", pk)


@require_safe
@signed_in
def evidence(request: PersonRequest, pk: int) -> FileResponse:
    """The evidence pack of the sealed meeting, to be verified elsewhere."""
    meeting = access.meeting_to_verify(request.person, pk)
    response = FileResponse(zipped(meeting), as_attachment=True, filename=f"evidence-pack-{pk}.zip")
    response["Cache-Control"] = "private, no-store"
    return response


def _show(request: PersonRequest, found: Minutes, form: MinutesForm | None = None) -> HttpResponse:
    may_record = found.meeting.is_recorded_by(request.person) and not found.is_sealed()
    page = {
        "minutes": found,
        "meeting": found.meeting,
        "since": restated_since(found.meeting.view),
        "signatures": found.standing_signatures(),
        "may_sign": found.may_be_signed_by(request.person),
        "may_record": may_record,
        "may_verify": found.is_sealed() and may_read_data(request.person),
        "form": form or MinutesForm(initial={"text": found.text, "read": found.text_hash}),
    }
    return render(request, "forums/meetings/minutes.html", page, status=422 if form else 200)
