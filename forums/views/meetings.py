from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import access
from forums.agendas.forms import SubjectForm
from forums.following.rendering import TOKEN, changed
from forums.meetings.calendar import meetings_by_time
from forums.meetings.closing_page import left_over
from forums.meetings.forms import DelegateForm, PersonForm, delegates, input_of
from forums.meetings.people import people_of
from forums.meetings.room_forms import acts_in
from forums.meetings.room_page import meeting_page
from forums.models import AgendaItem, Meeting
from forums.motions.forms import MotionForm
from forums.motions.kinds import form_of
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.http import PersonRequest, signed_in
from truthgov.models import Person


@require_safe
@signed_in
def meetings(request: PersonRequest) -> HttpResponse:
    known = access.meetings_to_read(request.person)
    return render(request, "forums/meetings/list.html", {"calendar": meetings_by_time(known, at=clock.now())})


@require_safe
@signed_in
def meeting(request: PersonRequest, pk: int) -> HttpResponse:
    return show(request, access.meeting_to_read(request.person, pk))


@require_safe
@signed_in
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """What followers ask every second: nothing new (204), or the parts of the screen that changed."""
    found = access.meeting_to_read(request.person, pk)
    return HttpResponse(status=204) if request.GET.get("v") == str(found.version) else _news(request, found)


@require_POST
@signed_in
def opening(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.meeting_to_chair(request.person, pk)
    found.open(by=request.actor)
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def closing(request: PersonRequest, pk: int) -> HttpResponse:
    """What closing carries over, for the chair to confirm; a meeting that does not sit has nothing to confirm."""
    found = access.meeting_to_chair(request.person, pk)
    if request.method == "POST":
        found.close(by=request.actor)
        return redirect("forums:minutes", found.pk)
    if found.status != found.Status.IN_SESSION:
        return redirect(found)
    left = left_over(found)
    page = {"meeting": found, "left": left, "escalating": sum(each.escalates for each in left)}
    return render(request, "forums/meetings/closing.html", page)


@require_POST
@signed_in
def items(request: PersonRequest, pk: int) -> HttpResponse:
    """A matter is put on the agenda by hand."""
    found = access.meeting_to_record(request.person, pk)
    form = SubjectForm(request.POST, meeting=found)
    if not form.is_valid():
        return show(request, found, subject=form)
    return to_item(found.put_on(*form.chosen(), form.cleaned_data["why"], by=request.actor))


@require_POST
@signed_in
def arrivals(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody arrives: the reader, or whom chair or secretary name."""
    found = access.meeting_to_attend(request.person, pk)
    found.arrive(_named(request, found), is_remote="remote" in request.POST, by=request.actor)
    return _news(request, found) if request.htmx else redirect(found)


@require_POST
@signed_in
def delegations(request: PersonRequest, pk: int) -> HttpResponse:
    """The reader names who sits for them at this meeting."""
    found = access.meeting_to_send_to(request.person, pk)
    form = DelegateForm(request.POST, people=delegates(found))
    found.delegate(input_of(form)["person"], by=request.actor)
    return redirect(found)


@require_POST
@signed_in
def departures(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.meeting_to_attend(request.person, pk)
    found.leave(_named(request, found), by=request.actor)
    return _news(request, found) if request.htmx else redirect(found)


def show(
    request: PersonRequest, found: Meeting, *, item: int | None = None, motion: MotionForm | None = None,
    subject: SubjectForm | None = None,
) -> HttpResponse:  # fmt: skip
    """The meeting's one screen; with a motion or a subject that cannot be taken as it stands, 422."""
    chosen = request.POST.get("type", "") if motion else request.GET.get("type", "")
    page = meeting_page(found, request.person, item=item or _asked(request), chosen=chosen, form=motion)
    acts = acts_in(found) | {"asked": item or _asked(request)} | ({"subject_form": subject} if subject else {})
    status = 422 if subject or (motion and motion.is_bound) else 200
    return render(request, "forums/meetings/meeting.html", {"page": page, **acts}, status=status)


def to_item(item: AgendaItem) -> HttpResponse:
    return redirect(f"{reverse('forums:meeting', args=[item.meeting_id])}?item={item.pk}")


def motion_of(request: PersonRequest, item: AgendaItem, *, may_force: bool) -> MotionForm:
    """The form in which a motion came; a Refusal where its type is none of the charter's, or not for this item."""
    kind = request.POST.get("type", "")
    item.right_to(kind, item.meeting)
    case = item.subject.contradiction()
    return form_of(kind, item, case)(request.POST, item=item, kind=kind, may_force=may_force)


def _named(request: PersonRequest, found: Meeting) -> Person:
    """Whom a form names; the reader where it names nobody."""
    if "person" not in request.POST:
        return request.person
    form = PersonForm(request.POST, people=people_of(found))
    if not form.is_valid():
        raise InvalidInput("Choose a member of this forum.", {"person": "Choose a member of this forum."})
    named: Person = form.cleaned_data["person"]
    return named


def _news(request: PersonRequest, found: Meeting) -> HttpResponse:
    """The parts of the screen that are new to the reader, who may be writing in another one."""
    shown = changed(found, request.person, item=_asked(request), chosen=request.GET.get("type", ""))
    parts = shown.since(request.GET.get("hand", ""), request.GET.get("question", ""))
    new = parts["around"] + parts.get("hand", parts.get("question", ""))
    return HttpResponse(new.replace(TOKEN, get_token(request)))


def _asked(request: PersonRequest) -> int | None:
    asked = request.GET.get("item", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
