from datetime import date
from typing import Any, Self

import numpy as np
import pgtrigger
from django.db import models
from django.db.models import F, Q
from numpy.typing import NDArray

from metrics.detection.batch import Verdict
from metrics.models.dictionary_change import CHANGES_THE_DICTIONARY
from metrics.models.kind import ContradictionKind
from metrics.models.link import Link
from metrics.models.measure import Measure
from metrics.models.source import Source
from truthgov.models import Person
from truthgov.periods import Grain

OF_TWO = ["divergence", "handoff", "mix", "gaming", "overcommitment", "broken_link"]
"""Kinds that look at two measures, on a link or without one."""
OF_ONE = ["mix", "inconsistency", "definition_break", "integrity"]
"""Kinds that look at one measure: beside its whole, its companions, or its own past."""
SIDES = ("link__from_measure", "link__to_measure", "measure", "other_measure")
"""Where the measures stand that a rule looks at: on its link, or by themselves."""
NO_SOURCES = Q(source__isnull=True, other_source__isnull=True)
LOOKS_AT_SOURCES = Q(
    kind="source_disagreement", link__isnull=True, measure__isnull=False, other_measure__isnull=True,
    source__isnull=False, other_source__isnull=False, source__lt=F("other_source"),
)  # fmt: skip
LOOKS_AT_A_LINK = NO_SOURCES & Q(
    kind__in=[*OF_TWO, "inconsistency"], link__isnull=False, measure__isnull=True, other_measure__isnull=True
)
LOOKS_AT_ONE = NO_SOURCES & Q(kind__in=OF_ONE, link__isnull=True, measure__isnull=False, other_measure__isnull=True)
LOOKS_AT_TWO = NO_SOURCES & Q(
    ~Q(measure=F("other_measure")), kind__in=[*OF_TWO, "definition_break"], link__isnull=True, measure__isnull=False,
    other_measure__isnull=False,
)  # fmt: skip
A_RULE_IS_OF_ITS_LINKS_KIND = pgtrigger.Trigger(
    name="a_rule_is_of_its_links_kind",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("kind", "link_id"),
    when=pgtrigger.Before,
    condition=pgtrigger.Condition("NEW.link_id IS NOT NULL"),
    func="""
        IF NOT EXISTS (SELECT FROM metrics_link link WHERE link.id = NEW.link_id AND
                       (link.kind = NEW.kind OR (link.kind, NEW.kind) = ('divergence', 'broken_link'))) THEN
            RAISE EXCEPTION 'a rule judges its link as what the link was declared';
        END IF;
        RETURN NEW;
    """,
)


def on_any_side(name: str, value: Any) -> Q:
    """Rules that look at a measure of which the look-up `name` finds `value`."""
    found = Q()
    for side in SIDES:
        found |= Q(**{f"{side}__{name}": value})
    return found


class RuleQuerySet(models.QuerySet["Rule"]):
    def with_parties(self) -> Self:
        """Each with whom it looks at."""
        return self.select_related(*SIDES, "source", "other_source")

    def looking_at(self, kind: str, measure: Measure, other: Measure | None) -> Self:
        """Those of a kind on these very parties, on a link or without one; of sources, none."""
        linked = Q(link__from_measure=measure, link__to_measure=other) if other else Q(pk__in=[])
        return self.filter(linked | Q(measure=measure, other_measure=other, source=None), kind=kind).order_by("pk")

    def on_a_link(self, kind: str, measure: Measure, other: Measure | None) -> Self:
        """Those on a link that ask the same as a rule of a kind on these parties would.

        Segments are compared of one measure, on a link as without one; the link names a party to it.
        """
        if kind == Rule.Kind.INCONSISTENCY:
            return self.filter(kind=kind, link__to_measure=measure)
        return self.filter(kind=kind, link__from_measure=measure, link__to_measure=other)

    def stating(self, link: Link) -> Self:
        """Those on the parties themselves that ask what a link states, or whether it holds."""
        if link.kind == Link.Kind.INCONSISTENCY:
            return self.filter(kind=link.kind, measure=link.to_measure, other_measure=None)
        kinds = [link.kind, Rule.Kind.BROKEN_LINK] if link.kind == Link.Kind.DIVERGENCE else [link.kind]
        return self.filter(kind__in=kinds, measure=link.from_measure, other_measure=link.to_measure)


