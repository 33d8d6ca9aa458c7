from collections.abc import Mapping, Sequence

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import PermissionDenied
from django.db import models

from forums.minutes import parts as minutes_parts
from forums.minutes.parts import Part
from forums.models.confirming import Confirmation, Confirming
from forums.models.sealing import Sealing, Signing
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Fact, Person, Recorded

ADDED_LATER = "Recorded after the meeting closed"
MINUTES_READ_AS_THEIR_PARTS = pgtrigger.Trigger(
    name="minutes_read_as_their_parts",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    func="""
        IF TG_OP = 'UPDATE' AND (
            SELECT coalesce(jsonb_agg(e ORDER BY n), '[]') FROM jsonb_array_elements(NEW.parts) WITH ORDINALITY t(e, n)
            WHERE n <= jsonb_array_length(OLD.parts)) <> OLD.parts THEN
            RAISE EXCEPTION 'what minutes were drafted of stays as it is';
        END IF;
        IF (TG_OP = 'INSERT' OR jsonb_array_length(OLD.parts) > 0) AND NEW.text IS DISTINCT FROM (
            SELECT string_agg(e->>'text' || coalesce(
                E'\n> ' || replace(nullif(NEW.prose->>(e->>'key'), ''), E'\n', E'\n> '), ''),
                E'\n\n' ORDER BY n) || E'\n'
            FROM jsonb_array_elements(NEW.parts) WITH ORDINALITY t(e, n)) THEN
            RAISE EXCEPTION 'minutes read as their parts, each with its prose';
        END IF;
        RETURN NEW;
    """,
)


class Minutes(Confirming, Signing, models.Model):
    """What was decided and why. `parts` were drafted from the record and stay; `prose`, by a part's key, is what people
    write beside them until a later meeting confirms the text; `text` is both."""

    meeting = models.OneToOneField("forums.Meeting", on_delete=models.PROTECT, related_name="minutes")
    parts = models.JSONField(default=list, db_default=[])
    prose = models.JSONField(default=dict, db_default={})
    text = models.TextField()
    drafted_at = models.DateTimeField()
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "minutes"
        triggers = [
            pgtrigger.Protect(name="minutes_stay_on_record", operation=pgtrigger.Delete),
            MINUTES_READ_AS_THEIR_PARTS,
            pgtrigger.Trigger(
                name="sealed_minutes_are_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM forums_sealing WHERE minutes_id = OLD.id)
                       OR EXISTS (SELECT FROM forums_confirmation WHERE minutes_id = OLD.id) THEN
                        RAISE EXCEPTION 'confirmed minutes are frozen';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"minutes of {self.meeting}"

    @property
    def text_hash(self) -> str:
        return minutes_parts.digest(self.text)

    def is_sealed(self) -> bool:
        return Sealing.objects.filter(minutes=self).exists()

    def is_confirmed(self) -> bool:
        """Sealed ones count too: before confirmation was asked for, they were sealed without."""
        return self.is_sealed() or Confirmation.objects.filter(minutes=self).exists()

    def attended(self) -> set[int]:
        """Whoever was in the room, by number."""
        return set(self.meeting.attendances.values_list("person_id", flat=True))

    # --- the prose ------------------------------------------------------------------------------------------------
    def word(self, prose: Mapping[str, str], *, read: str, by: Actor) -> None:
        """Chair or secretary words the prose beside the parts; `read` is the hash of the text they started from."""
        if not self.meeting.is_recorded_by(by.person):
            raise PermissionDenied
        with audit.act():
            current = self.unconfirmed()
            if current.text_hash != read:
                raise Refusal("Somebody else has edited these minutes meanwhile; reload the page and edit theirs.")
            kept = {key: told for key, said in prose.items() if (told := minutes_parts.tidied(said))}
            if not set(kept) <= {each["key"] for each in current.parts}:
                raise InvalidInput("Prose stands beside a part of the minutes.", {"prose": "Name one of their parts."})
            self._keep(current.parts, kept, edited_by=by.person, edited_at=clock.now())
            audit.record("minutes.edited", self, by=by, meeting=self.meeting_id, text=self.text_hash)

    def take_in(self, sentence: str) -> None:
        """Append what was recorded once the draft was made, within the act under way; the row is locked."""
        added = minutes_parts.part(f"added-{len(self.parts)}", [ADDED_LATER, f"- {sentence}"])
        self._keep([*self.parts, added], self.prose)

    def _keep(self, parts: Sequence[Part], prose: Mapping[str, str], **stamps: object) -> None:
        text = minutes_parts.compose(parts, prose)
        Minutes.objects.filter(pk=self.pk).update(parts=parts, prose=prose, text=text, **stamps)
        self.refresh_from_db()

    def unconfirmed(self) -> "Minutes":
        """The row as it stands, held until commit, so that nobody edits while somebody confirms."""
        current = self.unsealed()
        if current.is_confirmed():
            raise Refusal("These minutes are confirmed; a correction is a new record.")
        return current

    def unsealed(self) -> "Minutes":
        current = Minutes.objects.select_for_update(of=("self",), no_key=True).select_related("meeting").get(pk=self.pk)
        if current.is_sealed():
            raise Refusal("These minutes are sealed; a correction is a new record.")
        return current


class ObservationsShown(models.Func):
    """The numbers of the observations that the content of a view shows."""

    function = "forums_observations_shown"
    output_field = ArrayField(models.BigIntegerField())


class ViewSnapshot(Recorded):
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
