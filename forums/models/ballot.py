from django.db import connection, models
from django.db.models import F, Q

from forums.meetings.quorum import NoQuorum
from forums.models.question import Question
from forums.models.right import DecisionRule
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Appointment, Fact, Guarded, Person


class Choice(models.TextChoices):
    IN_FAVOUR = "in_favour", "in favour"
    AGAINST = "against", "against"
    ABSTAINED = "abstained", "abstained"


class VoteQuerySet(models.QuerySet["Vote"]):
    def cast(self, question: Question, choice: str, *, by: Actor) -> None:
        """A member present and entitled votes, once. The audit keeps that they did; what they chose is in the box.

        The box is a table that the application role cannot read: a function of the owner drops the ballot into it.
        """
        if choice not in Choice.values:
            raise InvalidInput("Vote in favour, against, or abstain.", {"choice": "Choose one of the three."})
        with audit.act():
            meeting = question.sit()
            if question.right.rule != DecisionRule.MAJORITY:
                raise Refusal("The charter asks for the room's consent to this; object with a reason, or let it pass.")
            _require_open(question)
            by = question.seat_of(meeting, by)
            if self.filter(question=question, person=by.person).exists():
                raise Refusal("You have voted on this; nobody votes twice.")
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT forums_cast(%s, %s, %s, %s)", [question.pk, by.person.pk, by.appointment.pk, choice]
                )
            meeting.note_change()
            audit.record("vote.cast", question, by=by, meeting=meeting.pk)


class Vote(Guarded, Fact):
    """That a member voted on a question: who, and never what. The ballot itself lies in the box until it is counted."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")

    objects = VoteQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["question", "person"], name="nobody_votes_twice")]

    def __str__(self) -> str:
        return f"{self.person} has voted"


class BallotBox(Guarded):
    """Ballots before they are counted, one row a question: three numbers, and for an open ballot who chose what.

    The application role can neither read nor write it: there is no result before the close. Of a secret ballot there
    are numbers alone, so that no row, order, time or transaction of a ballot can be laid beside who has voted.
    """

    readable = False

    question = models.OneToOneField(Question, on_delete=models.PROTECT, primary_key=True, related_name="+")
    in_favour = models.PositiveSmallIntegerField(default=0, db_default=0)
    against = models.PositiveSmallIntegerField(default=0, db_default=0)
    abstained = models.PositiveSmallIntegerField(default=0, db_default=0)
    choices = models.JSONField(default=dict, db_default={})

    class Meta:
        verbose_name_plural = "ballot boxes"

    def __str__(self) -> str:
        return f"ballots on {self.question_id}"


class TallyQuerySet(models.QuerySet["Tally"]):
    def close(self, question: Question, *, by: Actor) -> "Tally":
        """The chair closes the vote: the box is counted, once, with the quorum there."""
        with audit.act():
            meeting = question.sit()
            by = meeting.chaired_by(by)
            if question.right.rule != DecisionRule.MAJORITY:
                raise Refusal("Nothing is voted on here; the charter asks for the room's consent.")
            _require_open(question)
            question.item.require_in_the_room(meeting, by.person)
            count = question.item.count(meeting)
            if not count.is_met:
                raise NoQuorum(f"There is no quorum for this item ({count}); the vote stays open.")
            with connection.cursor() as cursor:
                cursor.execute("SELECT forums_close(%s, %s)", [question.pk, clock.now()])
            tally = self.get(question=question)
            meeting.note_change()
            audit.record("question.closed", question, by=by, meeting=meeting.pk, **tally.as_record())
        return tally


class Tally(Guarded, Fact):
    """What the box held when the vote was closed.

    `entitled` are the members present and entitled then, and who had voted and left; `carried` says that more than
    half of them were in favour: a tie, and a silence, carry nothing. `choices` is who chose what, of an open ballot.
    """

    question = models.OneToOneField(Question, on_delete=models.PROTECT, primary_key=True, related_name="tally")
    in_favour = models.PositiveSmallIntegerField()
    against = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    entitled = models.PositiveSmallIntegerField()
    carried = models.BooleanField()
    choices = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    objects = TallyQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name_plural = "tallies"
        constraints = [
            models.CheckConstraint(
                condition=Q(carried=True, in_favour__gt=F("entitled") - F("in_favour"))
                | Q(carried=False, in_favour__lte=F("entitled") - F("in_favour")),
                name="more_than_half_of_the_entitled_carry",
            ),
            models.CheckConstraint(
                condition=Q(entitled__gte=F("in_favour") + F("against") + F("abstained")),
                name="no_more_vote_than_are_entitled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_favour} in favour, {self.against} against, {self.abstained} abstained, of {self.entitled}"

    @property
    def in_words(self) -> str:
        """The numbers, and of an open ballot who chose what."""
        return f"{self}; {self.by_name}" if self.choices else str(self)

    @property
    def by_name(self) -> str:
        """Who chose what, of an open ballot."""
        names = {str(person.pk): person.name for person in Person.objects.filter(pk__in=self.choices)}
        said = (
            f"{choice.label}: {', '.join(sorted(names[who] for who, what in self.choices.items() if what == choice))}"
            for choice in Choice if choice in self.choices.values()
        )  # fmt: skip
        return "; ".join(said)

    def as_record(self) -> dict[str, object]:
        """What the audit keeps of it; of a secret ballot, numbers alone."""
        choices = sorted([int(person), choice] for person, choice in self.choices.items())
        names = "in_favour", "against", "abstained", "entitled", "carried"
        return {name: getattr(self, name) for name in names} | {"choices": choices}


def _require_open(question: Question) -> None:
    if question.is_counted():
        raise Refusal("This vote is closed.")
