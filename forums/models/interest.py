from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models

from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Fact, Person, Recorded

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.agenda import AgendaItem
    from forums.models.meeting import Meeting


class Impartial(models.Model):
    """How people at the table say what ties them to an item, and take no part in it where they had better not."""

    if TYPE_CHECKING:  # what the agenda item itself brings
        Status: type["AgendaItem.Status"]
        status: models.CharField[str, str]
        meeting: models.ForeignKey[Any, "Meeting"]
        recusals: "RelatedManager[Recusal]"
        interests: "RelatedManager[Interest]"
        questions: Any

    class Meta:
        abstract = True

    def recuse(self, person: Person, reason: str, *, by: Actor) -> "Recusal":
        """`person` takes no part in the item: said by themselves, or recorded by chair or secretary."""
        if not reason.strip():
            raise InvalidInput("A recusal gives its reason.", {"reason": "Say what the interest is."})
        with audit.act():
            meeting = self.meeting.lock()
            if by.person != person and not meeting.is_recorded_by(by.person):
                raise PermissionDenied
            self.refresh_from_db(fields=["status"])
            if self.status != self.Status.PENDING or meeting.status not in meeting.BEFORE_CLOSING:
                raise Refusal("This item is settled; a recusal comes before its decision.")
            with only_once(f"{person} is already recused from this item."):
                recusal = self.recusals.create(person=person, reason=reason, recused_at=clock.now())
            audit.record("item.recused", self, by=by, meeting=meeting.pk, person=person.pk, reason=reason)
            for question in self.questions.live():
                question.lapse(person, by=by)
            meeting.note_change()
        return recusal

    def declare_interest(self, statement: str, *, by: Actor) -> "Interest":
        """Somebody at the table says what ties them to the item, and takes part all the same."""
        if not statement.strip():
            raise InvalidInput("Say what the interest is.", {"reason": "Say what the interest is."})
        with audit.act():
            meeting = self.meeting.lock()
            if by.person is None or meeting.seat_for(by.person) is None:
                raise PermissionDenied
            self.refresh_from_db(fields=["status"])
            if self.status != self.Status.PENDING or meeting.status not in meeting.BEFORE_CLOSING:
                raise Refusal("This item is settled; an interest is declared before its decision.")
            with only_once("Your interest in this item is on record already."):
                interest = self.interests.create(person=by.person, statement=statement, declared_at=clock.now())
            meeting.note_change()
            audit.record("item.interest_declared", self, by=by, meeting=meeting.pk, statement=statement)
        return interest

    def is_hidden_from(self, person: Person) -> bool:
        """Papers and deliberation of an item are not for whoever is recused from it."""
        return any(recusal.person_id == person.pk for recusal in self.recusals.all())


class Recusal(Recorded):
    """A person takes no part in an item: not counted for its quorum, its papers hidden from them."""

    item = models.ForeignKey("forums.AgendaItem", on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recusals")
    reason = models.TextField()
    recused_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="a_person_is_recused_once")]

    def __str__(self) -> str:
        return f"{self.person} from {self.item}"


class Interest(Recorded):
    """What ties a person to an item on which they take part all the same."""

    item = models.ForeignKey("forums.AgendaItem", on_delete=models.PROTECT, related_name="interests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    declared_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="an_interest_is_declared_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.statement}"


class TakingUp(Recorded):
    """The chair called an item; it was in hand from then until the next was called, or the meeting closed."""

    item = models.ForeignKey("forums.AgendaItem", on_delete=models.PROTECT, related_name="takings")
    taken_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["taken_at", "pk"]

    def __str__(self) -> str:
        return f"{self.item} at {self.taken_at}"
