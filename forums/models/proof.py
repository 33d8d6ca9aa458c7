from django.db import models

from truthgov.models import Fact, Person, StatedFile, StatesFiles, only_what_is_stated


class Proof(StatesFiles):
    """What an owner shows for an action being done; one that was sent back stays."""

    action = models.ForeignKey("forums.Action", on_delete=models.PROTECT, related_name="proofs")
    text = models.TextField()
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta(StatesFiles.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"proof of {self.action}"


class ProofFile(StatedFile):
    """A file that a proof rests on."""

    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, related_name="files")

    class Meta(StatedFile.Meta):
        constraints = [models.UniqueConstraint(fields=["proof", "digest"], name="a_file_proves_once")]
        triggers = [*Fact.Meta.triggers, only_what_is_stated("proof", "forums_proof")]
