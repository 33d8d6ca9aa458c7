"""Agendas, their publications and the answers to invitations, by the same doors and verbs as on their pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from forums import access
from forums.agendas.publishing import publish
from forums.api.agenda_forms import (
    AgendaForm,
    AnswerForm,
    ArrangementForm,
    PublicationForm,
    ReplyForm,
)
from forums.invitations.expected import Expected, coming_to
from forums.meetings.people import people_to_present, people_to_send
from forums.models import Meeting, Publication
from forums.models.arranging import Plan
from metrics.api.callers import actor_of, person_of
from truthgov import audit
from truthgov.errors import InvalidInput
from truthgov.models import Person
from truthgov.rest.bodies import NothingForm, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, page_of_items, read_query


class Agenda(ApiView):
    """What a meeting takes up, in which order."""

    is_tagged = True

    @extend_schema(summary="The agenda of a meeting", responses=AgendaForm)
    def get(self, request: Request, pk: int) -> Response:
        """For whoever holds an appointment; papers are in the board pack."""
        return tagged(_told(access.meeting_to_read(person_of(request), pk)))

    @extend_schema(summary="Arrange an agenda", request=ArrangementForm, responses=AgendaForm)
    def put(self, request: Request, pk: int) -> Response:
        """By chair or secretary, until the meeting begins: every item with its section, minutes and presenter."""
        meeting = access.meeting_to_record(person_of(request), pk)
        given = read_act(request, ArrangementForm)
        with audit.act():
            # Of two who arrange it at once, one has read an old state.
            require_match(request, tag_of(_told(meeting.lock())))
            meeting.arrange(_plans(meeting, given["items"]), by=actor_of(request))
        return tagged(_told(access.meeting_to_read(person_of(request), pk)))


class Publications(ApiView):
    """An agenda as it was sent to the members."""

    @extend_schema(summary="Publications", parameters=[PageQuery], responses=PublicationForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The latest first."""
        meeting = access.meeting_to_read(person_of(request), pk)
        found = (
            Publication.objects.filter(meeting=meeting).with_sendings().defer("record").select_related("published_by")
        )
        return page_of(request, found, read_query(request, PageQuery), ("-number",), PublicationForm)

    @extend_schema(summary="Publish an agenda", request=NothingForm, responses={201: PublicationForm})
    def post(self, request: Request, pk: int) -> Response:
        """By chair or secretary; each member is sent the pack, once."""
        meeting = access.meeting_to_record(person_of(request), pk)
        read_act(request, NothingForm)
        return Response(PublicationForm(publish(meeting, by=actor_of(request))).data, status=201)


class Replies(ApiView):
    """Who comes."""

    @extend_schema(summary="Who comes", parameters=[PageQuery], responses=ReplyForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Everybody with a seat and what they answered, for chair and secretary."""
        person = person_of(request)
        expected = coming_to(access.meeting_to_record(person, pk), person).expected
        return page_of_items(request, expected, read_query(request, PageQuery), _by_name, ReplyForm)

    @extend_schema(summary="Answer an invitation", request=AnswerForm, responses={201: AnswerForm})
    def post(self, request: Request, pk: int) -> Response:
        """By whoever has a seat, for themselves, until the meeting begins; the latest answer counts."""
        meeting = access.meeting_to_attend(person_of(request), pk)
        given = read_act(request, AnswerForm)
        delegate = _person(people_to_send(meeting), "delegate", given.get("delegate"))
        reply = meeting.answer(given["answer"], delegate=delegate, by=actor_of(request))
        return Response({"answer": reply.answer, "delegate": reply.delegate_id}, status=201)


def _by_name(expected: Expected) -> list[Any]:
    return [expected.person.name, expected.person.pk]


def _told(meeting: Meeting) -> Any:
    meeting.in_order = list(meeting.items.select_related("subject"))  # type: ignore[attr-defined]
    return AgendaForm(meeting).data


def _plans(meeting: Meeting, items: list[dict[str, Any]]) -> list[Plan]:
    people = people_to_present(meeting)
    return [
        Plan(each["id"], each["section"], each["minutes"], _person(people, "presenter", each["presenter"]))
        for each in items
    ]


def _person(people: Any, field: str, number: int | None) -> Person | None:
    if number is None:
        return None
    found: Person | None = people.filter(pk=number).first()
    if found is None:
        raise InvalidInput("Nobody of that number can be named.", {field: "Name somebody who holds an appointment."})
    return found
