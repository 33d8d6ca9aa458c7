from datetime import date

from django.db import models

from truthgov import audit
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import InvalidInput
from truthgov.lifecycle import only_once
from truthgov.models import Person, Role

KEEPERS = (Role.SPONSOR, Role.TRUTH_OWNER, Role.SECRETARY)


class DayOffQuerySet(models.QuerySet["DayOff"]):
    def declared(self, day: date, name: str, *, by: Actor) -> "DayOff":
        """On `day` no forum meets; what was set on it is moved by `forums.charters.days_off`."""
        by = acting_as(by, *KEEPERS)
        if not name.strip():
            raise InvalidInput("A day without meetings has a name.", {"name": "Say what day it is."})
        with audit.act():
            with only_once(f"{day:%-d %B %Y} is a day without meetings already."):
                off = self.create(day=day, name=name.strip(), declared_by=by.person)
            audit.record("day_off.declared", off, by=by, day=day, name=off.name)
        return off


class DayOff(models.Model):
    """A day of the organisation's calendar on which no forum meets."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)
    declared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = DayOffQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        verbose_name = "day without meetings"
        verbose_name_plural = "days without meetings"

    def __str__(self) -> str:
        return f"{self.name}, {self.day:%-d %B %Y}"

    def withdraw(self, *, by: Actor) -> None:
        """Forums meet on it again; what was moved stays where it is."""
        by = acting_as(by, *KEEPERS)
        with audit.act():
            audit.record("day_off.withdrawn", self, by=by, day=self.day, name=self.name)
            self.delete()
