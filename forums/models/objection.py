from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from forums.models.question import Question
from forums.models.question_rules import AN_OBJECTION_IS_LIFTED_AS_THE_RIGHT_SAYS, WHO_OBJECTS_IS_ENTITLED
from forums.models.right import DecisionRule
from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Appointment, Fact, Person, Recorded


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def standing(self) -> "ObjectionQuerySet":
        """Neither withdrawn nor overruled: what blocks a decision by consent."""
        return self.filter(lifting=None)

    def raise_to(self, question: Question, reason: str, *, by: Actor) -> "Objection":
        """A member present and entitled objects with a reason: nothing is decided until it is lifted."""
        if not reason.strip():
            raise InvalidInput("An objection gives its reason.", {"reason": "Say what harm the decision would do."})
        with audit.act():
            meeting = question.sit()
            if question.right.rule != DecisionRule.CONSENT:
                raise Refusal("The charter asks for a vote on this; vote against it.")
            by = question.seat_of(meeting, by)
            if self.standing().filter(question=question, person=by.person).exists():
                raise Refusal("Your objection to this is on record already.")
            objection = self.create(
                question=question, person=by.person, appointment=by.appointment, reason=reason,
                objected_at=clock.now(),
            )  # fmt: skip
            meeting.note_change()
            audit.record("question.objected", objection, by=by, meeting=meeting.pk, question=question.pk, reason=reason)
        return objection


class Objection(Recorded):
    """A member's reasoned objection to a question that asks for consent; a lifting ends it."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="objections")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="objections")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    objected_at = models.DateTimeField()

    objects = ObjectionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_objection_gives_its_reason")]
        triggers = [*Fact.Meta.triggers, WHO_OBJECTS_IS_ENTITLED]

    def __str__(self) -> str:
        return f"{self.person} objects: {self.reason}"

    @property
    def in_words(self) -> str:
        return f"{self.person} objected ({self.reason.rstrip('.')})"

    def withdraw(self, *, by: Actor) -> "Lifting":
        """Whoever objected takes it back."""
        if by.person != self.person:
            raise PermissionDenied
        return self._lift(by, "", overruled=False)

    def overrule(self, reason: str, *, by: Actor) -> "Lifting":
        """Whoever holds the right sets it aside in writing, where the charter says that they may."""
        if not reason.strip():
            raise InvalidInput("An objection is overruled in writing.", {"reason": "Say why it does not hold."})
        return self._lift(by, reason, overruled=True)

    def _lift(self, by: Actor, reason: str, *, overruled: bool) -> "Lifting":
        with audit.act():
            meeting = self.question.sit()
            acting = self._overruling(by) if overruled else by.acting_under(self.appointment)
            if Lifting.objects.filter(objection=self).exists():
                raise Refusal("This objection stands no more; reload the page.")
            lifting = Lifting.objects.create(
                objection=self, overruled=overruled, person=acting.person, appointment=acting.appointment,
                reason=reason, lifted_at=clock.now(),
            )  # fmt: skip
            meeting.note_change()
            code = "objection.overruled" if overruled else "objection.withdrawn"
            audit.record(code, self, by=acting, meeting=meeting.pk, question=self.question_id, reason=reason)
        return lifting

    def _overruling(self, by: Actor) -> Appointed:
        question = self.question
        if not question.right.may_overrule:
            raise Refusal("The charter lets nobody overrule an objection: it is withdrawn, or the item ends otherwise.")
        return question.item.deciding_as(question.right, by)


class Lifting(Recorded):
    """The end of an objection: withdrawn by whoever made it, or overruled in writing by whoever holds the right."""

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="lifting")
    overruled = models.BooleanField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    lifted_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(overruled=False) | ~Q(reason=""), name="an_objection_is_overruled_in_writing"
            )
        ]
        triggers = [*Fact.Meta.triggers, AN_OBJECTION_IS_LIFTED_AS_THE_RIGHT_SAYS]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        return f"overruled by {self.person}: {self.reason.rstrip('.')}" if self.overruled else "and withdrew it"
