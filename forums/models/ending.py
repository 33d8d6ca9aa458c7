from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Person, Role

ENDED = ("withdrawn", "rejected")
APPROVERS = (Role.SPONSOR, Role.TRUTH_OWNER)
"""Who approves a charter, or rejects it."""


class Ending(models.Model):
    """How a proposed charter comes to nothing: its proposer withdraws it, or who could approve it rejects it."""

    if TYPE_CHECKING:  # what the charter itself brings
        proposed_by: models.ForeignKey[Any, Person]
        version: models.PositiveIntegerField[int, int]

    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True, db_default="", help_text="Why it was withdrawn or rejected.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=ENDED)
                | (Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_because="")),
                name="a_charter_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ENDED)
                | Q(status="withdrawn", ended_by=F("proposed_by"))
                | (Q(status="rejected") & ~Q(ended_by=F("proposed_by"))),
                name="a_charter_is_withdrawn_by_its_proposer_and_rejected_by_another",
            ),
        ]

    def withdraw(self, *, reason: str, by: Actor) -> None:
        """Its proposer takes it back, whatever they hold by now, and says why."""
        if by.person != self.proposed_by:
            raise Refusal("Only its proposer withdraws a charter; sponsor or truth owner reject it, with a reason.")
        self._end("withdrawn", reason, by)

    def reject(self, *, reason: str, by: Actor) -> None:
        """Sponsor or truth owner, not being who proposed it, turn it down, and say why."""
        by = acting_as(by, *APPROVERS)
        if by.person == self.proposed_by:
            raise Refusal("Whoever proposes a charter withdraws it; rejecting is for another person.")
        self._end("rejected", reason, by)

    def _end(self, ending: str, reason: str, by: Actor) -> None:
        if not reason.strip():
            raise InvalidInput("A proposed charter ends with a reason.", {"reason": "Say why."})
        ended = {"ended_by": by.person, "ended_at": clock.now(), "ended_because": reason.strip()}
        with audit.act():
            advance(self, "proposed", ending, **ended)
            audit.record(f"charter.{ending}", self, by=by, version=self.version, reason=reason.strip())
