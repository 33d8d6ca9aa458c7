from decimal import Decimal
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from metrics.dictionary.holding import by_measure
from metrics.dictionary.terms import meets_target
from metrics.models.decided import A_DECIDED_DEFINITION_IS_DECIDED_ANEW
from metrics.models.dictionary_change import CHANGES_THE_DICTIONARY
from metrics.models.link import Link
from metrics.models.measure import Measure
from truthgov.acts import ActField
from truthgov.models import Accounted, Fact, Person, Recorded
from truthgov.periods import Grain

FRESHNESS_DAYS = {Grain.DAY: 2, Grain.WEEK: 8, Grain.MONTH: 32, Grain.QUARTER: 62}
"""Days after a period's end within which its figures are promised where the dictionary says nothing."""
MOST_DECIMALS = 12
"""Those of a target, at which figures are compared with it."""

NEVER_ADDED = ("fraction", "ratio", "index")
"""Units of which a sum of parts would mean nothing."""
ENDS_OR_WAITS = ~Q(status="approved") | Q(retires=True)


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def approved(self) -> Self:
        return self.filter(status=Definition.Status.APPROVED)

    def waiting(self) -> Self:
        """Proposed or in review: the approved version holds meanwhile."""
        return self.filter(status__in=Definition.WAITING)

    def live(self) -> Self:
        """The latest approved version of each measure."""
        return self.approved().order_by("measure_id", "-version").distinct("measure_id")

    def last_approved(self) -> Self:
        """The approved versions that no later one follows."""
        later = Definition.objects.approved().filter(measure=OuterRef("measure"), version__gt=OuterRef("version"))
        return self.approved().filter(~Exists(later))

    def left_to_people(self) -> Self:
        """But for those that would succeed a version which a decision approved: only a decision approves these."""
        decided = Definition.objects.last_approved().exclude(authority="")
        return self.exclude(measure__in=decided.values("measure"))

    def derived(self) -> Self:
        """Those in force that are computed from other measures."""
        return self.last_approved().exclude(derivation="")

    def retiring(self) -> Self:
        """Those that end their measure, today or from a day to come on."""
        return self.last_approved().filter(retires=True)

    def unguarded(self) -> Self:
        """Those in force with a target that nothing guards against being gamed, and no reason why nothing needs to."""
        bare = self.last_approved().filter(target__isnull=False, unguarded_because="", retires=False)
        ended = Definition.objects.retiring().values("measure")
        guarding = Measure.objects.filter(guards=OuterRef("measure")).exclude(pk__in=ended)
        gamed = Link.objects.filter(kind=Link.Kind.GAMING, from_measure=OuterRef("measure"))
        return bare.exclude(Exists(guarding)).exclude(Exists(gamed.exclude(to_measure__in=ended)))

    def histories(self) -> "dict[int, list[Definition]]":
        """By measure, the approved versions as they were decided; which holds: `metrics.dictionary.holding`."""
        return by_measure(self.approved().order_by("version"))


