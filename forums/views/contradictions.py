from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import access as doors
from forums.agendas.forms import MeetingForm
from forums.cases.file import file_of, filed
from forums.cases.forms import ChallengeForm, FalseAlarmForm, PositionForm, QueueForm, SurfaceForm
from forums.cases.pdf import case_document
from forums.cases.queue import queue
from forums.models import Subject
from forums.views.case_page import answer, show
from metrics import case_access
from metrics.models import Contradiction, Segment
from truthgov import clock, pdf
from truthgov.export import file_response
from truthgov.http import PersonRequest, signed_in

Kind = Subject.Kind


@require_safe
@signed_in
def contradictions(request: PersonRequest) -> HttpResponse:
    """The queue; its filters, state, order and place stand in the address."""
    form, today = QueueForm(request.GET), clock.today()
    listed = queue(form, request.GET, on=today)
    shown = {"form": form, "queue": listed, "may_surface": case_access.may_surface(request.person, on=today)}
    return render(request, "forums/contradictions/queue.html", shown)


@require_safe
@signed_in
def contradiction(request: PersonRequest, pk: int) -> HttpResponse:
    return show(request, case_access.contradiction_to_read(request.person, pk))


@require_POST
@signed_in
def challenges(request: PersonRequest, pk: int) -> HttpResponse:
    case = case_access.contradiction_to_judge(request.person, pk)
    form = ChallengeForm(request.POST, case=case)
    if not form.is_valid():
        return show(request, case, challenge_form=form)
    case.challenge(**form.cleaned_data, by=request.actor)
    return answer(request, case)


@require_POST
@signed_in
def positions(request: PersonRequest, pk: int) -> HttpResponse:
    case = case_access.contradiction_to_answer(request.person, pk)
    form = PositionForm(request.POST, request.FILES, scopes=case_access.scopes_to_answer_for(request.person, case))
    if not form.is_valid():
        return show(request, case, position_form=form)
    asked = case.every_challenge().unanswered().filter(scope=form.cleaned_data["scope"]).first()
    files = form.cleaned_data.pop("attachments")
    case.take_position(**form.cleaned_data, files=files, challenge=asked, by=request.actor)
    return answer(request, case)


@require_POST
@signed_in
def false_alarm(request: PersonRequest, pk: int) -> HttpResponse:
    case = case_access.contradiction_to_judge(request.person, pk)
    form = FalseAlarmForm(request.POST)
    if not form.is_valid():
        return show(request, case, false_alarm_form=form)
    case.declare_false_alarm(**form.cleaned_data, by=request.actor)
    return answer(request, case)


@require_POST
@signed_in
def agenda(request: PersonRequest, pk: int) -> HttpResponse:
    """Chair or secretary puts the case on the agenda of a meeting."""
    case = case_access.contradiction_to_read(request.person, pk)
    form = MeetingForm(request.POST, meetings=doors.meetings_to_take_up(request.person, (Kind.CONTRADICTION, pk)))
    if not form.is_valid():
        return show(request, case, agenda_form=form)
    form.cleaned_data["meeting"].put_on(Kind.CONTRADICTION, pk, form.cleaned_data["why"], by=request.actor)
    return answer(request, case)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contradiction_new(request: PersonRequest) -> HttpResponse:
    """A contradiction surfaced by hand."""
    case_access.surfacing_to_start(request.person)
    form = SurfaceForm(request.POST or None, initial={"segment": "{}", **request.GET.dict()})
    if form.is_valid():
        case = Contradiction.surface(**form.cleaned_data, by=request.actor)
        return redirect("forums:contradiction", case.pk)
    known = Segment.objects.exists()
    page = {"form": form, "known": known}
    return render(request, "forums/contradictions/new.html", page, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def position_file(request: PersonRequest, pk: int, file: int) -> HttpResponse:
    """A file that a position rests on, to be saved."""
    kept = case_access.position_file_to_read(request.person, pk, file)
    return file_response(kept.name, kept.media_type, bytes(kept.content))


@require_safe
@signed_in
def case_pdf(request: PersonRequest, pk: int) -> HttpResponse:
    """The case file as a document."""
    case = case_access.contradiction_to_read(request.person, pk)
    made = case_document(file_of(filed(case), request.person, on=clock.today()))
    return file_response(f"case-{case.pk}.pdf", pdf.MEDIA_TYPE, made, inline=True)
