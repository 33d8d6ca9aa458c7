"""A change of counting ends comparisons, unless it is bridged; what is retired or settled is judged no more."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from forums.motions.acts import SourceNaming
from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.models import Contradiction, Definition, Judgement, Measure, Signal, TouchedSet
from tests.factories.metrics import DefinitionFactory, SourceFactory, SourceOfRecordFactory
from tests.metrics.assessment.conftest import GOOD, Push, quiet
from truthgov.models import Person
from truthgov.periods import Grain, Period

JULY = Period.parse("2026-07", Grain.MONTH)
LOWER = 0.60
"""What the outcome shows once a third of the promises is no longer counted."""


@pytest.fixture
def counted_anew(quiet_years: None, served: Measure) -> Callable[..., Definition]:
    """The outcome is counted differently from July on, and has a target below what it shows."""

    def approved(**bridge: object) -> Definition:
        known = served.definitions.get(version=1)
        terms = {name: getattr(known, name) for name in ("min_effect", "reliable_from")}
        version = DefinitionFactory(measure=served, version=2, starts_on=JULY.start, target=None, **terms, **bridge)
        TouchedSet.objects.note((series, JULY.start) for series in served.series.values_list("pk", flat=True))
        return version

    return approved


def go_on(push: Push, claimed: Measure, served: Measure, values: list[float]) -> None:
    """The KPI gets better while the outcome shows these figures from July on."""
    push(claimed, quiet(0.25, len(values)), first="2026-07")
    push(served, values, first="2026-07")
    assess()


def verdict(served: Measure, month: str) -> Verdict:
    whole = served.series.get().segment_id
    return Judgement.objects.get(kind="divergence", period_start=Period.parse(month, Grain.MONTH).start).verdict_on(
        whole
    )


def test_the_same_figures_signal_where_nothing_was_said_of_the_counting(counted_anew, push, claimed, served):
    counted_anew()
    go_on(push, claimed, served, quiet(LOWER, 2))
    assert verdict(served, "2026-08") == Verdict.FLAG


def test_figures_before_a_change_of_counting_are_no_past_for_those_after(counted_anew, push, claimed, served):
    counted_anew(changes_counting=True)
    go_on(push, claimed, served, quiet(LOWER, 2))
    assert verdict(served, "2026-08") == Verdict.NO_BASELINE
    assert not Signal.objects.exists()


def test_a_bridge_lets_figures_compare_and_the_finding_says_so(counted_anew, push, claimed, served):
    counted_anew(changes_counting=True, bridge_factor=Decimal("0.6452"), bridge_reason="A third is no longer counted.")
    go_on(push, claimed, served, [*quiet(LOWER, 2), 0.40, 0.41])
    assert verdict(served, "2026-08") not in (Verdict.NO_BASELINE, Verdict.FLAG)
    signal = Signal.objects.filter(contradiction__kind="divergence").latest("period_start")
    assert "bridged" in signal.sentence
    assert signal.evidence["outcome"]["bridged"] == [{"before": "2026-07-01", "factor": 0.6452, "offset": 0.0}]


def test_approving_a_change_of_counting_takes_back_what_only_the_comparison_showed(counted_anew, push, claimed, served):
    """Judged anew from its first period on, and only there."""
    DefinitionFactory(measure=served, version=9, starts_on=JULY.shift(40).start)
    version = counted_anew()
    go_on(push, claimed, served, quiet(LOWER, 2))
    before = Judgement.objects.get(kind="divergence", period_start=JULY.shift(-1).start).packed
    assert Signal.objects.filter(contradiction__kind="divergence", withdrawal=None).exists()
    terms = {name: getattr(version, name) for name in ("min_effect", "reliable_from", "starts_on")}
    DefinitionFactory(measure=served, version=3, target=None, changes_counting=True, **terms)
    TouchedSet.objects.note((series, JULY.start) for series in served.series.values_list("pk", flat=True))
    assess()
    assert not Signal.objects.filter(contradiction__kind="divergence", withdrawal=None).exists()
    assert bytes(Judgement.objects.get(kind="divergence", period_start=JULY.shift(-1).start).packed) == bytes(before)


def test_of_a_retired_measure_nothing_is_judged_any_more_and_it_says_why(go_bad, push, claimed, served):
    go_bad(3)
    case = Contradiction.objects.get(kind="divergence")
    assert case.signals.filter(withdrawal=None).count() == 3
    DefinitionFactory(measure=served, version=2, starts_on=JULY.shift(1).start, retires=True)
    TouchedSet.objects.note((series, JULY.shift(1).start) for series in served.series.values_list("pk", flat=True))
    assess()
    assert [verdict(served, month) for month in ("2026-07", "2026-08", "2026-09")] == [
        Verdict.FLAG, Verdict.RETIRED, Verdict.RETIRED,
    ]  # fmt: skip
    withdrawn = case.signals.exclude(withdrawal=None)
    assert {signal.withdrawal.why.split(":")[0] for signal in withdrawn} == {"This period is no longer judged"}
    case.refresh_from_db()
    assert case.status == "open"


def test_a_settled_pair_keeps_no_flags_in_the_periods_it_is_settled_for(
    served: Measure, push: Push, decide: Callable[..., None], sales_lead: Person
) -> None:
    crm, survey = SourceFactory(code="crm"), SourceFactory(code="survey")
    SourceOfRecordFactory(measure=served, source=crm)
    push(served, [GOOD] * 3, first="2026-01")
    push(served, [GOOD / 2] * 3, first="2026-01", source="survey")
    assess()
    march = Period.parse("2026-03", Grain.MONTH)
    naming = SourceNaming(served, crm, proposed_by=sales_lead, starts_on=march.start, settles=survey)
    decide(Contradiction.objects.get(), march.start, naming)
    TouchedSet.objects.note((series, march.start) for series in served.series.values_list("pk", flat=True))
    assess()
    standing = Signal.objects.filter(withdrawal=None).values_list("period_start__month", flat=True)
    assert sorted(standing) == [1, 2]
