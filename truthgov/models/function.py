from django.db import models

from truthgov.models.base import Accounted
from truthgov.models.scope import Scope


class Function(Accounted):
    """A part of the organisation that answers for figures."""

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="function")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
