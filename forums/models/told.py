from django.db import models

from truthgov.models import Fact, Person


class Told(Fact):
    """That a person was written to about something they owe in forums: once while it is to be done, once overdue."""

    class Stage(models.TextChoices):
        DUE = "due"
        OVERDUE = "overdue"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200, help_text="Its kind and where it is done.")
    stage = models.CharField(max_length=8, choices=Stage)
    sent_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(fields=["person", "what", "stage"], name="a_person_is_told_once_of_each_stage")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.what}, {self.stage}"
