import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F
from django.utils.timezone import localtime, make_aware

from forums.models.invitation import Reply
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Person
from truthgov.periods import Grain, Period

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.charter import Charter
    from forums.models.meeting import Meeting
    from forums.models.presence import Delegation

LONGEST = 480


class Convening(models.Model):
    """When and where a meeting is, and who says that they come.

    `uid` names it in every calendar for good; `sequence` grows with each change of time or place, for which everybody
    is invited anew. It lasts `lasts_minutes`.
    """

    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    lasts_minutes = models.PositiveSmallIntegerField(default=90)
    place = models.CharField(max_length=200, blank=True, help_text="A room, or the address of a call.")

    if TYPE_CHECKING:  # what the meeting itself brings
        pk: int
        Status: type["Meeting.Status"]
        status: str
        slot: date
        charter: models.ForeignKey[Any, "Charter"]
        replies: "RelatedManager[Reply]"

        def draft_agenda(self, *, by: Actor) -> None: ...
        def lock(self) -> "Meeting": ...
        def note_change(self) -> None: ...
        def is_recorded_by(self, person: Person | None) -> bool: ...
        def seat_holders(self, on: date) -> set[int]: ...
        def delegate(self, person: Person, *, by: Actor) -> "Delegation": ...

    class Meta:
        abstract = True

    def move(self, *, starts_at: datetime, lasts_minutes: int, place: str, by: Actor) -> None:
        """Chair or secretary gives a meeting to come another time, length or place; everybody is invited anew."""
        if starts_at <= clock.now():
            raise InvalidInput("A meeting lies ahead.", {"starts_at": "Choose a time that has not passed."})
        if not 1 <= lasts_minutes <= LONGEST:
            raise InvalidInput("A meeting takes a while.", {"lasts_minutes": f"Give it 1 to {LONGEST} minutes."})
        with audit.act():
            meeting = self.lock()
            if not meeting.is_recorded_by(by.person):
                raise PermissionDenied
            meeting.require_ahead()
            asked = {"starts_at": starts_at, "lasts_minutes": lasts_minutes, "place": place.strip()}
            if all(getattr(meeting, name) == value for name, value in asked.items()):
                raise Refusal("That is when and where this meeting is already.")
            type(meeting).objects.filter(pk=self.pk).update(sequence=F("sequence") + 1, **asked)
            self.note_change()
            audit.record("meeting.moved", meeting, by=by, **asked)
            if lasts_minutes != meeting.lasts_minutes and meeting.items.exists():
                self.draft_agenda(by=by)  # more or less of it fits now

    def give_way(self, day: date, *, by: Actor) -> None:
        """No forum meets on its day: it has the same hour of another one, and everybody is invited anew."""
        with audit.act():
            meeting = self.lock()
            meeting.require_ahead()
            starts_at = make_aware(datetime.combine(day, localtime(meeting.starts_at).time()))
            type(meeting).objects.filter(pk=self.pk).update(sequence=F("sequence") + 1, starts_at=starts_at)
            self.note_change()
            audit.record("meeting.moved", meeting, by=by, starts_at=starts_at)

    def keep_to(self, charter: "Charter", slot: date, starts_at: datetime, *, by: Actor) -> None:
        """Other rules hold: a meeting to come is on the day that they name, and everybody is invited anew."""
        with audit.act(), only_once("Another meeting of this forum is set on that day already."):
            meeting = self.lock()
            meeting.require_ahead()
            if meeting.charter_id == charter.pk:
                raise Refusal("This meeting keeps to these rules already.")
            type(meeting).objects.filter(pk=self.pk).update(
                charter=charter, slot=slot, period_start=self.reviewed_at(slot), starts_at=starts_at,
                sequence=F("sequence") + 1,
            )  # fmt: skip
            self.note_change()
            audit.record("meeting.moved", meeting, by=by, slot=slot, starts_at=starts_at, charter=charter.pk)

    @staticmethod
    def reviewed_at(slot: date) -> date:
        """The first day of the month that a meeting of a slot looks at: the one before."""
        return Period.containing(slot, Grain.MONTH).shift(-1).start

    def answer(self, answer: str, *, delegate: Person | None = None, by: Actor) -> Reply:
        """Somebody invited says whether they come, or sends a delegate in their place, where the charter lets them."""
        person = by.person
        with audit.act():
            meeting = self.lock()
            if person is None or person.pk not in meeting.seat_holders(meeting.slot):
                raise PermissionDenied
            meeting.require_ahead()
            if answer == Reply.Answer.DELEGATED:
                meeting.require_a_seat_to_lend(person)
                meeting.require_delegate(delegate)
            reply = meeting.replies.create(
                person=person, sequence=meeting.sequence, answer=answer, delegate=delegate, answered_at=clock.now()
            )
            self.note_change()
            named = delegate.pk if delegate else None
            audit.record("invitation.answered", meeting, by=by, answer=str(answer), delegate=named)
            if delegate and not meeting.delegations.filter(person=delegate, appointment__person=person).exists():
                meeting.delegate(delegate, by=by)
        return reply

    def require_ahead(self) -> None:
        if self.status != self.Status.SCHEDULED:
            raise Refusal("This meeting has begun already; who comes is recorded in the room.")

    def require_a_seat_to_lend(self, person: Person) -> None:
        """A member's today; the secretary's office is not lent for a meeting."""
        if self.charter.seat_of(person, on=clock.today()) is None:
            raise Refusal(
                f"Only a member of {self.charter.forum} sends somebody in their place; accept or decline for yourself."
            )

    def require_delegate(self, delegate: Person | None) -> None:
        """Somebody who may come for a member: of the organisation, and without a seat of their own."""
        if not self.charter.allows_delegates:
            raise Refusal(f"The charter of {self.charter.forum} lets nobody sit for somebody else; accept or decline.")
        if delegate is None or not delegate.is_active:
            raise InvalidInput("Say who comes for you.", {"delegate": "Choose somebody."})
        if delegate.pk in self.seat_holders(self.slot):
            raise InvalidInput("They come already.", {"delegate": f"{delegate} has a seat of their own."})

    @property
    def is_late(self) -> bool:
        """Has its hour come without anybody having opened it?"""
        return self.status == self.Status.SCHEDULED and self.starts_at < clock.now()

    @property
    def lasts(self) -> timedelta:
        return timedelta(minutes=self.lasts_minutes)

    def standing_replies(self) -> dict[int, Reply]:
        """By person, what they answered to the time and place that stand; one query."""
        given = self.replies.filter(sequence=self.sequence).select_related("delegate").order_by("answered_at", "pk")
        return {reply.person_id: reply for reply in given}
