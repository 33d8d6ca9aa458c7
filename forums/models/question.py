from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from forums.models.agenda import AgendaItem
from forums.models.decision import Decision
from forums.models.question_rules import A_QUESTION_IS_PUT_IN_ORDER, IT_IS_TAKEN_BACK_WHILE_IT_STANDS
from forums.models.right import Ballot, DecisionRight, DecisionRule
from forums.motions.acts import ACTS
from forums.motions.motion import Motion
from forums.motions.record import recorded
from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Appointment, Fact, Person, Recorded

if TYPE_CHECKING:
    from forums.models.meeting import Meeting


class QuestionQuerySet(models.QuerySet["Question"]):
    def live(self) -> Self:
        """Before the room: its item is pending, and it is neither taken back nor voted down."""
        pending = self.filter(item__status=AgendaItem.Status.PENDING, withdrawal=None, decision=None)
        return pending.exclude(tally__carried=False)

    def put(self, item: AgendaItem, motion: Motion, *, by: Actor) -> "Question":
        """The chair puts a sentence to the room, for its consent or its vote as the charter says."""
        item.require_complete(motion)
        if motion.force:
            raise Refusal("What is forced is not asked of the room; decide it.")
        with audit.act():
            meeting = item.meeting.sit()
            item.require_pending()
            by = meeting.chaired_by(by)
            right = item.right_for(motion, meeting)
            if right.rule == DecisionRule.CHAIR:
                raise Refusal("The charter leaves this to whoever holds the right; it is decided, not put.")
            item.require_in_the_room(meeting, by.person)
            item.require_trusted(motion)
            if self.live().filter(item=item).exists():
                raise Refusal("A question is before the room already; decide it or take it back first.")
            question = self.create(
                item=item, right=right, wording=motion.wording, motion=recorded(motion), put_by=by.person,
                appointment=by.appointment, put_at=clock.now(),
            )  # fmt: skip
            meeting.note_change()
            audit.record("question.put", question, by=by, **question.as_record())
        return question


