import pgtrigger
from django.db import models

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


class DecisionRight(Fact):
    """Under a charter, the forum may take this type of decision, by whoever holds `decider_role`."""

    charter = models.ForeignKey("forums.Charter", on_delete=models.PROTECT, related_name="rights")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    decider_role = models.CharField(max_length=20, choices=Role)

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "decision_type"], name="one_accountable_per_decision_right")
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
