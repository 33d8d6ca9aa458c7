from django.db import models
from django.db.models import Q

from forums.models.clause import Clause
from truthgov.models import Role, Scope


class StandingSeat(Clause):
    """A standing member by what they bring: whoever holds `role` over `scope`, one person at a time."""

    class Domain(models.TextChoices):
        CX = "cx", "customer experience"
        SERVICE_OPERATIONS = "service_operations", "service operations"
        TECHNOLOGY = "technology", "technology"
        DATA = "data", "data"
        RISK = "risk", "risk"

    charter = models.ForeignKey("forums.Charter", on_delete=models.PROTECT, related_name="seats")
    domain = models.CharField(max_length=20, choices=Domain)
    role = models.CharField(max_length=20, choices=Role)
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")

    class Meta(Clause.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "domain"], name="a_standing_seat_is_named_once"),
            models.CheckConstraint(
                condition=Q(role__in=[Role.SPONSOR, Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER]),
                name="one_person_sits_on_a_standing_seat",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_domain_display()}: {self.get_role_display()}, {self.scope}"
