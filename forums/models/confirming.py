"""From the draft to the signature: minutes go out to who attended, are amended, and a later meeting confirms them."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q

from forums.minutes import parts as minutes_parts
from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Accounted, Appointment, Fact, Person, Recorded

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.agenda import AgendaItem
    from forums.models.meeting import Meeting
    from forums.models.minutes import Minutes


class Circulation(Recorded):
    """The text, by its SHA-256, went out to `people`: whoever was in the room, by number."""

    minutes = models.ForeignKey("forums.Minutes", on_delete=models.PROTECT, related_name="circulations")
    text_hash = models.CharField(max_length=64)
    people = ArrayField(models.BigIntegerField())
    circulated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    circulated_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["minutes", "text_hash"], name="a_text_is_circulated_once")]

    def __str__(self) -> str:
        return f"circulation of {self.minutes}"


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def waiting(self) -> Self:
        return self.filter(status=Amendment.Status.PROPOSED)


class Amendment(Accounted):
    """Prose that somebody who attended wants to stand beside a part of the minutes; chair or secretary answers it.

    Withdrawn by who proposed it, `answer` says why, and nobody has answered.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    minutes = models.ForeignKey("forums.Minutes", on_delete=models.PROTECT, related_name="amendments")
    part = models.CharField(max_length=40)
    wording = models.TextField()
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("proposed_by")),
                name="an_amendment_is_answered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "withdrawn"]) | (Q(answered_by__isnull=False) & ~Q(answer="")),
                name="an_amendment_is_answered_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | (Q(answered_by__isnull=True) & ~Q(answer="")),
                name="an_amendment_is_withdrawn_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="an_amendment_stays_on_record", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="an_amendment_is_answered_once",
                field="status",
                transitions=[("proposed", "accepted"), ("proposed", "declined"), ("proposed", "withdrawn")],
            ),
            pgtrigger.Trigger(
                name="an_amendment_is_by_who_attended",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT FROM forums_attendance a JOIN forums_minutes m ON m.meeting_id = a.meeting_id
                                   WHERE m.id = NEW.minutes_id AND a.person_id = NEW.proposed_by_id)
                       OR EXISTS (SELECT FROM forums_confirmation WHERE minutes_id = NEW.minutes_id) THEN
                        RAISE EXCEPTION 'who attended amends minutes, until they are confirmed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"amendment to {self.minutes}"

    def accept(self, answer: str, *, by: Actor) -> None:
        """Chair or secretary takes the wording in, with the reason; it stands beside its part from then on."""
        with audit.act():
            minutes = self._answerable(answer, by)
            self._answer(self.Status.ACCEPTED, answer, by)
            kept = minutes.prose.get(self.part, "")
            prose = {**minutes.prose, self.part: f"{kept}\n{self.wording}" if kept else self.wording}
            minutes.word(prose, read=minutes.text_hash, by=by)

    def decline(self, answer: str, *, by: Actor) -> None:
        """The text stays as it is, and the reason stands with the amendment."""
        with audit.act():
            self._answerable(answer, by)
            self._answer(self.Status.DECLINED, answer, by)

    def withdraw(self, reason: str, *, by: Actor) -> None:
        """Whoever proposed it takes it back, and says why; it stays on record."""
        if by.person != self.proposed_by:
            raise PermissionDenied
        if not reason.strip():
            raise InvalidInput("An amendment is withdrawn with a reason.", {"reason": "Say why."})
        with audit.act():
            minutes = self.minutes.unconfirmed()
            advance(self, self.Status.PROPOSED, self.Status.WITHDRAWN, answer=reason, answered_at=clock.now())
            audit.record("amendment.withdrawn", self, by=by, meeting=minutes.meeting_id, part=self.part, reason=reason)

    def _answerable(self, answer: str, by: Actor) -> "Minutes":
        """The minutes, held; a refusal where this person may not answer, or not without a reason."""
        if not self.minutes.meeting.is_recorded_by(by.person):
            raise PermissionDenied
        if by.person == self.proposed_by:
            raise Refusal("Whoever proposes an amendment does not answer it; the other of chair and secretary does.")
        if not answer.strip():
            raise InvalidInput("An amendment is answered with a reason.", {"answer": "Say why."})
        return self.minutes.unconfirmed()

    def _answer(self, status: str, answer: str, by: Actor) -> None:
        advance(self, self.Status.PROPOSED, status, answer=answer, answered_by=by.person, answered_at=clock.now())
        audit.record(f"amendment.{status}", self, by=by, meeting=self.minutes.meeting_id, part=self.part, reason=answer)


