import json
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from forums.minutes import parts as minutes_parts
from truthgov import audit, checkpoints, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Appointment, Fact, Person, Recorded, Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.confirming import Confirmation
    from forums.models.meeting import Meeting
    from forums.models.minutes import Minutes


class Signature(Recorded):
    """Chair or secretary signs the text that was confirmed, by its SHA-256."""

    minutes = models.ForeignKey("forums.Minutes", on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    text_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(fields=["minutes", "person", "text_hash"], name="a_text_is_signed_once_by_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} signs {self.minutes}"


class Sealing(Recorded):
    """Chair and secretary have signed one text: it, the attendance, the decisions and the view shown are frozen
    under one hash."""

    minutes = models.OneToOneField("forums.Minutes", on_delete=models.PROTECT, related_name="sealing")
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    view_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(Fact.Meta):
        triggers = [
            *Fact.Meta.triggers,
            pgtrigger.Trigger(
                name="a_sealing_has_two_signatures_on_its_text",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT FROM forums_confirmation
                                   WHERE minutes_id = NEW.minutes_id AND text_hash = NEW.text_hash) THEN
                        RAISE EXCEPTION 'minutes are sealed once a later meeting has confirmed them';
                    END IF;
                    IF (SELECT count(DISTINCT person_id) FROM forums_signature
                        WHERE minutes_id = NEW.minutes_id AND text_hash = NEW.text_hash) < 2
                       OR NOT EXISTS (SELECT FROM forums_minutes WHERE id = NEW.minutes_id AND text = NEW.text
                                      AND encode(sha256(convert_to(text, 'UTF8')), 'hex') = NEW.text_hash) THEN
                        RAISE EXCEPTION 'minutes are sealed when chair and secretary have signed their text';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"sealing of {self.minutes}"


class Signing(models.Model):
    """How confirmed minutes are signed and sealed; each verb holds their row until commit."""

    if TYPE_CHECKING:  # what the minutes themselves bring
        meeting: models.ForeignKey[Any, "Meeting"]
        signatures: "RelatedManager[Signature]"
        confirmation: "Confirmation"
        meeting_id: int
        text: str

        @property
        def text_hash(self) -> str: ...

        def is_confirmed(self) -> bool: ...
        def is_sealed(self) -> bool: ...
        def unsealed(self) -> "Minutes": ...

    class Meta:
        abstract = True

    def sign(self, *, read: str, by: Actor) -> Signature:
        """Chair or secretary signs what was confirmed; with both signatures, by two people, it is sealed."""
        by = by.acting_under(self.office_of(by))
        with audit.act():
            current = self.unsealed()
            if not current.is_confirmed():
                raise Refusal("These minutes are not confirmed yet; they are signed once the next meeting has.")
            if current.text_hash != read:
                raise Refusal("The text has changed since you read it; read it again, then sign.")
            with only_once("You have signed this text already."):
                signature = current.signatures.create(
                    person=by.person, appointment=by.appointment, text_hash=read, signed_at=clock.now()
                )
            audit.record("minutes.signed", self, by=by, meeting=self.meeting_id, text=read)
            if current._is_signed_by_both():
                current._seal(by)
        return signature

    def standing_signatures(self) -> "models.QuerySet[Signature]":
        """Those for the text as it stands."""
        return self.signatures.filter(text_hash=self.text_hash).select_related("person", "appointment__scope")

    def may_be_signed_by(self, person: Person) -> bool:
        signed = self.signatures.filter(text_hash=self.text_hash, person=person).exists()
        records = self.meeting.is_recorded_by(person)
        return records and not signed and self.is_confirmed() and not self.is_sealed()

    def office_of(self, by: Actor) -> Appointment:
        """The office they sign in: the chair's, or the secretary's."""
        if by.person is None:
            raise PermissionDenied
        charter, on = self.meeting.charter, clock.today()
        office = charter.chair_of(by.person, on=on) or charter.secretary_of(by.person, on=on)
        if office is None:
            raise PermissionDenied
        return office

    def _is_signed_by_both(self) -> bool:
        signed = self.standing_signatures()
        roles = {signature.appointment.role for signature in signed}
        people = {signature.person_id for signature in signed}
        return {self.meeting.charter.chair_role, Role.SECRETARY} <= roles and len(people) > 1

    def _seal(self, by: Actor) -> None:
        meeting, text_hash = self.meeting, self.text_hash
        decisions = list(meeting.decisions.order_by("pk").values_list("pk", "decision_type", "wording"))
        attended = [each.as_record() for each in meeting.attendances.all()]
        frozen = json.dumps([meeting.pk, text_hash, meeting.view.hash, decisions, attended], separators=(",", ":"))
        at = clock.now()
        sealing = Sealing.objects.create(
            minutes_id=self.pk,
            text=self.text,
            text_hash=text_hash,
            view_hash=meeting.view.hash,
            hash=minutes_parts.digest(frozen),
            sealed_at=at,
        )
        advance(meeting, meeting.Status.CLOSED, meeting.Status.SEALED, sealed_at=at)
        meeting.note_change()
        audit.record("minutes.sealed", sealing, by=by, meeting=meeting.pk, hash=sealing.hash, view=sealing.view_hash,
                     text=text_hash, attended=attended, confirmed=self.confirmation.item.meeting_id)  # fmt: skip
        # Robust: what is sealed stays sealed when the disk is full; the next beat keeps the checkpoint.
        transaction.on_commit(checkpoints.keep, robust=True)
