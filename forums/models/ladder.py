from django.db import models
from django.db.models import Q

from forums.models.clause import Clause
from truthgov.figures import counted
from truthgov.models import Role

HIGHER = (Role.TRUTH_OWNER, Role.EXECUTIVE, Role.SPONSOR)
"""To whom a matter climbs: roles held over the organisation."""


class EscalationStep(Clause):
    """A rung of a charter's ladder: what is `after_days` days late, or unanswered below for so long, goes to a role."""

    charter = models.ForeignKey("forums.Charter", on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    to_role = models.CharField(max_length=20, choices=Role)
    after_days = models.PositiveSmallIntegerField()

    class Meta(Clause.Meta):
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "position"], name="a_rung_has_its_own_place"),
            models.UniqueConstraint(fields=["charter", "to_role"], name="nobody_stands_on_two_rungs"),
            models.CheckConstraint(condition=Q(to_role__in=HIGHER), name="a_matter_climbs_to_a_higher_authority"),
            models.CheckConstraint(condition=Q(after_days__gte=1, after_days__lte=90), name="a_rung_waits_some_days"),
        ]

    def __str__(self) -> str:
        return f"after {counted(self.after_days, 'day')} to the {self.get_to_role_display()}"