class Rule(models.Model):
    """What is looked at for one kind of contradiction: a link, one measure, two measures, or two sources of a measure.

    Rules come from the dictionary by themselves (`metrics.rules.made`); of two measures, `measure` is what is claimed
    and `other_measure` what it is held against. Somebody may propose one by hand: `made_by`. How it judges, and from
    which period on, is said by its approved versions; before any, one of the dictionary's is active and as it is
    declared there, and one made by hand is off. Whatever its versions say, one in the place of which a link came that
    states the same is off: `replaced_by`. QUIET_PERIODS quiet periods after a decision prove its remedy, unless its
    version says otherwise.
    """

    QUIET_PERIODS = 3

    Kind = ContradictionKind

    kind = models.CharField(max_length=24, choices=Kind)
    link = models.ForeignKey(Link, null=True, on_delete=models.PROTECT, related_name="rules")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="rules")
    other_measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    other_source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    replaced_by = models.ForeignKey(Link, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "link"], name="a_link_is_judged_once_per_kind"),
            models.UniqueConstraint(
                fields=["measure", "source", "other_source"], name="a_pair_of_sources_is_judged_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "measure", "other_measure"], condition=Q(link__isnull=True, source__isnull=True),
                nulls_distinct=False, name="measures_are_judged_once_per_kind",
            ),
            models.CheckConstraint(
                condition=LOOKS_AT_SOURCES | LOOKS_AT_A_LINK | LOOKS_AT_ONE | LOOKS_AT_TWO,
                name="a_rule_looks_at_what_its_kind_judges",
            ),
        ]  # fmt: skip
        triggers = [A_RULE_IS_OF_ITS_LINKS_KIND, CHANGES_THE_DICTIONARY]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"

    @property
    def about(self) -> str:
        """Whom it looks at, in words."""
        measure, other = self.parties
        if self.source and self.other_source:
            return f"{measure.name} from {self.source} and from {self.other_source}"
        return f"{measure.name} against {other.name}" if other else measure.name

    @property
    def parties(self) -> tuple[Measure, Measure | None]:
        """The measure that answers first, and the other one if there are two."""
        if self.link:
            return self.link.from_measure, self.link.to_measure
        if self.measure is None:
            raise ValueError(f"rule {self.pk} looks at nothing")
        return self.measure, self.other_measure

    @property
    def judged(self) -> Measure:
        """The measure whose periods it judges."""
        first, other = self.parties
        return other or first

    @property
    def begins_off(self) -> bool:
        """Does it judge nothing until somebody says that it should?"""
        return self.made_by_id is not None or self.replaced_by_id is not None

    def is_active(self, *, on: date) -> bool:
        """Does it judge cases on a day: not in monitor, switched off or retired?"""
        if self.replaced_by_id is not None:
            return False
        latest = self.versions.approved().begun(on=on).order_by("-version").first()
        return latest.state == latest.State.ACTIVE if latest else not self.begins_off


CELL = np.dtype([("segment", "<i8"), ("verdict", "u1"), ("p", "<f8"), ("effect", "<f4")])
"""One judged segment: its verdict is a code of `metrics.detection.batch.Verdict`, `p` NaN where nothing was tested."""


LOW = np.dtype([("rule", "<i8"), ("segment", "<i8"), ("p", "<f8")])
"""One p-value of a family that is low enough to count."""


class Judgement(models.Model):
    """What a rule found in one period, segment by segment, suppressed findings and their reasons included.

    `packed` is an array of CELLs, one a judged segment: bytes are read twenty times faster than arrays. A segment
    without a cell was not judged.
    """

    pk = models.CompositePrimaryKey("rule_id", "period_start")
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="judgements")
    period_start = models.DateField()
    kind = models.CharField(max_length=24, choices=Rule.Kind)
    grain = models.CharField(max_length=8, choices=[(grain.value, grain.value) for grain in Grain])
    packed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["kind", "grain", "period_start"], name="false_discovery_families")]

    def __str__(self) -> str:
        return f"{self.rule_id} in {self.period_start}"

    @property
    def cells(self) -> NDArray[np.void]:
        """The judged segments, as a structured array of CELLs."""
        return np.frombuffer(self.packed, CELL)

    def verdict_on(self, segment: int) -> Verdict:
        """What was said of one segment."""
        found = self.cells["verdict"][self.cells["segment"] == segment]
        return Verdict(int(found[0])) if len(found) else Verdict.NOT_JUDGED


class MonitoredJudgement(models.Model):
    """What a rule in monitor would have found in one period, had it been active; laid out as a Judgement.

    It counts in no false-discovery family and feeds no case.
    """

    pk = models.CompositePrimaryKey("rule_id", "period_start")
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="monitored")
    period_start = models.DateField()
    grain = models.CharField(max_length=8, choices=[(grain.value, grain.value) for grain in Grain])
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.rule_id} in {self.period_start}, monitored"

    @property
    def cells(self) -> NDArray[np.void]:
        """The judged segments, as a structured array of CELLs."""
        return np.frombuffer(self.packed, CELL)


class Tally(models.Model):
    """What is counted of a false-discovery family, all cells judged of a kind in a period.

    `members` is how many of its cells have a p-value, `low` an array of LOWs, those that could stand at all. Kept in
    step with the judgements, so that deciding a family costs what changed in it and not what it holds.
    """

    pk = models.CompositePrimaryKey("kind", "grain", "period_start")
    kind = models.CharField(max_length=24, choices=Rule.Kind)
    grain = models.CharField(max_length=8, choices=[(grain.value, grain.value) for grain in Grain])
    period_start = models.DateField()
    members = models.BigIntegerField()
    low = models.BinaryField()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.kind} in {self.period_start}: {self.members} tested"
