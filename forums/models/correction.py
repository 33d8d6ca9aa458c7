import json
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import models

from forums.minutes import parts as minutes_parts
from forums.models.sealing import Sealing
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Appointment, Fact, Person, Recorded

if TYPE_CHECKING:
    from forums.models.minutes import Minutes

A_PASSAGE = pgtrigger.Trigger(
    name="a_correction_names_what_was_sealed",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF NOT EXISTS (SELECT FROM forums_sealing WHERE id = NEW.sealing_id AND position(NEW.passage IN text) > 0) THEN
            RAISE EXCEPTION 'a correction names a passage of the sealed text';
        END IF;
        RETURN NEW;
    """,
)
BY_ANOTHER = pgtrigger.Trigger(
    name="a_correction_is_countersigned_by_another",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF EXISTS (SELECT FROM forums_correction c
                   JOIN truthgov_appointment one ON one.id = c.appointment_id
                   JOIN truthgov_appointment other ON other.id = NEW.appointment_id
                   WHERE c.id = NEW.correction_id AND (c.made_by_id = NEW.person_id OR one.role = other.role)) THEN
            RAISE EXCEPTION 'a correction is made by chair or secretary and countersigned by the other';
        END IF;
        RETURN NEW;
    """,
)
UNTIL_IT_HOLDS = pgtrigger.Trigger(
    name="a_correction_is_withdrawn_until_it_holds",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF NOT EXISTS (SELECT FROM forums_correction WHERE id = NEW.correction_id AND made_by_id = NEW.person_id)
           OR EXISTS (SELECT FROM forums_countersignature WHERE correction_id = NEW.correction_id) THEN
            RAISE EXCEPTION 'a correction is withdrawn by who made it, until it is countersigned';
        END IF;
        RETURN NEW;
    """,
)
NOT_WITHDRAWN = pgtrigger.Trigger(
    name="what_is_withdrawn_is_not_countersigned",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF EXISTS (SELECT FROM forums_correctionwithdrawal WHERE correction_id = NEW.correction_id) THEN
            RAISE EXCEPTION 'a correction that was withdrawn is not countersigned';
        END IF;
        RETURN NEW;
    """,
)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def make(self, minutes: "Minutes", passage: str, wording: str, reason: str, *, by: Actor) -> "Correction":
        """Chair or secretary states what holds in the place of a passage that was sealed; the sealed text stays."""
        appointed = by.acting_under(minutes.office_of(by))
        sealing = Sealing.objects.filter(minutes=minutes).first()
        if sealing is None:
            raise Refusal("These minutes are not sealed; until they are confirmed, an amendment puts them right.")
        _require_said(sealing, passage, wording, reason)
        with audit.act():
            _alone(minutes)
            told = [self.filter(sealing=sealing).last_hash() or sealing.hash, passage, wording, reason]
            sealed = minutes_parts.digest(json.dumps(told, separators=(",", ":")))
            correction = self.create(
                sealing=sealing, passage=passage, wording=wording, reason=reason, hash=sealed,
                made_by=appointed.person, appointment=appointed.appointment, made_at=clock.now(),
            )  # fmt: skip
            audit.record("minutes.corrected", correction, by=appointed, meeting=minutes.meeting_id, passage=passage,
                         wording=wording, reason=reason, hash=sealed)  # fmt: skip
        return correction

    def waiting(self) -> Self:
        """Neither countersigned nor withdrawn."""
        return self.filter(countersignature=None, withdrawal=None)

    def last_hash(self) -> str | None:
        return self.order_by("-pk").values_list("hash", flat=True).first()


class Correction(Recorded):
    """What holds in the place of a passage of sealed minutes, from when the other of chair and secretary has signed it.
    Until then whoever made it may withdraw it.

    `hash` is the SHA-256 over the seal (or the correction before), passage, wording and reason.
    """

    sealing = models.ForeignKey(Sealing, on_delete=models.PROTECT, related_name="corrections")
    passage = models.TextField()
    wording = models.TextField()
    reason = models.TextField()
    hash = models.CharField(max_length=64)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = CorrectionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        triggers = [*Fact.Meta.triggers, A_PASSAGE]

    def __str__(self) -> str:
        return f"correction of {self.sealing.minutes}"

    def countersign(self, *, by: Actor) -> "Countersignature":
        """The other of chair and secretary stands behind it too."""
        appointed = by.acting_under(self.sealing.minutes.office_of(by))
        if appointed.person == self.made_by or appointed.appointment.role == self.appointment.role:
            raise Refusal("A correction is countersigned by the other of chair and secretary.")
        with audit.act():
            _alone(self.sealing.minutes)
            if CorrectionWithdrawal.objects.filter(correction=self).exists():
                raise Refusal("This correction was withdrawn; what holds instead is a correction of its own.")
            with only_once("This correction is countersigned already."):
                signed = Countersignature.objects.create(
                    correction=self, person=appointed.person, appointment=appointed.appointment, signed_at=clock.now()
                )
            meeting = self.sealing.minutes.meeting_id
            audit.record("correction.countersigned", self, by=appointed, meeting=meeting, hash=self.hash)
        return signed

    def withdraw(self, reason: str, *, by: Actor) -> "CorrectionWithdrawal":
        """Whoever made it takes it back, whatever they hold by now, and says why: it never holds."""
        if by.person is None or by.person != self.made_by:
            raise PermissionDenied
        if not reason.strip():
            raise InvalidInput("A correction is withdrawn with a reason.", {"reason": "Say why."})
        minutes = self.sealing.minutes
        with audit.act():
            _alone(minutes)
            if Countersignature.objects.filter(correction=self).exists():
                raise Refusal("This correction is countersigned and holds; correct the minutes once more.")
            with only_once("This correction is withdrawn already."):
                withdrawn = CorrectionWithdrawal.objects.create(
                    correction=self, person=by.person, reason=reason.strip(), withdrawn_at=clock.now()
                )
            audit.record("correction.withdrawn", self, by=by, meeting=minutes.meeting_id, hash=self.hash,
                         reason=withdrawn.reason)  # fmt: skip
        return withdrawn


class Countersignature(Recorded):
    """With it a correction holds."""

    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="countersignature")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta(Fact.Meta):
        triggers = [*Fact.Meta.triggers, BY_ANOTHER, NOT_WITHDRAWN]

    def __str__(self) -> str:
        return f"{self.person} countersigns {self.correction}"


class CorrectionWithdrawal(Recorded):
    """With it a correction comes to nothing."""

    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, related_name="withdrawal")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    withdrawn_at = models.DateTimeField()

    class Meta(Fact.Meta):
        triggers = [*Fact.Meta.triggers, UNTIL_IT_HOLDS]

    def __str__(self) -> str:
        return f"{self.person} withdraws {self.correction}"


def _alone(minutes: "Minutes") -> None:
    """Of two acts on their corrections at once, one follows the other."""
    type(minutes).objects.select_for_update(no_key=True).get(pk=minutes.pk)


def _require_said(sealing: Sealing, passage: str, wording: str, reason: str) -> None:
    faults = {}
    if not passage.strip() or passage not in sealing.text:
        faults["passage"] = "Quote a passage of the sealed text as it reads there."
    if not wording.strip():
        faults["wording"] = "Write what holds instead."
    if not reason.strip():
        faults["reason"] = "Say why."
    if faults:
        raise InvalidInput("A correction names what it corrects, what holds instead, and why.", faults)
