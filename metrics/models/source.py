from typing import Self

from django.db import models
from django.utils.text import slugify

from metrics.dictionary.holding import by_measure
from metrics.models.decided import A_DECIDED_SOURCE_IS_DECIDED_ANEW
from metrics.models.dictionary_change import CHANGES_THE_DICTIONARY
from metrics.models.measure import Measure
from metrics.models.validity import WHAT_IS_DISPUTED_IS_DECIDED
from truthgov import audit
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Accounted, Fact, Key, Person, Recorded, Role

DERIVED = "derived"
"""The code of the source whose figures the product computes itself, from those of other measures."""


class SourceQuerySet(models.QuerySet["Source"]):
    def handed_in_from(self) -> Self:
        """Those that somebody hands figures in from: all but our own."""
        return self.exclude(code=DERIVED)


class Source(Accounted):
    """Where figures come from: a CRM, a help desk, a property management system."""

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def derived(cls) -> "Source":
        """The source of everything that is computed by a formula; nobody hands in from it."""
        return cls.objects.get_or_create(code=DERIVED, defaults={"name": DERIVED.capitalize()})[0]

    @classmethod
    def establish(cls, name: str, *, by: Actor) -> "Source":
        """A further source that figures may come from; by an administrator or the truth owner."""
        with audit.act():
            actor = acting_as(by, Role.ADMINISTRATOR, Role.TRUTH_OWNER)
            code = slugify(name)[:80]
            if not code:
                raise Refusal(f"{name} has no letters to make a code of; choose another name.")
            with only_once(f"There is a source called {name} already; choose another name."):
                source = cls.objects.create(code=code, name=name)
            audit.record("source.established", source, by=actor, name=name)
        return source


class KeySource(models.Model):
    """A source that a key may push."""

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="key_sources")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "source"], name="a_key_names_a_source_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.source}"


class SourceOfRecordQuerySet(models.QuerySet["SourceOfRecord"]):
    def histories(self) -> "dict[int, list[SourceOfRecord]]":
        """By measure, what was named, in the order in which it was; which holds: `metrics.dictionary.holding`."""
        return by_measure(self.order_by("pk"))


class SourceOfRecord(Recorded):
    """The source whose figure of a measure is the one shown, for periods from `starts_on`; a later row replaces it.

    `settles` is the other source of a pair whose disagreement this naming settles (it is retired from judgement). While
    two sources contradict each other, only a decision names one (`authority`), and so where a decision named the last.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="sources_of_record")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    settles = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True, help_text="Empty: since ever.")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(max_length=60, blank=True, help_text="The decision that named it.")
    named_at = models.DateTimeField()

    objects = SourceOfRecordQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["measure", "-id"]
        verbose_name_plural = "sources of record"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(authority="")
                | (models.Q(approved_by__isnull=False) & ~models.Q(approved_by=models.F("proposed_by"))),
                name="a_source_of_record_is_approved_by_another",
            )
        ]
        triggers = [
            *Fact.Meta.triggers,
            CHANGES_THE_DICTIONARY,
            WHAT_IS_DISPUTED_IS_DECIDED,
            A_DECIDED_SOURCE_IS_DECIDED_ANEW,
        ]

    def __str__(self) -> str:
        return f"{self.measure.code}: {self.source}"
