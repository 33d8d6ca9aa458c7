from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import access
from forums.invitations import answering, subscribing
from forums.invitations.forms import LinkForm, ReplyForm, WhenForm
from forums.meetings.forms import input_of
from forums.meetings.people import people_to_send
from truthgov import icalendar
from truthgov.actor import Actor
from truthgov.http import PersonRequest, public, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who was invited accepts or declines by the link in their mail, without signing in."""
    meeting, person = answering.invited_by(token)
    if request.method == "POST":
        meeting.answer(input_of(LinkForm(request.POST))["answer"], by=Actor(person=person))
        return redirect(request.path)
    page = {"meeting": meeting, "person": person, "reply": meeting.standing_replies().get(person.pk)}
    return render(request, "forums/agendas/invitation.html", page)


@require_POST
@signed_in
def replies(request: PersonRequest, pk: int) -> HttpResponse:
    """Somebody with a seat says whether they come, or who comes for them."""
    found = access.meeting_to_attend(request.person, pk)
    form = ReplyForm(request.POST, people=people_to_send(found))
    input_of(form)
    form.put(found, by=request.actor)
    return redirect("forums:agenda", pk)


@require_POST
@signed_in
def when(request: PersonRequest, pk: int) -> HttpResponse:
    """The meeting is given another time, length or place."""
    found = access.meeting_to_record(request.person, pk)
    found.move(**input_of(WhenForm(request.POST)), by=request.actor)
    return redirect("forums:agenda", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar(request: PersonRequest) -> HttpResponse:
    """The reader's meetings at a secret address of their own, which is shown when it is made."""
    secret = subscribing.make_address(by=request.actor) if request.method == "POST" else ""
    address = settings.PUBLIC_ADDRESS + reverse("forums:calendar_feed", args=[secret]) if secret else ""
    standing = request.person.calendar_addresses.filter(revoked_at=None).first()
    meetings = subscribing.meetings_of(request.person)
    page = {"address": address, "standing": standing, "meetings": subscribing.next_first(meetings)}
    return render(request, "forums/agendas/calendar.html", page)


@require_POST
@signed_in
def calendar_revocation(request: PersonRequest) -> HttpResponse:
    subscribing.revoke_address(by=request.actor)
    return redirect("forums:calendar")


@require_safe
@public
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar reads: whoever knows the address reads it, and it holds no paper."""
    response = HttpResponse(subscribing.calendar_at(secret), content_type=f"{icalendar.MEDIA_TYPE}; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
