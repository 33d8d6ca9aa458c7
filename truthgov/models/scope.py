from typing import Self

from django.db import models
from django.db.models import Q


class Scope(models.Model):
    """What an appointment is held over: the organisation, a function, a journey or a forum."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation"
        FUNCTION = "function"
        JOURNEY = "journey"
        FORUM = "forum"

    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", condition=Q(kind="organisation"), name="one_organisation_per_installation"),
            models.UniqueConstraint("kind", "name", name="scopes_of_a_kind_differ_in_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def organisation(cls) -> Self:
        """The one organisation; Scope.DoesNotExist before it is founded."""
        return cls.objects.get(kind=cls.Kind.ORGANISATION)