class Confirmation(Recorded):
    """A later meeting of the forum confirms the text, by its SHA-256, as a true record: from then on it is signed."""

    minutes = models.OneToOneField("forums.Minutes", on_delete=models.PROTECT, related_name="confirmation")
    item = models.OneToOneField("forums.AgendaItem", on_delete=models.PROTECT, related_name="confirmation")
    text_hash = models.CharField(max_length=64)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta(Fact.Meta):
        triggers = [
            *Fact.Meta.triggers,
            pgtrigger.Trigger(
                name="minutes_are_confirmed_by_a_later_meeting",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM forums_minutes m
                        JOIN forums_meeting held ON held.id = m.meeting_id
                        JOIN forums_meeting sitting ON sitting.forum_id = held.forum_id AND sitting.id <> held.id
                        JOIN forums_agendaitem i ON i.meeting_id = sitting.id
                        JOIN forums_subject s ON s.id = i.subject_id AND s.kind = 'minutes' AND s.reference = m.id
                        WHERE m.id = NEW.minutes_id AND i.id = NEW.item_id AND sitting.status = 'in_session'
                          AND encode(sha256(convert_to(m.text, 'UTF8')), 'hex') = NEW.text_hash) THEN
                        RAISE EXCEPTION 'minutes are confirmed as they read, by a later meeting of their forum';
                    END IF;
                    IF EXISTS (SELECT FROM forums_amendment WHERE minutes_id = NEW.minutes_id AND status = 'proposed')
                       OR NOT EXISTS (SELECT FROM forums_circulation WHERE minutes_id = NEW.minutes_id) THEN
                        RAISE EXCEPTION 'minutes are confirmed once circulated, with every amendment answered';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"confirmation of {self.minutes}"


class Confirming(models.Model):
    """How minutes go out, come back and are confirmed; each verb holds their row until commit."""

    if TYPE_CHECKING:  # what the minutes themselves bring
        meeting: models.ForeignKey[Any, "Meeting"]
        meeting_id: int
        circulations: "RelatedManager[Circulation]"
        amendments: "AmendmentQuerySet"

        def unconfirmed(self) -> "Minutes": ...
        def attended(self) -> set[int]: ...

    class Meta:
        abstract = True

    def circulate(self, *, by: Actor) -> Circulation:
        """The text as it stands goes out to whoever attended, who may propose amendments; again after an edit."""
        if by.person is None or not self.meeting.is_recorded_by(by.person):
            raise PermissionDenied
        with audit.act():
            current, people = self.unconfirmed(), sorted(self.attended())
            with only_once("This text is circulated already; word it anew first."):
                sent = current.circulations.create(
                    text_hash=current.text_hash, people=people, circulated_by=by.person, circulated_at=clock.now()
                )
            audit.record("minutes.circulated", self, by=by, meeting=self.meeting_id, text=sent.text_hash, people=people)
        return sent

    def propose_amendment(self, part: str, wording: str, reason: str, *, by: Actor) -> Amendment:
        """Somebody who attended proposes prose beside a part, while the minutes are circulated."""
        wording, faults = minutes_parts.tidied(wording), {}
        if not wording:
            faults["wording"] = "Write what should stand there."
        if not reason.strip():
            faults["reason"] = "Say why."
        if faults:
            raise InvalidInput("An amendment gives its wording and its reason.", faults)
        if by.person is None or by.person.pk not in self.attended():
            raise Refusal("Only who attended may amend the minutes; a correction is asked of the next meeting.")
        with audit.act():
            current = self.unconfirmed()
            if not current.circulations.exists():
                raise Refusal("These minutes are not circulated yet; they are amended once they are.")
            if part not in {each["key"] for each in current.parts}:
                raise InvalidInput("An amendment names a part.", {"part": "Choose a part of these minutes."})
            amendment = current.amendments.create(
                part=part, wording=wording, reason=reason, proposed_by=by.person, proposed_at=clock.now()
            )
            audit.record("amendment.proposed", amendment, by=by, meeting=self.meeting_id, part=part, wording=wording,
                         reason=reason)  # fmt: skip
        return amendment

    def confirm(self, item: "AgendaItem", *, read: str, by: Actor) -> Confirmation:
        """The chair of a later, quorate meeting has the forum confirm the text as it reads; its item ends with that."""
        with audit.act():
            current, meeting, chair = self._confirmable(item, read, by)
            at = clock.now()
            confirmation = Confirmation.objects.create(
                minutes=current, item=item, text_hash=read, confirmed_by=chair.person, appointment=chair.appointment,
                confirmed_at=at,
            )  # fmt: skip
            advance(item, item.Status.PENDING, item.Status.NOTED, outcome_reason="Confirmed as a true record.")
            meeting.note_change()
            audit.record("minutes.confirmed", self, by=chair, meeting=self.meeting_id, text=read, at_meeting=meeting.pk,
                         item=item.pk, confirmed_at=audit.instant(at))  # fmt: skip
        return confirmation

    def _confirmable(self, item: "AgendaItem", read: str, by: Actor) -> "tuple[Minutes, Meeting, Appointed]":
        """The minutes and the meeting, both held, and its chair; a Refusal where they cannot be confirmed there."""
        current = self.unconfirmed()
        meeting = item.meeting.sit()
        chair = meeting.chaired_by(by)
        item.require_pending()
        item.require_in_the_room(meeting, chair.person)
        if meeting.forum_id != current.meeting.forum_id or meeting.pk == current.meeting_id:
            raise Refusal("Minutes are confirmed by the next meeting of their own forum.")
        if current.text_hash != read:
            raise Refusal("The text has changed since you read it; read it again, then have it confirmed.")
        if not current.circulations.exists():
            raise Refusal("These minutes are not circulated yet; who attended reads them before they are confirmed.")
        if current.amendments.waiting().exists():
            raise Refusal("An amendment waits for an answer; accept or decline it, then have the minutes confirmed.")
        count = item.count(meeting)
        if not count.is_met:
            raise Refusal(f"There is no quorum for this item ({count}); wait for a member, or carry it over.")
        return current, meeting, chair
