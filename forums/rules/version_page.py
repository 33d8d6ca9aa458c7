"""A version of a rule before and after it is approved: what it changes, and what it would have found."""

from dataclasses import dataclass

from forums.measures.definition_versions import Change
from forums.rules.terms import changes, stated
from metrics.assessment.terms import JUDGING
from metrics.detection.told.sentences import SUPPRESSED
from metrics.models import Definition, Measure, Rule, RuleVersion
from metrics.rules.back_testing import BackTest, Found, back_test
from metrics.rules.terms import Tuning
from truthgov.figures import counted
from truthgov.labels import abbreviate
from truthgov.svg import Chart, Line, Panel

SHOWN = 8
"""Findings that stand open on the page, the latest."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Everything the page shows; `test` is there while the version waits, for whoever is to decide on it."""

    rule: Rule
    version: RuleVersion
    judged: Measure
    terms: list[tuple[str, str]]
    changes: list[Change]
    test: BackTest | None
    chart: Chart | None

    @property
    def judges(self) -> bool:
        return self.version.state in JUDGING

    @property
    def latest(self) -> list[Found]:
        """The findings that are looked at first."""
        return self.test.found[:SHOWN] if self.test else []

    @property
    def earlier(self) -> list[Found]:
        return self.test.found[SHOWN:] if self.test else []

    @property
    def suppressed(self) -> list[tuple[str, int]]:
        """What it would have suppressed, by reason, the most first."""
        return [(SUPPRESSED[why], count) for why, count in self.test.suppressed.most_common()] if self.test else []

    @property
    def per_period(self) -> str:
        """Findings a period, as a reader takes them in."""
        return f"{self.test.per_period:.1f}" if self.test else ""


def version_page(version: RuleVersion) -> VersionPage:
    """The page of a version; one that waits is tested on the past, in a fixed number of queries."""
    rule = version.rule
    judged = rule.judged
    definition = Definition.objects.live().filter(measure=judged).first()
    before = rule.versions.approved().filter(version__lt=version.version).order_by("-version").first()
    stands = Tuning.of(before) if before else Tuning.before_any(rule)
    test = back_test(rule, version) if version.is_waiting else None
    return VersionPage(
        rule, version, judged, stated(rule, Tuning.of(version), definition),
        changes(rule, stands, Tuning.of(version), definition), test, _chart(test) if test and test.periods else None,
    )  # fmt: skip


def _chart(test: BackTest) -> Chart:
    """Findings by period."""
    periods = [period for period, _ in test.by_period]
    line = Line("Findings", tuple(count for _, count in test.by_period))
    told = f"{counted(len(test.found), 'finding')} in {counted(len(periods), 'period')}."
    return Chart(
        "What it would have found, by period", told,
        tuple(map(str, periods)), tuple(map(abbreviate, periods)), (Panel("Findings", "count", (line,)),),
    )  # fmt: skip
