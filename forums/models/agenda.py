from datetime import date
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from forums.models.action import Action
from forums.models.deciding import Deciding
from forums.models.decision import Decision
from forums.models.escalation import Escalation
from forums.models.interest import Impartial
from forums.models.item_rules import (
    AN_ITEM_BEGINS_PENDING,
    THE_THIRD_TIME_ESCALATES,
    WHAT_A_MEETING_SITS_ON_STAYS,
)
from forums.models.minutes import Minutes
from forums.models.right import DecisionType
from metrics.models import Challenge, Contradiction, Definition, Observation
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Accounted, Person, Role, Scope

if TYPE_CHECKING:
    from forums.models.meeting import Meeting

CARRIES_UNTIL_ESCALATION = 3
PARTIES = ("measure__function", "measure__journey", "other_measure__function", "other_measure__journey")
"""Who answers in a case: asked for with it, since every act on its item asks who is accused."""


class Subject(Accounted):
    """What an agenda item is about: a kind and the key of the record, open to kinds that come later.

    A restatement is named by its first observation: one submission that restates a hundred figures of a measure is
    one subject.
    """

    class Kind(models.TextChoices):
        CONTRADICTION = "contradiction"
        ACTION = "action"
        ESCALATION = "escalation"
        CHALLENGE = "challenge"
        DEFINITION = "definition"
        RESTATEMENT = "restatement"
        DECISION = "decision"
        MINUTES = "minutes"

    kind = models.CharField(max_length=24, choices=Kind)
    reference = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="a_subject_is_named_once")]
        triggers = [
            pgtrigger.Protect(name="a_subject_is_what_it_was_named", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    def record(self) -> models.Model:
        """The record itself."""
        return RECORDS[Subject.Kind(self.kind)]._default_manager.get(pk=self.reference)

    def contradiction(self) -> Contradiction | None:
        """The case this is about, directly or by a challenge, an escalation or a decision; None where there is none."""
        if self.kind == self.Kind.CONTRADICTION:
            return Contradiction.objects.select_related(*PARTIES).get(pk=self.reference)
        if self.kind == self.Kind.DECISION:
            return Decision.objects.select_related("item__subject").get(pk=self.reference).item.subject.contradiction()
        if self.kind in (self.Kind.CHALLENGE, self.Kind.ESCALATION):
            return self.record().contradiction  # type: ignore[attr-defined]
        return None

    @cached_property
    def case(self) -> Contradiction | None:
        """The same, read once: for what it is about, which never changes, and not for how it stands."""
        return self.contradiction()

    def takes(self, decision_type: str) -> bool:
        """Does a decision of this type fit what the item is about?

        A decision up for review is looked at: what shall supersede it is decided on its own matter. Minutes are
        confirmed, and nothing else.
        """
        if self.kind == self.Kind.MINUTES:
            return False
        if self.kind == self.Kind.DECISION:
            return decision_type == DecisionType.ESCALATE
        if decision_type == DecisionType.RESOLVE_CONTRADICTION:
            return self.kind == self.Kind.CONTRADICTION
        if decision_type == DecisionType.NAME_SOURCE_OF_RECORD:
            return self.case is not None and self.case.kind == Contradiction.Kind.SOURCE_DISAGREEMENT
        if decision_type in (DecisionType.APPROVE_DEFINITION, DecisionType.SET_TARGET):
            return self.kind == self.Kind.DEFINITION
        return True


RECORDS: dict[Subject.Kind, type[models.Model]] = {
    Subject.Kind.CONTRADICTION: Contradiction,
    Subject.Kind.ACTION: Action,
    Subject.Kind.ESCALATION: Escalation,
    Subject.Kind.CHALLENGE: Challenge,
    Subject.Kind.DEFINITION: Definition,
    Subject.Kind.RESTATEMENT: Observation,
    Subject.Kind.DECISION: Decision,
    Subject.Kind.MINUTES: Minutes,
}
NOTABLE = (Subject.Kind.RESTATEMENT, Subject.Kind.DECISION)
"""What needs no decision to end."""


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def carried_to(self, meeting: "Meeting") -> Self:
        """What the forum put off at meetings before this one, and has not ended otherwise since; the latest last.

        It is read from those meetings: an agenda may be drafted while the meeting before it is still to come.
        """
        earlier = AgendaItem.objects.filter(
            meeting__forum=meeting.forum_id, meeting__starts_at__lt=meeting.starts_at
        ).exclude(status=AgendaItem.Status.PENDING)
        later = earlier.filter(subject=OuterRef("subject"), meeting__starts_at__gt=OuterRef("meeting__starts_at"))
        ended_since = later.exclude(status=AgendaItem.Status.CARRIED_OVER)
        put_off = self.filter(pk__in=earlier.values("pk"), status=AgendaItem.Status.CARRIED_OVER)
        return put_off.exclude(Exists(ended_since)).order_by("meeting__starts_at", "pk")


class AgendaItem(Deciding, Impartial, Accounted):
    """A subject on one meeting's agenda; it ends in a decision, an escalation or a carry-over with a reason.

    What needs no decision, a restatement or a decision up for review, may also be noted. `position` orders it within
    its meeting, where the items of one `section` stand together; `minutes` are those allotted to it.
    """

    off_record = ("position", "section", "title", "why", "minutes", "presenter")

    class Status(models.TextChoices):
        PENDING = "pending"
        DECIDED = "decided"
        ESCALATED = "escalated"
        CARRIED_OVER = "carried_over", "carried over"
        NOTED = "noted"

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField(default=10)
    presenter = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the chair."
    )
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="items")
    title = models.CharField(max_length=400)
    why = models.CharField(max_length=400, help_text="Why it is on the agenda.")
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    outcome_reason = models.TextField(blank=True)
    put_on_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: it was drafted."
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "position", "pk"]
        verbose_name = "agenda item"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "subject"], name="a_subject_is_on_an_agenda_once"),
            models.CheckConstraint(condition=~Q(section=""), name="an_item_stands_in_a_section"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=480), name="an_item_takes_a_while"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_settled_item_stays_on_record",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=["decided", "escalated", "carried_over", "noted"]),
            ),
            pgtrigger.FSM(
                name="an_item_ends_once",
                field="status",
                transitions=[
                    ("pending", "decided"),
                    ("pending", "escalated"),
                    ("pending", "carried_over"),
                    ("pending", "noted"),
                ],
            ),
            pgtrigger.ReadOnly(name="an_item_keeps_its_matter", fields=["meeting", "subject"]),
            AN_ITEM_BEGINS_PENDING,
            WHAT_A_MEETING_SITS_ON_STAYS,
            THE_THIRD_TIME_ESCALATES,
        ]

    def __str__(self) -> str:
        return self.title

    def carry_over(self, reason: str, *, by: Actor) -> None:
        """To the next meeting, with the reason; the third time it escalates by itself."""
        if not reason.strip():
            raise InvalidInput("Say why this is carried over.", {"reason": "Say what the next meeting needs."})
        with audit.act():
            meeting = self.meeting.sit()
            by = meeting.chaired_by(by)
            self.require_in_the_room(meeting, by.person)
            self.put_off(reason, meeting, by=by)
            meeting.note_change()

    def times_carried(self) -> int:
        """How often the forum put its matter off before this meeting, and did not end it since."""
        return AgendaItem.objects.carried_to(self.meeting).filter(subject=self.subject).count()

    def escalates_when_put_off(self, times_carried: int | None = None) -> bool:
        """Is this the third time, and has nobody escalated the case yet? `times_carried` is counted unless known."""
        if (self.times_carried() if times_carried is None else times_carried) + 1 < CARRIES_UNTIL_ESCALATION:
            return False
        case = self.subject.contradiction()
        return case is None or not Escalation.objects.open().filter(contradiction=case).exists()

    def put_off(self, reason: str, meeting: "Meeting", *, by: Actor) -> None:
        """Carry over within the act under way; `meeting` is locked."""
        if not self.escalates_when_put_off():
            advance(self, self.Status.PENDING, self.Status.CARRIED_OVER, outcome_reason=reason)
            audit.record("item.carried_over", self, by=by, reason=reason)
            return
        advance(self, self.Status.PENDING, self.Status.ESCALATED, outcome_reason=reason)
        escalation = Escalation.objects.create(
            item=self, contradiction=self.subject.contradiction(),
            to_scope=Scope.organisation(), to_role=meeting.charter.role_above_chair(),
            reason=f"Carried over {CARRIES_UNTIL_ESCALATION} times: {self.title}",
            due_on=meeting.escalation_due(), escalated_at=clock.now(),
        )  # fmt: skip
        audit.record("escalation.taken", escalation, by=Actor(clockwork="agenda"), reason=escalation.reason)

    @property
    def may_be_noted(self) -> bool:
        """Does its subject let the chair end it by taking note? A contradiction never does."""
        return self.subject.kind in NOTABLE

    def note(self, remark: str, *, by: Actor) -> None:
        """The chair has the forum take note of what needs no decision, with what is made of it; nothing follows."""
        if not remark.strip():
            raise InvalidInput("Say what the forum makes of it.", {"reason": "Write what is taken note of."})
        if not self.may_be_noted:
            raise Refusal("Only what needs no decision is noted; decide this item, carry it over or escalate it.")
        with audit.act():
            meeting = self.meeting.sit()
            by = meeting.chaired_by(by)
            self.require_in_the_room(meeting, by.person)
            advance(self, self.Status.PENDING, self.Status.NOTED, outcome_reason=remark)
            meeting.note_change()
            audit.record("item.noted", self, by=by, reason=remark)

    def escalate(self, reason: str, *, due_on: date, by: Actor, to_role: str = Role.SPONSOR) -> Escalation:
        """The truth owner takes the item to a higher authority under the mandate, without asking the forum."""
        with audit.act():
            meeting = self.meeting.sit()
            escalation = Escalation.objects.take(
                by, reason=reason, due_on=due_on, to_role=to_role, item=self,
                contradiction=self.subject.contradiction(),
            )  # fmt: skip
            advance(self, self.Status.PENDING, self.Status.ESCALATED, outcome_reason=reason)
            meeting.note_change()
        return escalation

    def accused_scopes(self) -> set[int]:
        """The scopes that answer for what is contradicted: who holds them does not decide on this item.

        An outcome is what suffers; only where it stands first (two sources of one outcome) does its owner answer.
        """
        return set(self._accused)

    @cached_property
    def _accused(self) -> frozenset[int]:
        """Read once: an act asks again and again."""
        case = self.subject.case
        if case is None:
            return frozenset()
        accused = [case.measure]
        if case.other_measure and not case.other_measure.is_outcome:
            accused.append(case.other_measure)
        return frozenset(measure.answering_scope_id for measure in accused if measure.is_outcome or measure.function)
