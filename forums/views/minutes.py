from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import access
from forums.forms import MinutesForm, ReadForm, input_of
from forums.models import Minutes
from forums.restated_since import restated_since
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


def _show(request: PersonRequest, found: Minutes, form: MinutesForm | None = None) -> HttpResponse:
    may_record = found.meeting.is_recorded_by(request.person) and not found.is_sealed()
    page = {
        "minutes": found,
        "meeting": found.meeting,
        "since": restated_since(found.meeting.view),
        "signatures": found.standing_signatures(),
        "may_sign": found.may_be_signed_by(request.person),
        "may_record": may_record,
        "form": form or MinutesForm(initial={"text": found.text, "read": found.text_hash}),
    }
    return render(request, "forums/meetings/minutes.html", page, status=422 if form else 200)
