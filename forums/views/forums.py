from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums.charters import access
from forums.charters import days_off as calendar
from forums.charters.forms import CharterForm, DayOffForm, FoundingForm
from forums.charters.page import matrix_lines, sheets_of
from forums.charters.presets import draft_of
from forums.meetings.forms import ReasonForm, input_of
from forums.models import DayOff, Forum, Over
from truthgov import clock
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def forums(request: PersonRequest) -> HttpResponse:
    page = {
        "forums": Forum.objects.with_charters(on=clock.today()),
        "may_found": access.may_approve_charters(request.person),
    }
    return render(request, "forums/forums/list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_forum(request: PersonRequest) -> HttpResponse:
    """A forum founded; its rules are proposed next."""
    access.forum_to_found(request.person)
    form = FoundingForm(request.POST or None)
    if form.is_valid():
        forum = Forum.objects.found(**form.cleaned_data, by=request.actor)
        return redirect("forums:new_charter", forum.code)
    return render(request, "forums/forums/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def forum(request: PersonRequest, code: str) -> HttpResponse:
    found = access.forum_to_read(request.person, code)
    page = {
        "forum": found,
        "sheets": sheets_of(found, on=clock.today()),
        "may_propose": access.may_propose_charters(request.person),
        "may_approve": access.may_approve_charters(request.person),
        "reason_form": ReasonForm(),
    }
    return render(request, "forums/forums/forum.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_charter(request: PersonRequest, code: str) -> HttpResponse:
    """A new version of a forum's rules, proposed; it starts from the one in force, or from the preset."""
    found = access.forum_to_charter(request.person, code)
    form = CharterForm(request.POST or None, terms=draft_of(found, clock.today(), request.GET.get("preset", "")))
    if form.is_valid() and form.propose(found, by=request.actor):
        return redirect("forums:forum", code)
    page = {"forum": found, "form": form, "presets": Forum.Kind.choices}
    return render(request, "forums/forums/new_charter.html", page, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def charter_approval(request: PersonRequest, code: str, version: int) -> HttpResponse:
    access.charter_to_approve(request.person, code, version).approve(by=request.actor)
    return redirect("forums:forum", code)


@require_POST
@signed_in
def charter_rejection(request: PersonRequest, code: str, version: int) -> HttpResponse:
    charter = access.charter_to_approve(request.person, code, version)
    charter.reject(reason=input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return redirect("forums:forum", code)


@require_POST
@signed_in
def charter_withdrawal(request: PersonRequest, code: str, version: int) -> HttpResponse:
    charter = access.charter_to_withdraw(request.person, code, version)
    charter.withdraw(reason=input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return redirect("forums:forum", code)


@require_safe
@signed_in
def matrix(request: PersonRequest) -> HttpResponse:
    """Who may decide what, over all forums."""
    return render(
        request, "forums/forums/matrix.html", {"lines": matrix_lines(on=clock.today()), "scopes": Over.choices}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def days_off(request: PersonRequest) -> HttpResponse:
    """The days of the organisation's calendar on which no forum meets."""
    if request.method == "POST":
        access.calendar_to_keep(request.person)
    form = DayOffForm(request.POST or None)
    if form.is_valid():
        calendar.declare(**form.cleaned_data, by=request.actor)
        return redirect("forums:days_off")
    page = {"form": form, "days": DayOff.objects.all(), "may_keep": access.may_propose_charters(request.person)}
    return render(request, "forums/forums/days_off.html", page, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def day_off_withdrawal(request: PersonRequest, pk: int) -> HttpResponse:
    access.day_off_to_withdraw(request.person, pk).withdraw(by=request.actor)
    return redirect("forums:days_off")
