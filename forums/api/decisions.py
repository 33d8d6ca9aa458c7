"""Decisions as resources: what stands, on what, and whether it worked. They are made in meetings, never here."""

from functools import partial
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from forums.agendas.subjects import reviewed
from forums.models import Decision, DecisionType, Forum
from forums.models.decision import DecisionQuerySet, Expectation
from forums.registers.decision_register import DecisionRow, known_decisions, rows_of
from forums.restatements.leaned_on import given_anew_since
from journeys.models import Journey
from metrics.api.callers import known, named
from metrics.api.fields import Form
from metrics.models import Contradiction
from truthgov import clock
from truthgov.models import Person
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query

STATES = ["in_force", "up_for_review", "superseded", "overturned"]


class DecisionQuery(PageQuery):
    type = serializers.ChoiceField(DecisionType.choices, required=False)
    forum = serializers.CharField(required=False, help_text="Code of a forum.")
    journey = serializers.CharField(required=False, help_text="Code of a journey.")
    state = serializers.ChoiceField(STATES, required=False)


class ExpectedForm(Form):
    """A measure that a decision is expected to move."""

    measure = serializers.CharField(source="measure.code")
    way = serializers.ChoiceField(Expectation.Way.choices, help_text="better, or hold its target.")


class DecisionForm(Form):
    id = serializers.IntegerField(source="decision.pk")
    type = serializers.ChoiceField(DecisionType.choices, source="decision.decision_type")
    wording = serializers.CharField(source="decision.wording")
    reason = serializers.CharField(help_text="Empty to who was recused from its item.")
    forum = serializers.CharField(source="decision.meeting.forum.code")
    meeting = serializers.IntegerField(source="decision.meeting_id")
    item = serializers.IntegerField(source="decision.item_id")
    contradiction = serializers.IntegerField(source="matter.case.pk", allow_null=True, default=None)
    journey = serializers.CharField(source="matter.journey", help_text="Its name; empty: it is about none.")
    root_cause = serializers.CharField(source="matter.cause", help_text="What the case was last put down to, or empty.")
    decided_by = serializers.CharField(source="decision.decided_by.name")
    decided_at = serializers.DateTimeField(source="decision.decided_at")
    forced = serializers.BooleanField(source="decision.forced")
    present = serializers.IntegerField(source="decision.present")
    recused = serializers.IntegerField(source="decision.recused")
    quorum = serializers.IntegerField(source="decision.quorum")
    state = serializers.ChoiceField(STATES)
    supersedes = serializers.IntegerField(source="decision.supersedes_id", allow_null=True)
    superseded_by = serializers.SerializerMethodField()
    review_on = serializers.DateField(source="decision.review_on", allow_null=True)
    expects = ExpectedForm(many=True, source="decision.expectations.all")
    worked = serializers.CharField(help_text="held, no effect, worse, too early or not asked: by the figures since.")
    in_words = serializers.CharField(source="words")
    view_hash = serializers.CharField(source="decision.view_hash")
    known_entry = serializers.IntegerField(source="decision.known_entry")

    def get_superseded_by(self, row: DecisionRow) -> int | None:
        later = getattr(row.decision, "superseded_by", None)
        return later.pk if later else None


class DissentForm(Form):
    """Who disagreed, and why."""

    person = serializers.CharField(source="person.name")
    reason = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class DecisionWithGroundsForm(DecisionForm):
    """A decision with what it was made on; what was said in deliberation is empty to who was recused from its item."""

    observations = serializers.ListField(
        child=serializers.IntegerField(), source="decision.observations", help_text="The figures that it leaned on."
    )
    definitions = serializers.ListField(child=serializers.IntegerField(), source="decision.definitions")
    restated = serializers.SerializerMethodField(help_text="Observations that came instead of these since.")
    trust = serializers.IntegerField(
        source="decision.trust", allow_null=True, help_text="Of the weakest of the figures, 0 to 100."
    )
    trust_needed = serializers.IntegerField(source="decision.trust_needed")
    trust_override = serializers.SerializerMethodField(help_text="Why it was decided on figures trusted less.")
    question = serializers.IntegerField(
        source="decision.question_id", allow_null=True, help_text="What the room was asked, where it was."
    )
    dissents = serializers.SerializerMethodField()

    def get_restated(self, row: DecisionRow) -> list[int]:
        return [each.number for each in given_anew_since(row.decision)]

    def get_trust_override(self, row: DecisionRow) -> str:
        return "" if row.is_hidden else row.decision.trust_override

    @extend_schema_field(DissentForm(many=True))
    def get_dissents(self, row: DecisionRow) -> Any:
        said = row.decision.dissents.none() if row.is_hidden else row.decision.dissents.select_related("person")
        return DissentForm(said.order_by("pk"), many=True).data


class Decisions(ApiView):
    """What forums decided."""

    @extend_schema(summary="Decisions", parameters=[DecisionQuery], responses=DecisionForm(many=True))
    def get(self, request: Request) -> Response:
        """The newest first, each with how it stands and whether it worked."""
        query = read_query(request, DecisionQuery)
        found = _of_state(known_decisions().filter(_asked(query)), query.get("state", ""))
        journey = named(Journey.objects.all(), query.get("journey"))
        if journey is not None:
            found = found.about(Contradiction.objects.filter(journey=journey))
        return page_of(request, found, query, ("-id",), DecisionForm, told=partial(_told, reader=_reader(request)))


class DecisionOne(ApiView):
    """One decision."""

    @extend_schema(summary="A decision", responses=DecisionWithGroundsForm)
    def get(self, request: Request, pk: int) -> Response:
        """With the figures and definitions that it leaned on, what of them was restated since, and who dissented."""
        (row,) = _told([known(known_decisions().filter(pk=pk))], _reader(request))
        return Response(DecisionWithGroundsForm(row).data)


def _told(decisions: list[Decision], reader: Person | None) -> list[DecisionRow]:
    return rows_of(decisions, on=clock.today(), reader=reader)


def _reader(request: Request) -> Person | None:
    """Whose session it is; None for a key."""
    return request.user if isinstance(request.user, Person) else None


def _asked(query: Any) -> Q:
    asked = Q(decision_type=query["type"]) if "type" in query else Q()
    forum = named(Forum.objects.all(), query.get("forum"))
    return asked if forum is None else asked & Q(meeting__forum=forum)


def _of_state(decisions: DecisionQuerySet, state: str) -> DecisionQuerySet:
    if state == "superseded":
        return decisions.exclude(superseded_by=None)
    if state == "overturned":
        return decisions.exclude(overturned=None)
    if state == "up_for_review":
        return decisions.up_for_review(on=clock.today()).exclude(pk__in=reviewed())
    if state == "in_force":
        return decisions.standing().exclude(Q(review_on__lte=clock.today()) & ~Q(pk__in=reviewed()))
    return decisions
