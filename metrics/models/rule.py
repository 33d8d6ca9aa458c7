import numpy as np
from django.db import models
from django.db.models import F, Q
from numpy.typing import NDArray

from metrics.detection.batch import Verdict
from metrics.models.link import Link
from metrics.models.measure import Measure
from metrics.models.source import Source
from truthgov.periods import Grain


class Rule(models.Model):
    """What is looked at for one kind of contradiction: a link, or a measure that comes from two sources.

    Rules come from the dictionary by themselves. `quiet_periods` quiet periods after a decision prove its remedy.
    """

    class Kind(models.TextChoices):
        DIVERGENCE = "divergence"
        HANDOFF = "handoff"
        SOURCE_DISAGREEMENT = "source_disagreement", "source disagreement"

    class State(models.TextChoices):
        ACTIVE = "active"
        OFF = "off"

    kind = models.CharField(max_length=24, choices=Kind)
    link = models.ForeignKey(Link, null=True, on_delete=models.PROTECT, related_name="rules")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="rules")
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    other_source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    quiet_periods = models.PositiveSmallIntegerField(default=3)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "link"], name="a_link_is_judged_once_per_kind"),
            models.UniqueConstraint(
                fields=["measure", "source", "other_source"], name="a_pair_of_sources_is_judged_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="source_disagreement", link__isnull=True, measure__isnull=False,
                            source__lt=F("other_source"))
                | Q(kind__in=["divergence", "handoff"], link__isnull=False, measure__isnull=True),
                name="a_rule_looks_at_a_link_or_at_two_sources",
            ),
            models.CheckConstraint(condition=Q(quiet_periods__gte=1), name="a_remedy_is_proved_by_some_quiet"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.link or self.measure}"


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
