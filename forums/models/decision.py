from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from forums.models.escalation import Escalation
from forums.models.minutes import Minutes
from forums.models.right import SETTLING, DecisionRight, DecisionType
from forums.models.validity import A_DECISION_IS_VALID, ONLY_A_HIGHER_RIGHT_OVERTURNS
from metrics.models import Challenge, Contradiction, Measure
from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Appointment, Fact, Person, Recorded, Role

if TYPE_CHECKING:
    from forums.models.agenda import Subject

RANKS = {Role.SPONSOR: 2, Role.TRUTH_OWNER: 1}
"""Whose right is higher; all others are equal below."""
RECORDED = ("wording", "reason", "forced", "present", "recused", "quorum", "trust", "trust_needed", "trust_override",
            "observations", "definitions")  # fmt: skip


def rank_of(appointment: Appointment) -> int:
    return RANKS.get(Role(appointment.role), 0)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> Self:
        """Neither superseded by a later one nor overturned by a higher authority."""
        return self.filter(superseded_by__isnull=True, overturned__isnull=True)

    def with_endings(self) -> Self:
        """With what tells how each ended, where it did."""
        return self.select_related("superseded_by", "overturned")

    def up_for_review(self, *, on: date) -> Self:
        """Those that stand, and were to be looked at again by a day."""
        return self.standing().filter(review_on__lte=on)

    def on_matter_of(self, subject: "Subject") -> Self:
        """On the same subject or, where that is about a case, on the case, a challenge in it or an escalation of it."""
        same, case = Q(item__subject=subject), subject.contradiction()
        if case is not None:
            same |= _about(Contradiction.objects.filter(pk=case.pk))
        return self.filter(same)

    def on_matter_escalated(self, escalation: Escalation) -> Self:
        """On what an escalation is about: the subject of its item, and its case. That it was escalated is not."""
        same = Q(pk__in=[])
        if escalation.item_id:
            same |= Q(item__subject__items=escalation.item_id)
        if escalation.contradiction_id:
            same |= Q(item__subject__kind="contradiction", item__subject__reference=escalation.contradiction_id)
        asking = Q(item=escalation.item_id, decision_type=DecisionType.ESCALATE)
        return self.filter(pk__in=Decision.objects.filter(same).exclude(asking).values("pk"))

    def about(self, cases: "models.QuerySet[Contradiction]") -> Self:
        """On one of some cases, on a challenge in it or an escalation of it."""
        return self.filter(_about(cases))


def _about(cases: "models.QuerySet[Contradiction]") -> Q:
    numbers = cases.values("pk")
    same = Q(item__subject__kind="contradiction", item__subject__reference__in=numbers)
    for kind, records in (("challenge", Challenge.objects), ("escalation", Escalation.objects)):
        cited = records.filter(contradiction__in=numbers).values("pk")
        same |= Q(item__subject__kind=kind, item__subject__reference__in=cited)
    return same