class Question(Recorded):
    """A sentence put to the room: made by its consent or its majority, taken back, or ended with its item.

    `motion` is what would be decided, to the letter. What came of it are rows of their own.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="questions")
    right = models.ForeignKey(DecisionRight, on_delete=models.PROTECT, related_name="questions")
    wording = models.TextField()
    motion = models.JSONField()
    put_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()

    objects = QuestionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        triggers = [*Fact.Meta.triggers, A_QUESTION_IS_PUT_IN_ORDER]

    def __str__(self) -> str:
        return self.wording

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps when it is put."""
        return {
            "meeting": self.item.meeting_id, "item": self.item_id, "type": str(self.right.decision_type),
            "wording": self.wording, "motion": self.motion, "accused": sorted(self.item.accused_scopes()),
        }  # fmt: skip

    @property
    def is_secret(self) -> bool:
        return self.right.ballot == Ballot.SECRET

    @property
    def fate(self) -> str:
        """What became of a question that was not decided, in a sentence."""
        if hasattr(self, "withdrawal"):
            return f"Taken back: {self.withdrawal.reason}"
        said = [f"{self.tally.in_words}."] if hasattr(self, "tally") else []
        said += [f"{each.person} objected: {each.reason}" for each in self.objections.filter(lifting=None)]
        return " ".join(["Not decided.", *said])

    @property
    def state(self) -> str:
        """open, carried, lost, withdrawn or decided; `ended` where its item ended otherwise."""
        if hasattr(self, "decision"):
            return "decided"
        if hasattr(self, "withdrawal"):
            return "withdrawn"
        carried = self.tally.carried if hasattr(self, "tally") else None
        if carried is False:
            return "lost"
        if self.item.status != AgendaItem.Status.PENDING:
            return "ended"
        return "carried" if carried else "open"

    def is_counted(self) -> bool:
        """As it stands now: what this instance remembers may be of before the close."""
        return Question.objects.filter(pk=self.pk, tally__isnull=False).exists()

    @property
    def made_by(self) -> str:
        """How the room made it a decision, in a sentence; who chose what is named of an open ballot."""
        if self.right.rule == DecisionRule.MAJORITY:
            return f"By a majority, by {self.right.get_ballot_display()}: {self.tally.in_words}."
        said = [f"{each.in_words}, {each.lifting.in_words}." for each in self.objections.all()]
        return " ".join(["By consent of the room.", *(said or ["Nobody objected."])])

    def decide(self, *, by: Actor) -> Decision:
        """Whoever holds the right makes what the room consented to, or voted for, a decision."""
        motion = ACTS.restored(self.motion, lambda pk: Decision.objects.get(pk=pk))
        return self.item.decide(motion, by=by, question=self)

    def require_made(self) -> None:
        """Within a decision: still before the room, no objection stands, and what was voted on was carried."""
        self.sit()
        if self.objections.filter(lifting=None).exists():
            raise Refusal("An objection stands; it is withdrawn or overruled before this is decided.")
        carried = Question.objects.filter(pk=self.pk, tally__carried=True).exists()
        if self.right.rule == DecisionRule.MAJORITY and not carried:
            raise Refusal("The vote on this is not closed; close it first.")

    def take_back(self, reason: str, *, by: Actor) -> "Withdrawal":
        """The chair takes it back before it is voted on or decided; it may be put anew in other words."""
        if not reason.strip():
            raise InvalidInput("Say why it is taken back.", {"reason": "Say why it is taken back."})
        with audit.act():
            meeting = self.sit()
            by = meeting.chaired_by(by)
            if self.is_counted():
                raise Refusal("The room has voted; the vote is not taken back.")
            withdrawal = self._end(reason, by)
            meeting.note_change()
        return withdrawal

    def lapse(self, person: Person, *, by: Actor) -> None:
        """Within a recusal: what `person` took part in is put anew without them. A secret vote cannot be taken out."""
        took_part = Q(objections__person=person) | Q(votes__person=person)
        if Question.objects.filter(took_part, pk=self.pk).exists():
            self._end(f"{person}, who took part, is recused from the item.", by)

    def _end(self, reason: str, by: Actor) -> "Withdrawal":
        if by.person is None:
            raise PermissionDenied
        withdrawal = Withdrawal.objects.create(question=self, person=by.person, reason=reason, withdrawn_at=clock.now())
        audit.record("question.withdrawn", self, by=by, meeting=self.item.meeting_id, reason=reason)
        return withdrawal

    # --- the room ---------------------------------------------------------------------------------------------------
    def sit(self) -> "Meeting":
        """The locked meeting, if it sits and this is still before it; a Refusal otherwise."""
        meeting = self.item.meeting.sit()
        self.item.require_pending()
        if not Question.objects.live().filter(pk=self.pk).exists():
            raise Refusal("This question is no longer before the room; reload the page to see what came of it.")
        return meeting

    def seat_of(self, meeting: "Meeting", by: Actor) -> Appointed:
        """Who takes part in deciding, under the appointment of their seat; a Refusal for who does not."""
        item = self.item
        if by.person is None:
            raise PermissionDenied
        item.require_in_the_room(meeting, by.person)
        if by.person.pk not in meeting.members_present():
            raise Refusal("You keep the record of this meeting; its members decide.")
        if by.person.pk in item.barred(meeting):
            raise Refusal("Nobody decides on their own case; you may speak, and have your dissent recorded.")
        return by.acting_under(meeting.attendances.get(person=by.person, left_at=None).appointment)


class Withdrawal(Recorded):
    """A question is before the room no more: taken back by the chair, or ended by the recusal of who took part."""

    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="withdrawal")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    withdrawn_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_question_is_taken_back_with_a_reason")]
        triggers = [*Fact.Meta.triggers, IT_IS_TAKEN_BACK_WHILE_IT_STANDS]

    def __str__(self) -> str:
        return f"taken back: {self.reason}"
