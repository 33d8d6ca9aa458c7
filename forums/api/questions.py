"""Deciding over REST: a motion is put, the room answers; by the doors and verbs of the meeting's page."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from forums import access
from forums.api.question_forms import DecidedForm, MotionGivenForm, ObjectionForm, QuestionForm, VoteGivenForm
from forums.meetings import question_access
from forums.models import AgendaItem, Decision, Objection, Question, Tally, Vote
from forums.motions.forms import MotionForm
from forums.motions.kinds import form_of
from metrics.api.callers import actor_of, named, person_of
from metrics.models import Measure, Source
from truthgov.models import Person
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.bodies import NothingForm, ReasonForm, read_act
from truthgov.rest.problems import Problem, error
from truthgov.rest.views import ApiView


class Motions(ApiView):
    """What is put on an item."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Put a motion", request=MotionGivenForm, responses={201: DecidedForm})
    def post(self, request: Request, pk: int) -> Response:
        """Decided by whoever holds the right; or put to the room by the chair, where the charter asks it."""
        item = access.item_to_decide(person_of(request), pk)
        item.require_pending()
        form = _form(item, read_act(request, MotionGivenForm), person_of(request))
        if not (form.is_valid() and form.put(by=actor_of(request))):
            raise Problem(422, "invalid_input", "The motion cannot be taken as it stands; see errors.", _faults(form))
        decision, question = item.decisions.first(), item.questions.last()
        return Response(DecidedForm(DecidedForm.of(decision, None if decision else question)).data, status=201)


class QuestionOne(ApiView):
    """What the room was asked."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="A question before the room", responses=QuestionForm)
    def get(self, request: Request, pk: int) -> Response:
        """Not for whoever is recused from its item."""
        return Response(_told(question_access.question_to_read(person_of(request), pk), person_of(request)))


class Objections(ApiView):
    """Objections to a question that asks for consent."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Object", request=ReasonForm, responses={201: ObjectionForm})
    def post(self, request: Request, pk: int) -> Response:
        """By a member present and entitled, with a reason."""
        question = question_access.question_to_answer(person_of(request), pk)
        made = Objection.objects.raise_to(question, read_act(request, ReasonForm)["reason"], by=actor_of(request))
        return Response(ObjectionForm(made).data, status=201)


class ObjectionWithdrawal(ApiView):
    """An objection taken back by whoever made it."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Withdraw an objection", request=NothingForm, responses={201: ObjectionForm})
    def post(self, request: Request, pk: int) -> Response:
        made = question_access.objection_to_withdraw(person_of(request), pk)
        read_act(request, NothingForm)
        made.withdraw(by=actor_of(request))
        return Response(ObjectionForm(Objection.objects.get(pk=made.pk)).data, status=201)


class ObjectionOverruling(ApiView):
    """An objection set aside in writing, where the charter says that it may be."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Overrule an objection", request=ReasonForm, responses={201: ObjectionForm})
    def post(self, request: Request, pk: int) -> Response:
        """By whoever holds the right."""
        made = question_access.objection_to_overrule(person_of(request), pk)
        made.overrule(read_act(request, ReasonForm)["reason"], by=actor_of(request))
        return Response(ObjectionForm(Objection.objects.get(pk=made.pk)).data, status=201)


class Votes(ApiView):
    """Votes on a question that a majority decides."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Vote", request=VoteGivenForm, responses={201: QuestionForm})
    def post(self, request: Request, pk: int) -> Response:
        """By a member present and entitled, once."""
        question = question_access.question_to_answer(person_of(request), pk)
        Vote.objects.cast(question, read_act(request, VoteGivenForm)["choice"], by=actor_of(request))
        return Response(_told(question, person_of(request)), status=201)


class Closing(ApiView):
    """The close of a vote."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Close the vote and count", request=NothingForm, responses={201: QuestionForm})
    def post(self, request: Request, pk: int) -> Response:
        """By the chair, with the quorum there."""
        question = question_access.question_to_chair(person_of(request), pk)
        read_act(request, NothingForm)
        Tally.objects.close(question, by=actor_of(request))
        return Response(_told(question, person_of(request)), status=201)


class Withdrawal(ApiView):
    """A question taken back."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Take a question back", request=ReasonForm, responses={201: QuestionForm})
    def post(self, request: Request, pk: int) -> Response:
        """By the chair, before it is voted on or decided."""
        question = question_access.question_to_chair(person_of(request), pk)
        question.take_back(read_act(request, ReasonForm)["reason"], by=actor_of(request))
        return Response(_told(question, person_of(request)), status=201)


class QuestionDecision(ApiView):
    """What the room consented to, or voted for, made a decision."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Make it the decision", request=NothingForm, responses={201: DecidedForm})
    def post(self, request: Request, pk: int) -> Response:
        """By whoever holds the right."""
        question = question_access.question_to_decide(person_of(request), pk)
        read_act(request, NothingForm)
        decision = question.decide(by=actor_of(request))
        return Response(DecidedForm(DecidedForm.of(Decision.objects.get(pk=decision.pk), question)).data, status=201)


def _told(question: Question, person: Person) -> dict[str, Any]:
    if question.item.is_hidden_from(person):
        raise PermissionDenied
    told: dict[str, Any] = QuestionForm(Question.objects.select_related("right", "put_by").get(pk=question.pk)).data
    return told


def _form(item: AgendaItem, given: Mapping[str, Any], person: Person) -> MotionForm:
    """The motion in the form of the page; a Problem for what does not belong to it as things stand."""
    kind = str(given["type"])
    item.right_to(kind, item.meeting)
    written = {name: value for name, value in given.items() if name not in ("expects", "source", "actions")}
    written["expects"] = [named(Measure.objects.all(), code).pk for code in given.get("expects", ())]
    if "source" in given:
        written["source"] = named(Source.objects.all(), given["source"]).pk
    for row, action in enumerate(given.get("actions", ()), start=1):
        written |= {f"{name}_{row}": value for name, value in action.items()}
    form = form_of(kind, item, item.subject.contradiction())(
        written, item=item, kind=kind, may_force=access.may_force(person)
    )
    foreign = sorted(written.keys() - form.fields.keys() - {"type"})
    if foreign:
        faults = [error(f"/{name}", "does_not_apply", "This motion takes no such field here.") for name in foreign]
        raise Problem(422, "invalid_input", "The motion has fields that do not apply to it; see errors.", faults)
    return form


def _faults(form: MotionForm) -> list[dict[str, str]]:
    return [
        error("" if name == "__all__" else f"/{name}", "invalid", str(sentence))
        for name, said in form.errors.items() for sentence in said
    ]  # fmt: skip