class Definition(Accounted):
    """A dated version of what a measure means; frozen by the database once approved.

    `target`, `red_threshold` and `min_effect` (the smallest change that matters) are in the measure's unit;
    `reliable_from` is the denominator below which a figure is too small to judge; `source_tolerance` and
    `restatement_threshold` are relative (0.05 is 5 %). It holds for periods from `starts_on` (empty: since ever)
    until a later approved version's.

    One with a `derivation` is computed from other measures by that formula (see `metrics.formulas`): nobody hands its
    figures in.

    A version that `changes_counting` draws a break: figures before it are compared with figures after it only by its
    bridge (figure × factor + offset, in the measure's unit), where one is given. One that `retires` ends the measure.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        IN_REVIEW = "in_review", "in review"
        APPROVED = "approved"
        WITHDRAWN = "withdrawn"
        REJECTED = "rejected"

    WAITING = (Status.PROPOSED, Status.IN_REVIEW)

    class Unit(models.TextChoices):
        FRACTION = "fraction"
        COUNT = "count"
        RATIO = "ratio"
        INDEX = "index"
        CURRENCY = "currency"
        DAYS = "days"
        HOURS = "hours"
        MINUTES = "minutes"

    class Direction(models.TextChoices):
        HIGHER = "higher", "higher is better"
        LOWER = "lower", "lower is better"

    class RollUp(models.TextChoices):
        NONE = "none", "never computed from parts"
        SUM = "sum", "sum of parts"
        RATIO = "ratio", "numerators over denominators of the parts"
        LAST = "last", "the last figure; never over segments"

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="definitions")
    version = models.PositiveIntegerField()
    starts_on = models.DateField(null=True, blank=True)
    wording = models.TextField(help_text="The formula in words.")
    formula = models.TextField(blank=True)
    derivation = models.CharField(max_length=500, blank=True, help_text="The formula that computes it, over measures.")
    unit = models.CharField(max_length=12, choices=Unit)
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217, for unit currency.")
    direction = models.CharField(max_length=8, choices=Direction)
    grain = models.CharField(max_length=8, choices=[(grain.value, grain.value) for grain in Grain])
    decimals = models.PositiveSmallIntegerField(default=2)
    target = models.DecimalField(max_digits=30, decimal_places=MOST_DECIMALS, null=True, blank=True)
    red_threshold = models.DecimalField(max_digits=30, decimal_places=MOST_DECIMALS, null=True, blank=True)
    min_effect = models.DecimalField(max_digits=30, decimal_places=MOST_DECIMALS, null=True, blank=True)
    reliable_from = models.DecimalField(max_digits=30, decimal_places=6, null=True, blank=True)
    source_tolerance = models.DecimalField(max_digits=6, decimal_places=4, default="0.05")
    restatement_threshold = models.DecimalField(max_digits=6, decimal_places=4, default="0.02")
    freshness_days = models.PositiveSmallIntegerField()
    roll_up = models.CharField(max_length=8, choices=RollUp, default=RollUp.NONE)
    unguarded_because = models.TextField(blank=True, help_text="Why its target needs no counter-measure.")
    changes_counting = models.BooleanField(default=False)
    bridge_factor = models.DecimalField(max_digits=24, decimal_places=12, null=True, blank=True)
    bridge_offset = models.DecimalField(max_digits=30, decimal_places=MOST_DECIMALS, default=0)
    bridge_reason = models.TextField(blank=True)
    retires = models.BooleanField(default=False)
    rationale = models.TextField(blank=True, help_text="Why this version.")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    act = ActField()
    authority = models.CharField(max_length=60, blank=True, help_text="The decision that approved it, if a forum did.")
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True, help_text="Why it was withdrawn or rejected.")

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["measure", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "version"], name="a_definition_version_is_given_once"),
            models.CheckConstraint(
                condition=~Q(status="approved") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="a_definition_is_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(status__in=["proposed", "in_review"]),
                name="one_version_of_a_definition_waits",
            ),
            models.CheckConstraint(
                condition=Q(bridge_factor__isnull=True, bridge_offset=0, bridge_reason="")
                | (Q(bridge_factor__gt=0, changes_counting=True) & ~Q(bridge_reason="")),
                name="a_bridge_spans_a_change_of_counting_and_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(retires=True) | Q(starts_on__isnull=False), name="a_measure_is_retired_from_a_day"
            ),
            models.CheckConstraint(
                condition=ENDS_OR_WAITS | Q(source_tolerance__range=(0, 1), restatement_threshold__range=(0, 1)),
                name="tolerance_and_threshold_are_shares",
            ),
            models.CheckConstraint(
                condition=ENDS_OR_WAITS | ~Q(roll_up="sum", unit__in=NEVER_ADDED), name="what_has_no_sum_is_not_summed"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["measure"], condition=~Q(derivation=""), name="definitions_that_are_derived"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="an_approved_definition_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=["approved", "withdrawn", "rejected"]),
            ),
            pgtrigger.ReadOnly(
                name="a_definition_says_what_was_proposed",
                exclude=["status", "approved_by", "approved_at", "act", "authority", "ended_by", "ended_because"],
            ),
            A_DECIDED_DEFINITION_IS_DECIDED_ANEW,
            CHANGES_THE_DICTIONARY,
        ]

    def __str__(self) -> str:
        return f"{self.measure.code}, version {self.version}"

    @property
    def is_waiting(self) -> bool:
        return self.status in self.WAITING

    @property
    def is_derived(self) -> bool:
        """Are its figures computed from those of other measures?"""
        return bool(self.derivation)

    @property
    def is_handed_in(self) -> bool:
        """Does somebody owe its figures: they are neither computed nor at an end?"""
        return not (self.derivation or self.retires)

    @property
    def worded_unit(self) -> str:
        """The unit in which figures are worded: a currency by its code."""
        return self.currency or self.unit

    def meets_target(self, value: Decimal | None) -> bool | None:
        """Does a figure stand at its target or on its good side, at this version's decimals?

        None where there is no figure, or no target to meet.
        """
        is_higher = self.direction == self.Direction.HIGHER
        return meets_target(value, self.target, self.decimals, higher_is_better=is_higher)


class DefinitionComment(Recorded):
    """What a named person said of a version while it waited."""

    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something")]

    def __str__(self) -> str:
        return f"{self.person}: {self.text}"
