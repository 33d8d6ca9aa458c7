from dataclasses import dataclass
from typing import NamedTuple

import pgtrigger
from django.db import models
from django.db.models import Q

from forums.models.clause import Clause
from truthgov.models import Role, Scope


class DecisionType(models.TextChoices):
    RESOLVE_CONTRADICTION = "resolve_contradiction", "resolve contradiction"
    NAME_SOURCE_OF_RECORD = "name_source_of_record", "name source of record"
    APPROVE_DEFINITION = "approve_definition", "approve definition"
    SET_TARGET = "set_target", "set target"
    SET_JOURNEY_PRIORITY = "set_journey_priority", "set journey priority"
    POLICY = "policy", "policy"
    SERVICE_STANDARD = "service_standard", "service standard"
    APPROVE_CHANGE = "approve_change", "approve change"
    FUND = "fund", "fund"
    ESCALATE = "escalate", "escalate"


SETTLING = (DecisionType.RESOLVE_CONTRADICTION, DecisionType.NAME_SOURCE_OF_RECORD)
"""The types by which a case is settled."""
LEANING = frozenset(DecisionType) - {DecisionType.ESCALATE}
"""The types that rest on figures; what is taken to a higher authority is decided there."""


class DecisionRule(models.TextChoices):
    CHAIR = "chair", "whoever holds the right decides after hearing the members"
    CONSENT = "consent", "it is made unless a member present objects with a reason"
    MAJORITY = "majority", "a majority of the members present and entitled makes it"


class Ballot(models.TextChoices):
    OPEN = "open", "open ballot"
    SECRET = "secret", "secret ballot"


@dataclass(frozen=True)
class Way:
    """How a decision of a type comes about. `ballot` is how a majority votes; where `may_overrule`, whoever holds the
    right may overrule an objection in writing, and without it an objection blocks until it is withdrawn.
    """

    rule: str = DecisionRule.CHAIR
    ballot: str = Ballot.OPEN
    may_overrule: bool = False

    def as_record(self) -> list[str | bool]:
        """What the audit keeps of it."""
        return [str(self.rule), str(self.ballot), self.may_overrule]

    def __str__(self) -> str:
        said = str(DecisionRule(self.rule).label)
        if self.rule == DecisionRule.MAJORITY:
            return f"{said}, by {Ballot(self.ballot).label}"
        return f"{said}; the decider may overrule an objection in writing" if self.may_overrule else said


BY_ITS_HOLDER = Way()
"""The way of a type of which a charter says none."""


class Over(models.TextChoices):
    """What the matter of a decision is about: the kind of scope that answers for it."""

    ORGANISATION = Scope.Kind.ORGANISATION.value, "the organisation"
    FUNCTION = Scope.Kind.FUNCTION.value, "a function"
    JOURNEY = Scope.Kind.JOURNEY.value, "a journey"


class Cell(NamedTuple):
    """One field of the matrix of decision rights: a type of decision over a kind of scope."""

    decision_type: str
    scope_kind: str

    def __str__(self) -> str:
        return f"{DecisionType(self.decision_type).label} over {Over(self.scope_kind).label}"


CELLS = tuple(Cell(str(kind), str(over)) for kind in DecisionType for over in Over)
ACCOUNTABLE_OVER: dict[str, tuple[Role, ...]] = {
    Over.ORGANISATION: (Role.TRUTH_OWNER, Role.SPONSOR),
    Over.FUNCTION: (Role.TRUTH_OWNER, Role.SPONSOR, Role.FUNCTION_LEAD),
    Over.JOURNEY: (Role.TRUTH_OWNER, Role.SPONSOR, Role.JOURNEY_OWNER),
}
"""The roles that one person holds at a time over such a matter: the organisation's, and who answers for it itself."""

ONE_ACCOUNTABLE = """
    IF NOT (NEW.decider_role IN ('sponsor', 'truth_owner')
            OR (NEW.decider_role, NEW.scope_kind) IN (('function_lead', 'function'), ('journey_owner', 'journey'))) THEN
        RAISE EXCEPTION 'a right has one accountable decider';
    END IF;
    IF EXISTS (SELECT FROM forums_charter c JOIN truthgov_scope s ON s.id = c.governs_id
               WHERE c.id = NEW.charter_id AND s.kind <> NEW.scope_kind) THEN
        RAISE EXCEPTION 'a right stays within what its charter governs';
    END IF;
    RETURN NEW;
"""


class DecisionRight(Clause):
    """Under a charter, the forum may take this type of decision on matters of this kind of scope, by whoever holds
    `decider_role`; for `rule`, `ballot` and `may_overrule` see `Way`.
    """

    charter = models.ForeignKey("forums.Charter", on_delete=models.PROTECT, related_name="rights")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    scope_kind = models.CharField(max_length=12, choices=Over, default=Over.ORGANISATION, db_default=Over.ORGANISATION)
    decider_role = models.CharField(max_length=20, choices=Role)
    rule = models.CharField(
        max_length=10, choices=DecisionRule, default=DecisionRule.CHAIR, db_default=DecisionRule.CHAIR
    )
    ballot = models.CharField(max_length=6, choices=Ballot, default=Ballot.OPEN, db_default=Ballot.OPEN)
    may_overrule = models.BooleanField(default=False, db_default=False)

    class Meta(Clause.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["charter", "decision_type", "scope_kind"], name="one_accountable_per_decision_right"
            ),
            models.CheckConstraint(
                condition=Q(rule__in=DecisionRule.values, ballot__in=Ballot.values), name="a_decision_has_a_known_rule"
            ),
            models.CheckConstraint(
                condition=Q(rule=DecisionRule.MAJORITY) | Q(ballot=Ballot.OPEN), name="only_a_majority_votes_in_secret"
            ),
            models.CheckConstraint(
                condition=Q(rule=DecisionRule.CONSENT) | Q(may_overrule=False),
                name="only_an_objection_is_overruled",
            ),
        ]
        triggers = [
            *Clause.Meta.triggers,
            pgtrigger.Trigger(
                name="a_right_has_one_accountable", operation=pgtrigger.Insert, when=pgtrigger.Before,
                func=ONE_ACCOUNTABLE,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_decision_type_display()

    @property
    def cell(self) -> Cell:
        return Cell(self.decision_type, self.scope_kind)

    @property
    def is_by_who_answers(self) -> bool:
        """Is it the function's lead or the journey's owner who decides, each over what is theirs?"""
        return (self.decider_role, self.scope_kind) in (
            (Role.FUNCTION_LEAD, Over.FUNCTION), (Role.JOURNEY_OWNER, Over.JOURNEY),
        )  # fmt: skip

    @property
    def is_higher(self) -> bool:
        """The sponsor's right stands above the one that a cell has, to overturn what was forced."""
        return self.decider_role == Role.SPONSOR

    @property
    def way(self) -> Way:
        return Way(self.rule, self.ballot, self.may_overrule)


class OpenCell(Clause):
    """A cell of the matrix that a charter leaves to no forum, with the reason."""

    charter = models.ForeignKey("forums.Charter", on_delete=models.PROTECT, related_name="open_cells")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    scope_kind = models.CharField(max_length=12, choices=Over)
    reason = models.CharField(max_length=400)

    class Meta(Clause.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "decision_type", "scope_kind"], name="a_cell_is_left_open_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_cell_is_left_open_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.cell}: {self.reason}"

    @property
    def cell(self) -> Cell:
        return Cell(self.decision_type, self.scope_kind)