class Decision(Recorded):
    """Made under a right at an open, quorate meeting; never edited, superseded by a later one.

    `present`, `recused` and `quorum` are what held at that moment. `observations` and `definitions` are the rows it
    leaned on, `trust` (0 to 100) how far the weakest of these figures could be relied on, `trust_needed` what was
    demanded of it, `trust_override` why it was decided all the same. `view_hash` is the SHA-256 of the reconciled view
    that was shown, `known_entry` the moment of knowledge. `question` is what the room was asked, where it was.
    """

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey("forums.AgendaItem", on_delete=models.PROTECT, related_name="decisions")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    wording = models.TextField()
    reason = models.TextField(blank=True)
    forced = models.BooleanField(default=False)
    right = models.ForeignKey(DecisionRight, on_delete=models.PROTECT, related_name="decisions")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    present = models.PositiveSmallIntegerField()
    recused = models.PositiveSmallIntegerField()
    quorum = models.PositiveSmallIntegerField()
    question = models.OneToOneField("forums.Question", null=True, on_delete=models.PROTECT, related_name="decision")
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    observations = ArrayField(models.BigIntegerField(), default=list)
    definitions = ArrayField(models.BigIntegerField(), default=list)
    trust = models.PositiveSmallIntegerField(null=True)
    trust_needed = models.PositiveSmallIntegerField(default=0, db_default=0)
    trust_override = models.TextField(blank=True, default="", db_default="")
    view_hash = models.CharField(max_length=64)
    known_entry = models.BigIntegerField()
    review_on = models.DateField(null=True)
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(forced=True) | Q(present__gte=F("quorum") + F("recused")),
                name="a_decision_has_its_quorum",
            ),
            models.CheckConstraint(
                condition=Q(forced=False) | ~Q(reason=""), name="a_forced_decision_gives_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(trust__isnull=True)
                | Q(trust__gte=F("trust_needed"))
                | ~Q(trust_override="")
                | Q(decision_type=DecisionType.ESCALATE),
                name="doubted_figures_take_a_written_override",
            ),
        ]
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="decisions_by_time"),
            GinIndex(fields=["observations"], name="decisions_by_what_they_cite"),
        ]
        triggers = [*Fact.Meta.triggers, A_DECISION_IS_VALID]

    def __str__(self) -> str:
        return self.wording

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps of it: all that it says, so that it can be judged from the entries alone."""
        said = {name: getattr(self, name) for name in RECORDED}
        asked = {"question": self.question_id} if self.question_id else {}
        return said | asked | {
            "meeting": self.meeting_id, "item": self.item_id, "type": str(self.decision_type), "view": self.view_hash,
            "known": self.known_entry, "supersedes": self.supersedes_id, "decided_at": audit.instant(self.decided_at),
            "review_on": self.review_on,
            "expects": list(self.expectations.order_by("pk").values_list("measure__code", "way")),
        }  # fmt: skip

    @property
    def reference(self) -> str:
        """How a lower layer's record cites this decision as its authority."""
        return f"decision:{self.pk}"

    @property
    def ended(self) -> str:
        """Superseded or overturned, where it stands no more; many are read `with_endings`."""
        if hasattr(self, "superseded_by"):
            return "superseded"
        return "overturned" if hasattr(self, "overturned") else ""

    @property
    def as_it_stands(self) -> str:
        """Its words, and how it ended, for where no badge can say so."""
        return f"{self.wording} ({self.ended})" if self.ended else self.wording

    @property
    def came_about(self) -> str:
        """How it came about, in a sentence for its reader."""
        if self.forced:
            return "Forced under the mandate of the truth owner."
        return self.question.made_by if self.question else "Decided by whoever holds the right."

    def yield_to(self, escalation: Escalation, *, by: Appointed) -> "Overturning":
        """Within the answer to an escalation: the higher authority it was taken to overturns this decision.

        What it put in remedy is undecided again, and stands on the next agenda.
        """
        if not Decision.objects.standing().on_matter_escalated(escalation).filter(pk=self.pk).exists():
            raise Refusal("That decision does not stand on this matter; name one that does.")
        if rank_of(by.appointment) <= rank_of(self.appointment):
            raise Refusal("A decision is overturned by a higher right than the one it was made under.")
        overturning = Overturning.objects.create(
            decision=self, escalation=escalation, person=by.person, appointment=by.appointment,
            overturned_at=clock.now(),
        )  # fmt: skip
        case = self.item.subject.contradiction()
        if self.decision_type in SETTLING and case and case.status == case.Status.IN_REMEDY:
            case.return_to_open(by=by, authority=self.reference, reason=escalation.answer)
        audit.record("decision.overturned", self, by=by, escalation=escalation.pk)
        return overturning

    def dissent(self, reason: str, *, by: Actor) -> "Dissent":
        """A member who was in the room has their disagreement recorded by name, until the minutes are confirmed."""
        if not reason.strip():
            raise InvalidInput("A dissent gives its reason.", {"reason": "Say what you disagree with."})
        if by.person is None or not self.meeting.attendances.filter(person=by.person).exists():
            raise Refusal("Only who was in the room may dissent; raise it at the next meeting.")
        with audit.act():
            # Minutes before their meeting: the order in which they are signed and sealed.
            minutes = Minutes.objects.select_for_update(no_key=True).filter(meeting=self.meeting_id).first()
            self.meeting.lock()
            if minutes is not None and minutes.is_confirmed():
                raise Refusal("The minutes of this meeting are confirmed; raise it at the next meeting.")
            with only_once("Your dissent from this decision is already on record."):
                dissent = self.dissents.create(person=by.person, reason=reason, recorded_at=clock.now())
            if minutes is not None:
                minutes.take_in(f"Dissent from “{self.wording}”: {by.person}: {reason}")
            audit.record("decision.dissented", self, by=by, reason=reason)
        return dissent


class Overturning(Recorded):
    """A decision stands no more: the higher authority to which its matter was escalated answered otherwise."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="overturned")
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="overturnings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    overturned_at = models.DateTimeField()

    class Meta(Fact.Meta):
        triggers = [*Fact.Meta.triggers, ONLY_A_HIGHER_RIGHT_OVERTURNS]

    def __str__(self) -> str:
        return f"overturned by {self.person}"


class Expectation(Recorded):
    """A measure that a decision is expected to move, and which way; what `did it work?` is asked of."""

    class Way(models.TextChoices):
        BETTER = "better"
        HOLD = "hold", "hold its target"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="expectations")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way, default=Way.BETTER)

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["decision", "measure"], name="a_measure_is_expected_once")]

    def __str__(self) -> str:
        return f"{self.measure.code}: {self.way}"


class Dissent(Recorded):
    """A member's disagreement, recorded by name on request."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="dissents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="dissents")
    reason = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["decision", "person"], name="a_person_dissents_once")]

    def __str__(self) -> str:
        return f"{self.person} dissents"
