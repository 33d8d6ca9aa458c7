from dataclasses import dataclass

import pgtrigger
from django.db import models
from django.db.models import Q

from truthgov.models import Fact, Role


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


class DecisionRight(Fact):
    """Under a charter, the forum may take this type of decision, by whoever holds `decider_role`; for `rule`, `ballot`
    and `may_overrule` see `Way`.
    """

    charter = models.ForeignKey("forums.Charter", on_delete=models.PROTECT, related_name="rights")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    decider_role = models.CharField(max_length=20, choices=Role)
    rule = models.CharField(
        max_length=10, choices=DecisionRule, default=DecisionRule.CHAIR, db_default=DecisionRule.CHAIR
    )
    ballot = models.CharField(max_length=6, choices=Ballot, default=Ballot.OPEN, db_default=Ballot.OPEN)
    may_overrule = models.BooleanField(default=False, db_default=False)

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "decision_type"], name="one_accountable_per_decision_right"),
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
            *Fact.Meta.triggers,
            pgtrigger.Trigger(
                name="a_right_comes_with_the_proposal",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT FROM forums_charter WHERE id = NEW.charter_id AND status = 'proposed') THEN
                        RAISE EXCEPTION 'a charter gains no right once it is approved';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_type_display()

    @property
    def way(self) -> Way:
        return Way(self.rule, self.ballot, self.may_overrule)
