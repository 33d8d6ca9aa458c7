from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import access
from forums.agendas.forms import MeetingForm, meeting_form
from forums.agendas.standing import find_open
from forums.meetings.forms import AnswerForm, ReasonForm, input_of
from forums.models import Decision, Minutes
from forums.registers.decision_register import COLUMNS, PRINTED, DecisionFilter, decision_register, rows_of, sheet
from forums.registers.effects import effects_of
from forums.restatements.leaned_on import given_anew_since
from forums.views.meetings import to_item
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.http import PersonRequest, signed_in
from truthgov.register_files import ENDINGS, RegisterFile, answer


@require_safe
@signed_in
def decisions(request: PersonRequest) -> HttpResponse:
    form = DecisionFilter(request.GET)
    register = decision_register(form, request.GET.get("cursor", ""), on=clock.today())
    page = {"form": form, "register": register, "endings": ENDINGS, "route": "forums:decisions_file"}
    return render(request, "forums/decisions/list.html", page)


@require_safe
@signed_in
def decisions_file(request: PersonRequest, ending: str) -> HttpResponseBase:
    """What the filters find, as a file."""
    form, today = DecisionFilter(request.GET), clock.today()
    if not form.is_valid():
        raise InvalidInput("The filters cannot be read; correct them on the page of the register.")
    rows = sheet(form.narrow(Decision.objects.all(), on=today), on=today, reader=request.person)
    subject = f"As of {today:%-d %B %Y}"
    return answer(RegisterFile("decisions", "Decisions", subject, COLUMNS, rows, PRINTED), ending)


@require_safe
@signed_in
def decision(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.decision_to_read(request.person, pk)
    (row,) = rows_of([found], on=clock.today(), reader=request.person)
    may_dissent = access.sits_in(request.person, found.meeting) and found.decided_by != request.person
    minutes = Minutes.objects.filter(meeting=found.meeting_id).first()
    may_dissent = may_dissent and not (minutes and minutes.is_confirmed())
    page = {
        "decision": found,
        "row": row,
        "effects": effects_of(found, until=clock.today()),
        "anew": given_anew_since(found),
        "dissent_form": ReasonForm() if may_dissent else None,
        "agenda_form": _again(request, found),
    }
    return render(request, "forums/decisions/decision.html", page)


@require_POST
@signed_in
def agenda(request: PersonRequest, pk: int) -> HttpResponse:
    """The matter of a decision is taken up again: there a later one may supersede it."""
    subject = access.decision_to_read(request.person, pk).item.subject
    meetings = access.meetings_to_take_up(request.person, (subject.kind, subject.reference))
    given = input_of(MeetingForm(request.POST, meetings=meetings))
    return to_item(given["meeting"].put_on(subject.kind, subject.reference, given["why"], by=request.actor))


def _again(request: PersonRequest, found: Decision) -> MeetingForm | None:
    """The form that takes its matter up again, while the decision stands and the matter is open."""
    subject = found.item.subject
    if found.ended or find_open(subject.kind, subject.reference) is None:
        return None
    why = f"The decision of {clock.local_day(found.decided_at):%-d %B %Y} is taken up again."
    return meeting_form(request.person, (subject.kind, subject.reference), why, settles=found.decision_type)


@require_POST
@signed_in
def dissents(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.decision_to_dissent_from(request.person, pk)
    found.dissent(input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return redirect("forums:decision", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def escalation(request: PersonRequest, pk: int) -> HttpResponse:
    """What was escalated, and the answer of whom it lies with."""
    door = access.escalation_to_answer if request.method == "POST" else access.escalation_to_read
    found = door(request.person, pk)
    form = AnswerForm(request.POST or None, escalation=found)
    if form.is_valid():
        given = form.cleaned_data
        found.respond(given["answer"], by=request.actor, overturns=given.get("overturns"))
        return redirect("forums:desk")
    standing = Decision.objects.standing().on_matter_escalated(found)
    page = {
        "escalation": found, "form": form, "standing": standing, "answers": access.answers(request.person, found),
    }  # fmt: skip
    return render(request, "forums/decisions/escalation.html", page, status=422 if form.is_bound else 200)
