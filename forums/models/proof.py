from collections.abc import Sequence

import pgtrigger
from django.db import models

from truthgov.intake import Attached
from truthgov.models import Fact, Person

THE_FILES_STATED = pgtrigger.Trigger(
    name="a_file_is_one_that_its_proof_states",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
        IF NEW.digest <> encode(sha256(NEW.content), 'hex') OR NOT EXISTS (
            SELECT FROM forums_proof p
            WHERE p.id = NEW.proof_id AND p.attached @> jsonb_build_array(jsonb_build_object(
                'name', NEW.name, 'sha256', NEW.digest, 'size', length(NEW.content)))) THEN
            RAISE EXCEPTION 'a proof keeps the files that it stated, and no others';
        END IF;
        RETURN NEW;
    """,
)


class Proof(Fact):
    """What an owner shows for an action being done; one that was sent back stays. `attached` states its files."""

    action = models.ForeignKey("forums.Action", on_delete=models.PROTECT, related_name="proofs")
    text = models.TextField()
    attached = models.JSONField(default=list, db_default=[])
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"proof of {self.action}"

    def keep(self, files: Sequence[Attached]) -> None:
        """Store the files that it states, in the act in which it is given."""
        for file in files:
            self.files.create(name=file.name, media_type=file.media_type, digest=file.digest, content=file.content)


class ProofFile(Fact):
    """A file that a proof rests on; `digest` is the SHA-256 of its content."""

    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proof", "digest"], name="a_file_proves_once")]
        triggers = [*Fact.Meta.triggers, THE_FILES_STATED]

    def __str__(self) -> str:
        return self.name
