"""One rule: what it looks at, its versions, what came of its cases, and what it said and suppressed by period."""

from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from forums.measures.definition_versions import Change
from forums.rules.terms import QUESTIONS, changes, stated
from metrics.detection.told.sentences import SUPPRESSED
from metrics.detection.told.wording import how_often
from metrics.models import Contradiction, Definition, Measure, Rule, RuleVersion
from metrics.rules.record import Record, Suppression, Told, records, suppressions, told_by
from metrics.rules.terms import Tuning
from truthgov import clock
from truthgov.periods import Grain, Period

CASES = 20
Status = RuleVersion.Status


@dataclass(frozen=True, slots=True)
class Version:
    """A version, with what it says otherwise than the one approved before it."""

    version: RuleVersion
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Said:
    """What the rule said in one period, its suppressions by their reasons in words, the most first."""

    told: Told
    reasons: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment in which something was suppressed, with the chance of it in words."""

    suppression: Suppression
    chance: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """Everything the page of a rule shows; `asked` is the period whose suppressions are listed."""

    rule: Rule
    question: str
    judged: Measure
    state: str
    terms: list[tuple[str, str]]
    versions: list[Version]
    ended: list[RuleVersion]
    record: Record
    cases: list[Contradiction]
    said: list[Said]
    monitored: list[Said]
    asked: Period | None = None
    kept: list[Kept] = field(default_factory=list)

    @property
    def waiting(self) -> Version | None:
        return next((each for each in self.versions if each.version.is_waiting), None)


def rule_page(rule: Rule, *, period: str = "") -> RulePage:
    """The page of a rule; `period` is the code of the one whose suppressions are asked for. A fixed number of
    queries."""
    people = "proposed_by", "appointment", "approved_by", "ended_by"
    versions = list(rule.versions.select_related(*people).order_by("version"))
    judged = rule.judged
    definition = Definition.objects.live().filter(measure=judged).first()
    approved = [each for each in versions if each.status == Status.APPROVED]
    held = [each for each in approved if each.starts_on is None or each.starts_on <= clock.today()]
    stands = Tuning.of(held[-1]) if held and rule.replaced_by_id is None else Tuning.before_any(rule)
    said, monitored = (_said(told_by(rule, monitored=each)) for each in (False, True))
    asked = _asked(period, said or monitored)
    cases = Contradiction.objects.filter(rule=rule).select_related("measure", "other_measure", "source",
                                                                   "other_source", "segment")  # fmt: skip
    return RulePage(
        rule=rule,
        question=QUESTIONS[Rule.Kind(rule.kind)],
        judged=judged,
        state=stands.state,
        terms=stated(rule, stands, definition),
        versions=_versions(rule, versions, definition),
        ended=[each for each in versions if each.status in (Status.WITHDRAWN, Status.REJECTED)][::-1],
        record=records([rule.pk])[rule.pk],
        cases=list(cases.by_severity()[:CASES]),
        said=said,
        monitored=monitored,
        asked=asked,
        kept=_kept(rule, asked.start, monitored=not said) if asked else [],
    )


def _versions(rule: Rule, versions: list[RuleVersion], definition: Definition | None) -> list[Version]:
    """Those that hold, held, or wait; the latest first."""
    told, before = [], Tuning.before_any(rule)
    for each in versions:
        if each.status in (Status.APPROVED, Status.PROPOSED):
            told.append(Version(each, changes(rule, before, Tuning.of(each), definition)))
        if each.status == Status.APPROVED:
            before = Tuning.of(each)
    return told[::-1]


def _said(told: list[Told]) -> list[Said]:
    return [Said(each, [(SUPPRESSED[why], count) for why, count in each.suppressed.most_common()]) for each in told]


def _asked(code: str, said: list[Said]) -> Period | None:
    """The period that an address names, if the rule judged it."""
    return next((each.told.period for each in said if each.told.period.code == code), None)


def _kept(rule: Rule, start: date, *, monitored: bool) -> list[Kept]:
    found = suppressions(rule, start, monitored=monitored)
    return [Kept(each, how_often(each.p) if isfinite(each.p) else "") for each in found]


def earliest_start(rule: Rule) -> date | None:
    """The first period that a version can hold for: the present one; None while its measure is not defined."""
    definition = Definition.objects.live().filter(measure=rule.judged).first()
    return Period.containing(clock.today(), Grain(definition.grain)).start if definition else None
