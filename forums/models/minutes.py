from django.db import models

from forums.models.meeting import Meeting
from truthgov.models import Appointment, Fact, Person


class Minutes(models.Model):
    """What was decided and why: drafted from the record, prose until a sealing freezes it."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    text = models.TextField()
    drafted_at = models.DateTimeField()
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"minutes of {self.meeting}"


class ViewSnapshot(Fact):
    """The reconciled view as a meeting knew it: frozen when it closed, `hash` the SHA-256 of its canonical JSON."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="view")
    period_start = models.DateField()
    known_entry = models.BigIntegerField()
    content = models.JSONField()
    hash = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta(Fact.Meta):
        pass

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
    """Chair and secretary have signed one text: it, the decisions and the view shown are frozen under one hash."""

    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="sealing")
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    view_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(Fact.Meta):
        pass

    def __str__(self) -> str:
        return f"sealing of {self.minutes}"
