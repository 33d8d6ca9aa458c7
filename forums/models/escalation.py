from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from forums.models.escalation_rules import (
    WHAT_ESCALATES_ITSELF_IS_DUE_SOON,
    WHAT_IS_PASSED_ON_ARRIVES,
    WHO_IS_ASKED_ANSWERS,
)
from metrics.models import Challenge, Contradiction
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as, require_mandate
from truthgov.errors import InvalidInput
from truthgov.lifecycle import advance
from truthgov.models import Accounted, Appointment, Person, Role, Scope

if TYPE_CHECKING:
    from forums.models.decision import Decision


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def open(self) -> Self:
        return self.filter(status=Escalation.Status.OPEN)

    def owed_by(self, person: Person, *, on: date) -> Self:
        """Those still open that a person is to answer on a day, themselves or in somebody's stead."""
        return self.owed_under(Appointment.objects.exercised_by(person, on=on))

    def owed_under(self, held: Iterable[Appointment]) -> Self:
        """Those still open that whoever exercises these appointments is to answer."""
        owed = Q(pk__in=[])
        for each in held:
            owed |= Q(to_role=each.role, to_scope=each.scope_id)
        return self.open().filter(owed)

    def take(self, by: Actor, *, reason: str, due_on: date, to_role: str = Role.SPONSOR,
             item: models.Model | None = None, contradiction: Contradiction | None = None) -> "Escalation":  # fmt: skip
        """The truth owner takes a matter to a higher authority, under the mandate; to the sponsor unless said."""
        by = acting_as(by, Role.TRUTH_OWNER)
        require_mandate("escalate")
        if not reason.strip():
            raise InvalidInput("Say why this is escalated.", {"reason": "Say what the higher authority is to settle."})
        if due_on < clock.today():
            raise InvalidInput("The answer is due in the past.", {"due_on": "Choose today or a later day."})
        with audit.act():
            escalation = self.create(
                item=item, contradiction=contradiction, to_scope=Scope.organisation(), to_role=to_role, reason=reason,
                due_on=due_on, escalated_by=by.person, escalated_at=clock.now(),
            )  # fmt: skip
            audit.record("escalation.taken", escalation, by=by, to=to_role, reason=reason)
        return escalation


class Escalation(Accounted):
    """A matter taken to a higher authority, by when it is to answer, and what it answered.

    Nobody escalated it (`escalated_by` empty) when the charter's clock did: an answer or an action too late, a third
    carry-over. One that is not answered in time is passed on to the next rung of the ladder, by a new one.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        PASSED_ON = "passed_on", "passed on"

    item = models.ForeignKey("forums.AgendaItem", null=True, on_delete=models.PROTECT, related_name="escalations")
    contradiction = models.ForeignKey(Contradiction, null=True, on_delete=models.PROTECT, related_name="escalations")
    challenge = models.OneToOneField(Challenge, null=True, on_delete=models.PROTECT, related_name="escalation")
    action = models.OneToOneField("forums.Action", null=True, on_delete=models.PROTECT, related_name="escalation")
    passed_from = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="passed_to")
    to_scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    to_role = models.CharField(max_length=20, choices=Role)
    reason = models.TextField()
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    escalated_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False)
                | Q(contradiction__isnull=False)
                | Q(challenge__isnull=False)
                | Q(action__isnull=False)
                | Q(passed_from__isnull=False),
                name="an_escalation_is_about_something",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="an_escalation_stays_on_record", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="an_escalation_is_asked_as_it_was_taken",
                fields=[
                    "item",
                    "contradiction",
                    "challenge",
                    "action",
                    "passed_from",
                    "to_scope",
                    "to_role",
                    "reason",
                    "due_on",
                    "escalated_by",
                    "escalated_at",
                ],
            ),
            pgtrigger.Protect(
                name="what_was_answered_stays_answered",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["answered", "passed_on"]),
            ),
            WHAT_ESCALATES_ITSELF_IS_DUE_SOON,
            WHO_IS_ASKED_ANSWERS,
            WHAT_IS_PASSED_ON_ARRIVES,
            pgtrigger.FSM(
                name="an_escalation_is_answered_once",
                field="status",
                transitions=[("open", "answered"), ("open", "passed_on")],
            ),
        ]

    def __str__(self) -> str:
        return f"escalation to the {self.get_to_role_display()}"

    def of_forum(self) -> int | None:
        """The forum that it comes from, by its item or its action, however often it was passed on; None by neither."""
        if self.passed_from:
            return self.passed_from.of_forum()
        if self.item:
            return self.item.meeting.forum_id
        return self.action.decision.meeting.forum_id if self.action else None

    def climb(self, to_role: str, *, due_on: date, by: Actor) -> "Escalation":
        """Unanswered in time: the next rung of the ladder is asked instead. Refusal where it is settled meanwhile."""
        reason = f"Not answered by the {self.get_to_role_display()} until {self.due_on:%-d %B %Y}: {self.reason}"
        with audit.act():
            advance(self, self.Status.OPEN, self.Status.PASSED_ON)
            above = Escalation.objects.create(
                item=self.item, contradiction=self.contradiction, passed_from=self, to_scope=self.to_scope,
                to_role=to_role, reason=reason, due_on=due_on, escalated_at=clock.now(),
            )  # fmt: skip
            audit.record("escalation.taken", above, by=by, to=to_role, reason=reason, passed_from=self.pk)
        return above

    def respond(self, answer: str, *, by: Actor, overturns: "Decision | None" = None) -> None:
        """Whoever holds the authority it was taken to settles it in writing; a decision on the matter may be overturned
        by it, since the higher right supersedes."""
        by = acting_as(by, self.to_role, scope=self.to_scope)
        if not answer.strip():
            raise InvalidInput("An escalation is answered in writing.", {"answer": "Write what you settle."})
        with audit.act():
            advance(
                self, self.Status.OPEN, self.Status.ANSWERED,
                answer=answer, answered_by=by.person, answered_at=clock.now(),
            )  # fmt: skip
            overturned = {"overturns": overturns.pk} if overturns else {}
            audit.record("escalation.answered", self, by=by, answer=answer, **overturned)
            if overturns:
                overturns.yield_to(self, by=by)
