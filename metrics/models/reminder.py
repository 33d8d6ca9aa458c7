from django.db import models

from truthgov.models import Fact, Person, Scope


class Reminder(Fact):
    """That a person was reminded of what a scope owes for a period: once before its deadline, once after it."""

    class Kind(models.TextChoices):
        BEFORE = "before", "before the deadline"
        AFTER = "after", "after the deadline"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reminders")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, help_text="The period's short form.")
    kind = models.CharField(max_length=8, choices=Kind)
    sent_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "scope", "code", "kind"], name="a_person_is_reminded_once_of_each_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.scope}, {self.code}, {self.get_kind_display()}"
