"""Forums, charters and decision rights as the API shows them, and the terms that a body proposes."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from forums.charters.terms import Seat, Step, Terms
from forums.models import Ballot, Cell, Charter, DecisionRule, DecisionType, Over, StandingSeat, Way
from forums.models.ladder import HIGHER
from forums.models.right import ACCOUNTABLE_OVER
from metrics.api.fields import Form
from truthgov.errors import InvalidInput
from truthgov.models import Role, Scope
from truthgov.texts import LONGEST_TEXT

SEATED = (Role.FUNCTION_LEAD, Role.JOURNEY_OWNER)
MEMBERS = (Role.TRUTH_OWNER, Role.EXECUTIVE, *SEATED)
LOCAL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"
DECIDERS = sorted({str(role) for roles in ACCOUNTABLE_OVER.values() for role in roles})


class CellForm(Form):
    type = serializers.ChoiceField(DecisionType.choices, source="decision_type")
    over = serializers.ChoiceField(Over.choices, source="scope_kind", help_text="What the matter is about.")


class RightForm(CellForm):
    decided_by = serializers.ChoiceField(DECIDERS, source="decider_role")
    rule = serializers.ChoiceField(DecisionRule.choices, default=DecisionRule.CHAIR)
    ballot = serializers.ChoiceField(Ballot.choices, default=Ballot.OPEN)
    may_overrule = serializers.BooleanField(default=False, help_text="Whoever decides may overrule an objection.")


class OpenCellForm(CellForm):
    reason = serializers.CharField(max_length=400)


class StepForm(Form):
    to = serializers.ChoiceField([str(role) for role in HIGHER], source="to_role")
    after_days = serializers.IntegerField(min_value=1, max_value=90)


@extend_schema_field({"type": "string", "pattern": LOCAL_TIME, "examples": ["09:00:00"]})
class LocalTimeField(serializers.TimeField):
    """A time of day in the forum's zone; the schema's own format of a time would have an offset."""


class SeatForm(Form):
    domain = serializers.ChoiceField(StandingSeat.Domain.choices)
    role = serializers.ChoiceField([str(role) for role in SEATED])
    of = serializers.CharField(source="scope.name", help_text="The function or journey, by name.")


class CharterTermsForm(Form):
    """The rules of a forum; what is left out is as in the steering preset."""

    starts_on = serializers.DateField()
    purpose = serializers.CharField(max_length=LONGEST_TEXT)
    governs = serializers.CharField(
        source="governs.name", allow_null=True, default=None,
        help_text="The function or journey that its matters are confined to, by name; null for the organisation.",
    )  # fmt: skip
    quorum = serializers.IntegerField(min_value=2, max_value=100)
    chair_role = serializers.ChoiceField([str(Role.TRUTH_OWNER), str(Role.SPONSOR)], default=str(Role.TRUTH_OWNER))
    member_roles = serializers.ListField(
        child=serializers.ChoiceField([str(role) for role in (*MEMBERS, Role.SPONSOR)]), min_length=1, max_length=5
    )
    recurrence = serializers.CharField(max_length=100, help_text="An RRULE of iCalendar, by weeks or by months.")
    counted_from = serializers.DateField(required=False)
    meets_at = LocalTimeField()
    zone = serializers.CharField(max_length=64, allow_blank=True, default="")
    on_day_off = serializers.ChoiceField(Charter.OnDayOff.choices, default=Charter.OnDayOff.MOVE)
    trust_needed = serializers.IntegerField(min_value=0, max_value=100, default=0)
    allows_remote = serializers.BooleanField(default=True)
    allows_delegates = serializers.BooleanField(default=True)
    rights = RightForm(many=True)
    left_open = OpenCellForm(many=True, required=False)
    seats = SeatForm(many=True, required=False)
    ladder = StepForm(many=True)

    @staticmethod
    def said(given: Mapping[str, Any]) -> Terms:
        """What a body says, as terms; InvalidInput for a name that is none, and for a right that is given twice."""
        plain = {name: value for name, value in given.items() if name not in ("governs", "rights", "left_open")}
        rights = {_cell(each): each for each in given["rights"]}
        if len(rights) < len(given["rights"]):
            raise InvalidInput("A right is given twice.", {"rights": "Name one accountable for each."})
        governs = (given.get("governs") or {}).get("name")
        return Terms(
            **plain | {
                "member_roles": tuple(given["member_roles"]),
                "governs": _scope(governs, "governs") if governs else None,
                "seats": tuple(_seat(each) for each in given.get("seats", ())),
                "ladder": tuple(Step(each["to_role"], each["after_days"]) for each in given["ladder"]),
            },
            rights={cell: each["decider_role"] for cell, each in rights.items()},
            ways={kind: way for kind, way in _ways(rights).items() if way != Way()},
            left_open={_cell(each): each["reason"] for each in given.get("left_open", ())},
        )  # fmt: skip


def _cell(said: Mapping[str, Any]) -> Cell:
    return Cell(said["decision_type"], said["scope_kind"])


def _ways(rights: Mapping[Cell, Mapping[str, Any]]) -> dict[str, Way]:
    """One a type, over whatever: a body that says two is refused."""
    found: dict[str, Way] = {}
    for cell, said in rights.items():
        way = Way(said["rule"], said["ballot"], said["may_overrule"])
        if found.setdefault(cell.decision_type, way) != way:
            raise InvalidInput("A type of decision is taken in one way.", {"rights": f"Two ways for {cell}."})
    return found


def _seat(said: Mapping[str, Any]) -> Seat:
    return Seat(said["domain"], said["role"], _scope(said["scope"]["name"], "seats"))


def _scope(name: str, field: str) -> Scope:
    found = Scope.objects.filter(kind__in=[Scope.Kind.FUNCTION, Scope.Kind.JOURNEY], name=name).first()
    if found is None:
        raise InvalidInput("A name is none of ours.", {field: f"There is no function or journey called {name}."})
    return found


class CharterForm(CharterTermsForm):
    version = serializers.IntegerField()
    status = serializers.CharField()
    in_words = serializers.CharField(source="cadence_in_words", help_text="The recurrence, in words.")
    rights = RightForm(many=True, source="rights.all")
    left_open = OpenCellForm(many=True, source="open_cells.all")
    seats = SeatForm(many=True, source="seats.all")
    ladder = StepForm(many=True, source="steps.all")
    proposed_by = serializers.CharField(source="proposed_by.name")
    approved_by = serializers.CharField(source="approved_by.name", allow_null=True, default=None)
    approved_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.CharField(source="ended_by.name", allow_null=True, default=None)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_because = serializers.CharField(help_text="Why it was withdrawn or rejected; empty while it was neither.")


class ForumForm(Form):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()


class HolderForm(Form):
    forum = serializers.CharField(source="charter.forum.code")
    decided_by = serializers.CharField(source="right.decider_role")
    rule = serializers.CharField(source="right.rule")
    ballot = serializers.CharField(source="right.ballot")
    governs = serializers.CharField(source="charter.governs.name", allow_null=True, default=None)
    is_higher = serializers.BooleanField(source="right.is_higher", help_text="The sponsor's, above the one of a forum.")


class FilledForm(Form):
    type = serializers.CharField(source="cell.decision_type")
    over = serializers.CharField(source="cell.scope_kind")
    held = HolderForm(many=True)
    left_open = serializers.ListField(child=serializers.CharField(), source="reasons", help_text="Why nobody holds it.")
    is_gap = serializers.BooleanField(help_text="Held by no forum, and nobody has said why.")
