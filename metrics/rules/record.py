"""What came of a rule: how its cases ended, and what it suppressed and why. Read models for the pages of rules."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q

from metrics.detection.batch import Verdict
from metrics.detection.told.sentences import SUPPRESSED
from metrics.models import (
    Contradiction,
    ContradictionEvent,
    Judgement,
    MonitoredJudgement,
    Rule,
    RuleVersion,
    Segment,
    Signal,
)
from metrics.rules.terms import Tuning
from truthgov.periods import Grain, Period

PERIODS = 24
Code = ContradictionEvent.Code


@dataclass(frozen=True, slots=True)
class Record:
    """How the cases of a rule ended. Noise is a case of which no signal stands and that nobody decided on.

    A case that was decided on counts as decided, whatever came of it later; one that was joined to another counts
    there.
    """

    cases: int = 0
    decided: int = 0
    false_alarms: int = 0
    noise: int = 0

    @property
    def waiting(self) -> int:
        """Cases of which it is yet to be seen."""
        return self.cases - self.decided - self.false_alarms - self.noise

    @property
    def hit_rate(self) -> float | None:
        """The share of those that ended which a forum decided on; None before any has."""
        ended = self.decided + self.false_alarms + self.noise
        return self.decided / ended if ended else None


def records(rules: Collection[int]) -> dict[int, Record]:
    """The record of each of some rules, in one query."""
    events = ContradictionEvent.objects.filter(contradiction=OuterRef("pk"))
    standing = Signal.objects.filter(contradiction=OuterRef("pk"), withdrawal__isnull=True)
    signalled = Signal.objects.filter(contradiction=OuterRef("pk"))
    found = Contradiction.objects.filter(rule__in=rules).exclude(status=Contradiction.Status.JOINED)
    ended = found.annotate(
        was_decided=Exists(events.filter(code=Code.ENTERED_REMEDY)),
        was_false=Exists(events.filter(code=Code.FALSE_ALARM)),
        is_bare=Exists(signalled) & ~Exists(standing),
    )
    decided, false = Q(was_decided=True), Q(was_decided=False, was_false=True)
    noise = Q(was_decided=False, was_false=False, is_bare=True)
    counts = ended.values("rule").annotate(
        cases=Count("pk"), decided=Count("pk", filter=decided), false_alarms=Count("pk", filter=false),
        noise=Count("pk", filter=noise), of_rule=F("rule"),
    ).order_by()  # fmt: skip
    told = {row["of_rule"]: Record(row["cases"], row["decided"], row["false_alarms"], row["noise"]) for row in counts}
    return {rule: told.get(rule, Record()) for rule in rules}


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule said in one period: how much it judged and found, and what it suppressed, by its reason."""

    period: Period
    judged: int
    found: int
    suppressed: Counter[Verdict] = field(default_factory=Counter)


def told_by(rule: Rule, *, periods: int = PERIODS, monitored: bool = False) -> list[Told]:
    """What a rule said in the last periods that it judged, the latest first; in one query.

    `monitored`: what it would have found while it was in monitor.
    """
    kept = MonitoredJudgement.objects if monitored else Judgement.objects
    stored = kept.filter(rule=rule).order_by("-period_start")[:periods]
    return [_told(judgement) for judgement in stored]


def _told(judgement: Judgement | MonitoredJudgement) -> Told:
    verdicts = Counter(judgement.cells["verdict"].tolist())
    suppressed = Counter({Verdict(code): count for code, count in verdicts.items() if code >= Verdict.MISSING})
    period = Period.containing(judgement.period_start, Grain(judgement.grain))
    return Told(period, sum(verdicts.values()), verdicts[Verdict.FLAG], suppressed)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A cell that might look like a contradiction and was not made one; `p` is NaN where nothing was tested."""

    segment: Segment
    verdict: Verdict
    why: str
    p: float
    effect: float


def suppressions(rule: Rule, start: date, *, monitored: bool = False) -> list[Suppression]:
    """What a rule suppressed in the period that begins on a day, the least likely chance first; in two queries."""
    kept = MonitoredJudgement.objects if monitored else Judgement.objects
    judgement = kept.filter(rule=rule, period_start=start).first()
    if judgement is None:
        return []
    cells = judgement.cells[judgement.cells["verdict"] >= Verdict.MISSING]
    segments = Segment.objects.in_bulk(set(cells["segment"].tolist()))
    told = [
        Suppression(segments[segment], Verdict(verdict), SUPPRESSED[Verdict(verdict)], p, effect)
        for segment, verdict, p, effect in cells.tolist()
    ]
    return sorted(told, key=lambda each: (each.p != each.p, each.p, str(each.segment)))


def states_on(rules: Collection[Rule], day: date) -> dict[int, str]:
    """How some rules stand for periods that begin on a day, by their approved versions; in one query."""
    judging = [rule for rule in rules if rule.replaced_by_id is None]
    versions = RuleVersion.objects.approved().begun(on=day).filter(rule__in=judging).order_by("version")
    return {rule.pk: Tuning.before_any(rule).state for rule in rules} | dict(versions.values_list("rule", "state"))
