from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import access as doors
from forums.agenda_forms import MeetingForm, meeting_form
from forums.case_file import cases_to_file, file_of
from forums.case_forms import ChallengeForm, FalseAlarmForm, PositionForm, QueueForm, SurfaceForm
from forums.models import Subject
from forums.queue import queue
from metrics import access
from metrics.models import Contradiction, Segment
from truthgov import clock
from truthgov.http import PersonRequest, signed_in

Kind = Subject.Kind


@require_safe
@signed_in
def contradictions(request: PersonRequest) -> HttpResponse:
    """The queue; its filters, state, order and place stand in the address."""
    form = QueueForm(request.GET)
    listed = queue(form, request.GET, on=clock.today())
    shown = {"form": form, "queue": listed, "may_surface": access.may_surface(request.person)}
    return render(request, "forums/contradictions/queue.html", shown)


@require_safe
@signed_in
def contradiction(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, access.contradiction_to_read(request.person, pk))


@require_POST
@signed_in
def challenges(request: PersonRequest, pk: int) -> HttpResponse:
    case = access.contradiction_to_judge(request.person, pk)
    form = ChallengeForm(request.POST, case=case)
    if not form.is_valid():
        return _page(request, case, challenge_form=form)
    case.challenge(**form.cleaned_data, by=request.actor)
    return _answer(request, case)


@require_POST
@signed_in
def positions(request: PersonRequest, pk: int) -> HttpResponse:
    case = access.contradiction_to_answer(request.person, pk)
    form = PositionForm(request.POST, request.FILES, scopes=access.scopes_to_answer_for(request.person, case))
    if not form.is_valid():
        return _page(request, case, position_form=form)
    asked = case.challenges.unanswered().filter(scope=form.cleaned_data["scope"]).first()
    case.take_position(**form.cleaned_data, challenge=asked, by=request.actor)
    return _answer(request, case)


@require_POST
@signed_in
def false_alarm(request: PersonRequest, pk: int) -> HttpResponse:
    case = access.contradiction_to_judge(request.person, pk)
    form = FalseAlarmForm(request.POST)
    if not form.is_valid():
        return _page(request, case, false_alarm_form=form)
    case.declare_false_alarm(**form.cleaned_data, by=request.actor)
    return _answer(request, case)


@require_POST
@signed_in
def agenda(request: PersonRequest, pk: int) -> HttpResponse:
    """Chair or secretary puts the case on the agenda of a meeting."""
    case = access.contradiction_to_read(request.person, pk)
    form = MeetingForm(request.POST, meetings=doors.meetings_to_take_up(request.person, (Kind.CONTRADICTION, pk)))
    if not form.is_valid():
        return _page(request, case, agenda_form=form)
    form.cleaned_data["meeting"].put_on(Kind.CONTRADICTION, pk, form.cleaned_data["why"], by=request.actor)
    return _answer(request, case)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contradiction_new(request: PersonRequest) -> HttpResponse:
    """A contradiction surfaced by hand."""
    access.surfacing_to_start(request.person)
    form = SurfaceForm(request.POST or None, initial={"segment": "{}", **request.GET.dict()})
    if form.is_valid():
        case = Contradiction.surface(**form.cleaned_data, by=request.actor)
        return redirect("forums:contradiction", case.pk)
    known = Segment.objects.exists()
    page = {"form": form, "known": known}
    return render(request, "forums/contradictions/new.html", page, status=422 if form.is_bound else 200)


def _answer(request: PersonRequest, case: Contradiction) -> HttpResponse:
    """After an act: htmx gets the case anew, a plain form goes to its page."""
    return _page(request, case) if request.htmx else redirect("forums:contradiction", case.pk)


def _page(request: PersonRequest, case: Contradiction, **faulty: Form) -> HttpResponse:
    """The case with its forms; those `faulty` come back with what is wrong with them (422)."""
    file = file_of(cases_to_file().get(pk=case.pk), request.person, on=clock.today())
    forms: dict[str, Any] = {
        "challenge_form": ChallengeForm(case=case) if file.acts.challenge else None,
        "position_form": PositionForm(scopes=list(file.acts.answer_as)) if file.acts.answer_as else None,
        "false_alarm_form": FalseAlarmForm() if file.acts.declare_false_alarm else None,
        "agenda_form": meeting_form(request.person, (Kind.CONTRADICTION, case.pk)) if file.case.is_live else None,
        **faulty,
    }
    template = "forums/contradictions/_case.html" if request.htmx else "forums/contradictions/case.html"
    return render(request, template, {"file": file, "case": file.case, **forms}, status=422 if faulty else 200)
