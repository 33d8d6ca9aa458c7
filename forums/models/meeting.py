from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from forums.models.forum import Charter, Forum
from truthgov.models import Appointment, Fact, Person


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def upcoming(self, *, at: datetime) -> Self:
        return self.filter(status=Meeting.Status.SCHEDULED, starts_at__gte=at).order_by("starts_at")

    def held(self) -> Self:
        return self.filter(status__in=[Meeting.Status.CLOSED, Meeting.Status.SEALED]).order_by("-starts_at")


class Meeting(models.Model):
    """One session of a forum. `slot` is the cadence's date: a slot is scheduled once, however many beats tick.

    `version` counts every change that those who follow must see. `period_start` is the month under review.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled"
        IN_SESSION = "in_session", "in session"
        CLOSED = "closed"
        SEALED = "sealed"

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="meetings")
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="meetings")
    slot = models.DateField()
    starts_at = models.DateTimeField()
    period_start = models.DateField()
    status = models.CharField(max_length=12, choices=Status, default=Status.SCHEDULED)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    item_in_hand = models.ForeignKey("forums.AgendaItem", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "slot"], name="a_slot_of_the_cadence_is_scheduled_once"),
            models.UniqueConstraint(
                fields=["forum"], condition=Q(status="in_session"), name="a_forum_sits_in_one_session_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum}, {self.slot:%-d %B %Y}"


class Subject(models.Model):
    """What an agenda item is about: a kind and the key of the record, open to kinds that come later."""

    class Kind(models.TextChoices):
        CONTRADICTION = "contradiction"
        ACTION = "action"
        ESCALATION = "escalation"
        CHALLENGE = "challenge"
        DEFINITION = "definition"
        RESTATEMENT = "restatement"

    kind = models.CharField(max_length=24, choices=Kind)
    reference = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="a_subject_is_named_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"


class AgendaItem(models.Model):
    """A subject on one meeting's agenda; it ends in a decision, an escalation or a carry-over with a reason."""

    class Status(models.TextChoices):
        PENDING = "pending"
        DECIDED = "decided"
        ESCALATED = "escalated"
        CARRIED_OVER = "carried_over", "carried over"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="items")
    title = models.CharField(max_length=400)
    why = models.CharField(max_length=400, help_text="Why it is on the agenda.")
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    outcome_reason = models.TextField(blank=True)
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    times_carried = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["meeting", "position", "pk"]
        verbose_name = "agenda item"
        constraints = [models.UniqueConstraint(fields=["meeting", "subject"], name="a_subject_is_on_an_agenda_once")]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """A person in the room, under an appointment, from arrival to departure."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["arrived_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(left_at__isnull=True), name="a_person_is_present_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.meeting}"


class Recusal(Fact):
    """A person takes no part in an item: not counted for its quorum, its papers hidden from them."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recusals")
    reason = models.TextField()
    recused_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="a_person_is_recused_once")]

    def __str__(self) -> str:
        return f"{self.person} from {self.item}"
