from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import access
from forums.agendas.forms import PlaceForm, PlanForm, SectionForm
from forums.agendas.page import agenda_page
from forums.agendas.publishing import publish
from forums.invitations.forms import WhenForm
from forums.meetings.forms import input_of
from forums.meetings.people import people_to_present, people_to_send
from forums.models import Meeting
from forums.packs.board_pack.document import drafted, name_of, published
from truthgov import pdf
from truthgov.export import file_response
from truthgov.http import PersonRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def agenda(request: PersonRequest, pk: int) -> HttpResponse:
    """The agenda by itself; chair and secretary have it drafted anew."""
    if request.method == "POST":
        found = access.meeting_to_record(request.person, pk)
        found.draft_agenda(by=request.actor)
        return redirect("forums:agenda", pk)
    return show(request, access.meeting_to_read(request.person, pk))


@require_POST
@signed_in
def place(request: PersonRequest, pk: int) -> HttpResponse:
    """An item is moved: a place up or down, before another one, into a section."""
    item = access.item_to_arrange(request.person, pk)
    form = PlaceForm(request.POST, meeting=item.meeting)
    input_of(form)
    form.put(item, by=request.actor)
    return arranged(request, item.meeting, moved=item.pk)


@require_POST
@signed_in
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    """An item is given its section, its minutes and who presents it."""
    item = access.item_to_arrange(request.person, pk)
    given = input_of(PlanForm(request.POST, people=people_to_present(item.meeting)))
    item.meeting.plan_item(item, by=request.actor, **given)
    return arranged(request, item.meeting, moved=item.pk)


@require_POST
@signed_in
def sections(request: PersonRequest, pk: int) -> HttpResponse:
    """A section is moved with its items, or named anew."""
    found = access.meeting_to_record(request.person, pk)
    form = SectionForm(request.POST)
    input_of(form)
    form.put(found, by=request.actor)
    return arranged(request, found)


@require_POST
@signed_in
def publications(request: PersonRequest, pk: int) -> HttpResponse:
    """The agenda is published as it stands, with its pack."""
    found = access.meeting_to_record(request.person, pk)
    publish(found, by=request.actor)
    return redirect("forums:agenda", pk)


@require_safe
@signed_in
def pack(request: PersonRequest, pk: int, number: int | None = None) -> HttpResponse:
    """The board pack as it was published, latest or by number, without what the reader is recused from."""
    publication = access.publication_to_read(request.person, pk, number)
    made = published(publication, request.person)
    return file_response(name_of(publication), pdf.MEDIA_TYPE, made, inline=True)


@require_safe
@signed_in
def draft_pack(request: PersonRequest, pk: int) -> HttpResponse:
    """The pack as it would be published now, for chair and secretary to look at."""
    found = access.meeting_to_record(request.person, pk)
    return file_response(f"pack-{pk}-draft.pdf", pdf.MEDIA_TYPE, drafted(found, request.person), inline=True)


def arranged(request: PersonRequest, meeting: Meeting, *, moved: int | None = None) -> HttpResponse:
    """The agenda as it stands now: the part of the page where htmx asks, the page itself for others."""
    if not request.htmx:
        return redirect("forums:agenda", meeting.pk)
    page = agenda_page(meeting, request.person)
    said = next((entry for section in page.sections for entry in section.entries if entry.item.pk == moved), None)
    people = people_to_present(meeting)
    return render(request, "forums/agendas/_arranged.html", {"page": page, "people": people, "moved": said})


def show(request: PersonRequest, meeting: Meeting) -> HttpResponse:
    page = agenda_page(meeting, request.person)
    context: dict[str, object] = {"page": page}
    if page.may_arrange:
        context |= {"people": people_to_present(meeting), "when_form": WhenForm.of(meeting)}
    if page.coming and page.coming.asks and access.has_seat_to_lend(request.person, meeting):
        context["people_to_send"] = people_to_send(meeting)
    return render(request, "forums/agendas/agenda.html", context)
