import hashlib
import json

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from truthgov import audit, checkpoints, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Appointment, Fact, Person, Role

ADDED_LATER = "Recorded after the meeting closed"


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Minutes(models.Model):
    """What was decided and why: drafted from the record, prose until a sealing freezes it."""

    meeting = models.OneToOneField("forums.Meeting", on_delete=models.PROTECT, related_name="minutes")
    text = models.TextField()
    drafted_at = models.DateTimeField()
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "minutes"
        triggers = [
            pgtrigger.Protect(name="minutes_stay_on_record", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="sealed_minutes_are_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM forums_sealing WHERE minutes_id = OLD.id) THEN
                        RAISE EXCEPTION 'sealed minutes are frozen';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"minutes of {self.meeting}"

    @property
    def text_hash(self) -> str:
        return digest(self.text)

    def is_sealed(self) -> bool:
        return Sealing.objects.filter(minutes=self).exists()

    def edit(self, text: str, *, read: str, by: Actor) -> None:
        """Chair or secretary words the minutes; `read` is the hash of the text they started from.

        Signatures stand for a text by its hash, so that an edit voids them.
        """
        if not text.strip():
            raise InvalidInput("Minutes are not empty.", {"text": "Write what was decided."})
        if not self.meeting.is_recorded_by(by.person):
            raise PermissionDenied
        with audit.act():
            current = self._unsealed()
            if current.text_hash != read:
                raise Refusal("Somebody else has edited these minutes meanwhile; reload the page and edit theirs.")
            Minutes.objects.filter(pk=self.pk).update(text=text, edited_by=by.person, edited_at=clock.now())
            self.refresh_from_db()
            audit.record("minutes.edited", self, by=by, meeting=self.meeting_id, text=self.text_hash)

    def take_in(self, sentence: str) -> None:
        """Append what was recorded once the draft was made, within the act under way; the row is locked.

        Nobody's wording is lost, and signatures are void as by an edit: whoever signs has read what was added.
        """
        heading = "" if ADDED_LATER in self.text else f"\n{ADDED_LATER}\n"
        self.text = f"{self.text.rstrip()}\n{heading}- {sentence}\n"
        self.save(update_fields=["text"])

    def sign(self, *, read: str, by: Actor) -> "Signature":
        """Chair or secretary signs the text they have read; with both signatures, by two people, it is sealed."""
        by = by.acting_under(self._office_of(by))
        with audit.act():
            current = self._unsealed()
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
        """Those for the text as it stands; an edit has voided the others."""
        return self.signatures.filter(text_hash=self.text_hash).select_related("person", "appointment__scope")

    def may_be_signed_by(self, person: Person) -> bool:
        signed = self.signatures.filter(text_hash=self.text_hash, person=person).exists()
        return self.meeting.is_recorded_by(person) and not signed and not self.is_sealed()

    def _unsealed(self) -> "Minutes":
        """The row as it stands, held until commit, so that nobody edits while somebody signs."""
        current = Minutes.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=self.pk)
        if current.is_sealed():
            raise Refusal("These minutes are sealed; a correction is a new decision at the next meeting.")
        return current

    def _office_of(self, by: Actor) -> Appointment:
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
            minutes=self,
            text=self.text,
            text_hash=text_hash,
            view_hash=meeting.view.hash,
            hash=digest(frozen),
            sealed_at=at,
        )
        advance(meeting, meeting.Status.CLOSED, meeting.Status.SEALED, sealed_at=at)
        meeting.note_change()
        audit.record("minutes.sealed", sealing, by=by, meeting=meeting.pk, hash=sealing.hash, view=sealing.view_hash,
                     text=text_hash, attended=attended)  # fmt: skip
        # Robust: what is sealed stays sealed when the disk is full; the next beat keeps the checkpoint.
        transaction.on_commit(checkpoints.keep, robust=True)


class ObservationsShown(models.Func):
    """The numbers of the observations that the content of a view shows."""

    function = "forums_observations_shown"
    output_field = ArrayField(models.BigIntegerField())


class ViewSnapshot(Fact):
    """The reconciled view as a meeting knew it: frozen when it closed, `hash` the SHA-256 of its canonical JSON."""

    meeting = models.OneToOneField("forums.Meeting", on_delete=models.PROTECT, related_name="view")
    period_start = models.DateField()
    known_entry = models.BigIntegerField()
    content = models.JSONField()
    hash = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["period_start"], name="snapshots_of_a_period"),
            GinIndex(ObservationsShown("content"), name="snapshots_by_what_they_show"),
        ]

    def __str__(self) -> str:
        return f"view of {self.meeting}"


class Signature(Fact):
    """Chair or secretary signs the text as it stands, by its SHA-256."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="signatures")
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


class Sealing(Fact):
    """Chair and secretary have signed one text: it, the attendance, the decisions and the view shown are frozen
    under one hash."""

    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="sealing")
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
