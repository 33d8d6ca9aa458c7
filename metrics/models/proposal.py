from django.db import models

from truthgov.models import Accounted, Appointment, Person


class Proposal(Accounted):
    """What one person proposes for a reason and another approves or rejects; its proposer may withdraw it."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        WITHDRAWN = "withdrawn"
        REJECTED = "rejected"

    reason = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True, help_text="Why it was withdrawn or rejected.")

    class Meta:
        abstract = True

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.PROPOSED
