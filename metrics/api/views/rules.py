"""Rules and their versions, by the same doors and verbs as on their pages: proposer and approver are two people."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import rule_access
from metrics.api.callers import actor_of, known, person_of
from metrics.api.fields import Form
from metrics.api.forms.rules import (
    BackTestForm,
    OwnRuleForm,
    RuleForm,
    RuleQuery,
    RuleVersionForm,
    TuningForm,
)
from metrics.models import Measure, Rule, RuleVersion
from metrics.models.rule import SIDES, on_any_side
from metrics.rules.back_testing import back_test
from metrics.rules.record import Record, records, states_on
from metrics.rules.tuning import approve_version, propose_rule, propose_version, reject_version, withdraw_version
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.rest.bodies import NothingForm, ReasonForm, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Rules(ApiView):
    """What is looked at, and what came of it."""

    is_made_tagged = True

    @extend_schema(summary="Rules", parameters=[RuleQuery], responses=RuleForm(many=True))
    def get(self, request: Request) -> Response:
        """The newest first, each as it stands today and with its record."""
        query = read_query(request, RuleQuery)
        asked = Q(kind=query["kind"]) if "kind" in query else Q()
        if "measure" in query:
            asked &= on_any_side("code", query["measure"])
        return page_of(request, rules().filter(asked), query, ("-id",), RuleForm, told=_told)

    @extend_schema(summary="Propose a rule of your own", request=OwnRuleForm, responses={201: RuleVersionForm})
    def post(self, request: Request) -> Response:
        """By who answers for figures, or the truth owner; it judges nothing before another person approves it."""
        rule_access.rules_to_propose(person_of(request))
        given = read_act(request, OwnRuleForm)
        sides = _measure("measure", given["measure"]), _measure("other_measure", given["other_measure"])
        return _proposed(propose_rule(given["kind"], *sides, **OwnRuleForm.said(given), by=actor_of(request)))


class RuleOne(ApiView):
    """One rule."""

    @extend_schema(summary="A rule", responses=RuleForm)
    def get(self, request: Request, pk: int) -> Response:
        return Response(RuleForm(_told([known(rules().filter(pk=pk))])[0]).data)


class RuleVersions(ApiView):
    """How a rule judges, version by version."""

    is_made_tagged = True

    @extend_schema(summary="Versions of a rule", parameters=[PageQuery], responses=RuleVersionForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The latest first."""
        found = versions_of(known(rules().filter(pk=pk)).pk)
        return page_of(request, found, read_query(request, PageQuery), ("-version",), RuleVersionForm)

    @extend_schema(summary="Propose a version", request=TuningForm, responses={201: RuleVersionForm})
    def post(self, request: Request, pk: int) -> Response:
        """To tune, switch or retire the rule; another person approves it, and one of the two is the truth owner."""
        rule = rule_access.rule_to_tune(person_of(request), pk)
        said = TuningForm.said(read_act(request, TuningForm))
        return _proposed(propose_version(rule, **said, by=actor_of(request)))


class RuleVersionOne(ApiView):
    """One version of a rule."""

    is_tagged = True

    @extend_schema(summary="A version of a rule", responses=RuleVersionForm)
    def get(self, request: Request, pk: int, version: int) -> Response:
        return tagged(RuleVersionForm(known(versions_of(pk).filter(version=version))).data)


class BackTests(ApiView):
    """What a version would have found."""

    @extend_schema(summary="A version tested on the past", responses=BackTestForm)
    def get(self, request: Request, pk: int, version: int) -> Response:
        """Judged anew from the figures as they stand, over the last 24 periods."""
        asked = known(versions_of(pk).filter(version=version))
        return Response(BackTestForm(back_test(asked.rule, asked)).data)


class RuleVersionAct(ApiView):
    """Somebody decides on a version that they have read, which If-Match says."""

    is_tagged = True
    form: type[Form] = NothingForm

    @extend_schema(responses=RuleVersionForm)
    def post(self, request: Request, pk: int, version: int) -> Response:
        proposed = rule_access.rule_version_to_decide(person_of(request), pk, version)
        given = read_act(request, self.form)
        require_match(request, tag_of(RuleVersionForm(proposed).data))
        self.decide(proposed, by=actor_of(request), **given)
        return tagged(RuleVersionForm(proposed).data)

    def decide(self, version: RuleVersion, *, by: Actor, **given: Any) -> None:
        raise NotImplementedError


@extend_schema_view(post=extend_schema(summary="Approve a version of a rule", request=NothingForm))
class RuleApproval(RuleVersionAct):
    """Another person than its proposer puts it in force; what it concerns is judged anew."""

    def decide(self, version: RuleVersion, *, by: Actor, **given: Any) -> None:
        approve_version(version, by=by)


@extend_schema_view(post=extend_schema(summary="Reject a version of a rule", request=ReasonForm))
class RuleRejection(RuleVersionAct):
    """Another person than its proposer turns it down."""

    form = ReasonForm

    def decide(self, version: RuleVersion, *, by: Actor, **given: Any) -> None:
        reject_version(version, by=by, **given)


@extend_schema_view(post=extend_schema(summary="Withdraw a version of a rule", request=ReasonForm))
class RuleWithdrawal(RuleVersionAct):
    """Its proposer takes it back."""

    form = ReasonForm

    def decide(self, version: RuleVersion, *, by: Actor, **given: Any) -> None:
        withdraw_version(version, by=by, **given)


@dataclass(frozen=True, slots=True)
class Told:
    """A rule with how it stands today and what came of it."""

    rule: Rule
    state: str
    record: Record

    @property
    def measure(self) -> str:
        return self.rule.parties[0].code

    @property
    def other_measure(self) -> str | None:
        other = self.rule.parties[1]
        return other.code if other else None


def rules() -> QuerySet[Rule]:
    return Rule.objects.with_parties().select_related("made_by")


def versions_of(rule: int) -> QuerySet[RuleVersion]:
    people = "proposed_by", "appointment", "approved_by", "ended_by"
    return RuleVersion.objects.filter(rule=rule).select_related(*people, *(f"rule__{side}" for side in SIDES))


def _told(shown: list[Rule]) -> list[Told]:
    states, record = states_on(shown, clock.today()), records([rule.pk for rule in shown])
    return [Told(rule, states[rule.pk], record[rule.pk]) for rule in shown]


def _measure(name: str, code: str | None) -> Any:
    """A measure by its code; InvalidInput, on the field `name`, for one that there is not."""
    found = Measure.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise InvalidInput("There is no such measure.", {name: "No measure has this code."})
    return found


def _proposed(version: RuleVersion) -> Response:
    address = reverse("metrics:api:rule_version", args=[version.rule_id, version.version])
    return tagged(RuleVersionForm(version).data, status=201, Location=address)
