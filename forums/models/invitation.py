from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from truthgov.models import Fact, Person, Recorded


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(uninviting=None)


class Invitation(Fact):
    """That a person was invited to a meeting by e-mail; once for each time and place (`sequence`) it was given.

    Who lost their seat and has one again is invited in another `turn`.
    """

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=0, db_default=0)
    sent_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["meeting", "person__name", "turn", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person", "sequence", "turn"], name="a_person_is_invited_once_to_each_time_and_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} to {self.meeting}"


class Uninviting(Fact):
    """Somebody who was invited has no seat at the meeting any more, and was told so by e-mail."""

    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="uninviting")
    sent_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.invitation}: taken back"


class Reply(Recorded):
    """What somebody answered to an invitation; their latest counts, until the meeting has another time or place.

    It says who is expected; who is in the room is recorded when they come. Whoever a member sends is their delegate.
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"
        DELEGATED = "delegated"

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="replies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField(help_text="Of the time and place that it answers to.")
    answer = models.CharField(max_length=10, choices=Answer)
    delegate = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["answered_at", "pk"]
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="delegated", delegate__isnull=False) | (~Q(answer="delegated") & Q(delegate=None)),
                name="who_delegates_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(delegate=None) | ~Q(delegate=F("person")), name="nobody_delegates_to_themselves"
            ),
        ]

    def __str__(self) -> str:
        if self.delegate:
            return f"{self.delegate} comes for {self.person}"
        return f"{self.person}: {self.get_answer_display()}"


class CalendarAddress(models.Model):
    """The secret address of a person's meetings: shown once, kept as a hash, revoked at once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calendar_addresses")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name_plural = "calendar addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at=None), name="a_person_has_one_calendar_address"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="a_calendar_address_is_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_calendar_address_is_only_revoked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "((NEW.person_id, NEW.secret_hash, NEW.made_at) IS DISTINCT FROM"
                    " (OLD.person_id, OLD.secret_hash, OLD.made_at) OR OLD.revoked_at IS NOT NULL)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person}"
