from collections.abc import Callable
from datetime import date

import pytest

from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.models import (
    Contradiction,
    ContradictionEvent,
    Judgement,
    Link,
    Measure,
    Observation,
    Rule,
    Signal,
    SignalWithdrawal,
    Tally,
    TouchedSet,
)
from tests.factories.metrics import LinkFactory
from tests.metrics.assessment.conftest import BAD, GOOD, QUIET_MONTHS, Push, quiet
from truthgov.models import AuditEntry
from truthgov.periods import Grain, Period

JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))


def test_a_link_is_judged_without_anybody_asking(quiet_years: None, link: Link) -> None:
    rule = Rule.objects.get(kind="divergence")
    assert (rule.kind, rule.link) == ("divergence", link)
    assert Judgement.objects.filter(rule=rule).count() == QUIET_MONTHS
    assert not Contradiction.objects.exists()


def test_an_outcome_that_gives_way_under_a_kpi_on_target_opens_a_contradiction(
    go_bad: Callable[..., None], link: Link
) -> None:
    go_bad(2)
    case = Contradiction.objects.get(kind="divergence")
    assert (case.status, case.measure, case.other_measure) == ("open", link.from_measure, link.to_measure)
    assert case.journey == link.to_measure.journey
    assert (case.first_period, case.last_period) == (JULY, AUGUST)
    assert "79.7 %" in case.statement
    assert case.severity_why.startswith(case.severity.capitalize())
    assert [event.code for event in case.events.all()] == ["opened"]
    assert AuditEntry.objects.filter(code="contradiction.opened", subject_id=str(case.pk)).count() == 1


def test_a_signal_freezes_its_evidence(go_bad: Callable[..., None], served: Measure) -> None:
    go_bad(1)
    signal = Signal.objects.get(contradiction__kind="divergence")
    evidence = signal.evidence
    assert evidence["period"] == "2026-07"
    assert evidence["figures"]["value"] == pytest.approx(BAD + 0.004)
    assert evidence["figures"]["lower"] < GOOD < evidence["figures"]["upper"]
    assert evidence["outcome"]["target"] == 0.9
    assert evidence["outcome"]["definition"] == served.definitions.get().pk
    cited = Observation.objects.filter(pk__in=signal.observations)
    assert cited.filter(period_start=JULY).count() == 2
    assert cited.count() == len(signal.observations)
    assert not cited.filter(period_start__gt=JULY).exists()


def test_assessing_twice_changes_nothing(go_bad: Callable[..., None], link: Link) -> None:
    go_bad(2)
    before = (Signal.objects.count(), ContradictionEvent.objects.count(), list(Judgement.objects.values_list("packed")))
    series = list(link.to_measure.series.values_list("pk", flat=True))
    TouchedSet.objects.note((each, date(2023, 1, 1)) for each in series)
    assert assess() == 1
    after = (Signal.objects.count(), ContradictionEvent.objects.count(), list(Judgement.objects.values_list("packed")))
    assert [bytes(packed) for (packed,) in after[2]] == [bytes(packed) for (packed,) in before[2]]
    assert after[:2] == before[:2]


def test_further_findings_feed_the_case_that_is_open(go_bad: Callable[..., None]) -> None:
    go_bad(1)
    go_bad(1, first="2026-08")
    case = Contradiction.objects.get(kind="divergence")
    assert [event.code for event in case.events.all()] == ["opened", "fed"]
    assert case.signals.count() == 2


def test_a_case_states_what_its_latest_figures_show(go_bad: Callable[..., None]) -> None:
    go_bad(1)
    assert Contradiction.objects.get(kind="divergence").statement.startswith("In July 2026")
    go_bad(1, first="2026-08")
    assert Contradiction.objects.get(kind="divergence").statement.startswith("In August 2026")


def test_old_findings_are_history_and_open_nothing(link: Link, push: Push) -> None:
    values = quiet(GOOD)
    values[-9:-6] = [BAD, BAD, BAD]
    push(link.from_measure, quiet(0.25), first="2023-07")
    push(link.to_measure, values, first="2023-07")
    assess()
    flagged = [
        each.period_start
        for each in Judgement.objects.filter(kind="divergence")
        if Verdict.FLAG in each.cells["verdict"]
    ]
    assert date(2025, 11, 1) in flagged
    assert not Contradiction.objects.exists()


def test_a_case_gathers_the_findings_of_the_year_before_it_was_opened(link: Link, push: Push) -> None:
    values = quiet(GOOD)
    values[-9:] = [BAD] * 9
    push(link.from_measure, quiet(0.25), first="2023-07")
    push(link.to_measure, values, first="2023-07")
    assess()
    case = Contradiction.objects.get(kind="divergence")
    assert case.first_period == date(2025, 10, 1)
    assert case.signals.count() == 9


def test_a_finding_in_a_part_feeds_the_case_of_the_whole(go_bad: Callable[..., None], link: Link, push: Push) -> None:
    web = '{"channel": "web"}'
    push(link.from_measure, quiet(0.25), first="2023-07", segment=web)
    push(link.to_measure, quiet(GOOD), first="2023-07", segment=web)
    go_bad(1)
    push(link.from_measure, quiet(0.25, 1), first="2026-07", segment=web)
    push(link.to_measure, quiet(BAD, 1), first="2026-07", segment=web)
    assess()
    case = Contradiction.objects.get(kind="divergence")
    assert case.segment.key == "{}"
    assert set(case.signals.values_list("segment__key", flat=True)) == {"{}", '{"channel":"web"}'}


def test_a_part_alone_has_a_case_of_its_own(quiet_years: None, link: Link, push: Push) -> None:
    web = '{"channel": "web"}'
    push(link.from_measure, quiet(0.25, 37), first="2023-07", segment=web)
    push(link.to_measure, [*quiet(GOOD), BAD], first="2023-07", segment=web)
    assess()
    assert Contradiction.objects.get(kind="divergence").segment.key == '{"channel":"web"}'


def test_a_gap_is_no_finding(quiet_years: None, link: Link, push: Push) -> None:
    push(link.from_measure, quiet(0.25, 3), first="2026-07")
    push(link.to_measure, [None, GOOD, GOOD], first="2026-07")
    assess()
    july = Judgement.objects.get(kind="divergence", period_start=JULY)
    assert list(july.cells["verdict"]) == [Verdict.MISSING]
    assert list(Contradiction.objects.values_list("kind", flat=True)) == ["integrity"]  # which it is told by


def test_a_restated_figure_withdraws_its_signal_and_leaves_the_case_open(
    go_bad: Callable[..., None], link: Link, push: Push
) -> None:
    go_bad(1)
    frozen = Signal.objects.get(contradiction__kind="divergence").evidence
    push(link.to_measure, [GOOD], first="2026-07", reason="late returns")
    assess()
    signal = Signal.objects.get(contradiction__kind="divergence")
    assert signal.evidence == frozen
    assert "no longer show" in SignalWithdrawal.objects.get(signal=signal).why
    case = Contradiction.objects.get(kind="divergence")
    assert (case.status, case.severity) == ("open", "low")
    assert case.events.last().code == "signals_withdrawn"


def test_a_restated_figure_that_is_still_bad_is_signalled_anew(
    go_bad: Callable[..., None], link: Link, push: Push
) -> None:
    go_bad(1)
    push(link.to_measure, [BAD - 0.05], first="2026-07", reason="late complaints")
    assess()
    first, second = Signal.objects.filter(contradiction__kind="divergence").order_by("revision")
    assert (second.revision, second.evidence["figures"]["value"]) == (2, pytest.approx(BAD - 0.05))
    assert first.evidence["figures"]["value"] == pytest.approx(BAD + 0.004)
    assert "restated" in first.withdrawal.why


def test_the_version_in_force_for_a_period_judges_it(
    quiet_years: None, link: Link, served: Measure, push: Push
) -> None:
    stricter = served.definitions.get()
    stricter.pk, stricter.version, stricter.starts_on, stricter.target = None, 2, AUGUST, "0.98"
    stricter.save(force_insert=True)
    push(link.from_measure, quiet(0.25, 2), first="2026-07")
    push(link.to_measure, quiet(GOOD, 2), first="2026-07")
    assess()
    assert [signal.period_start for signal in Signal.objects.all()] == [AUGUST]
    assert Signal.objects.get(contradiction__kind="divergence").evidence["outcome"]["version"] == 2


def test_figures_that_come_month_by_month_are_judged_as_those_that_come_at_once(link: Link, push: Push) -> None:
    values = [*quiet(GOOD), BAD, BAD]
    for month, (kpi, outcome) in enumerate(zip(quiet(0.25, len(values)), values, strict=True)):
        code = Period.parse("2023-07", Grain.MONTH).shift(month).code
        push(link.from_measure, [kpi], first=code)
        push(link.to_measure, [outcome], first=code)
        assess()
    step_by_step = [bytes(each.packed) for each in Judgement.objects.filter(kind="divergence").order_by("period_start")]
    Judgement.objects.all().delete()
    Tally.objects.all().delete()
    TouchedSet.objects.note((each, date(2023, 1, 1)) for each in link.to_measure.series.values_list("pk", flat=True))
    assess()
    assert [
        bytes(each.packed) for each in Judgement.objects.filter(kind="divergence").order_by("period_start")
    ] == step_by_step


def test_a_link_declared_later_has_its_history_judged(claimed: Measure, served: Measure, push: Push) -> None:
    push(claimed, quiet(0.25), first="2023-07")
    push(served, [*quiet(GOOD, QUIET_MONTHS - 1), BAD], first="2023-07")
    assess()
    assert not Judgement.objects.filter(kind="divergence").exists()
    LinkFactory(from_measure=claimed, to_measure=served)
    assess()
    assert Contradiction.objects.filter(kind="divergence").count() == 1


def test_the_outcome_answers_after_the_lag(claimed: Measure, served: Measure, push: Push) -> None:
    LinkFactory(from_measure=claimed, to_measure=served, lag_periods=2)
    push(claimed, quiet(0.25), first="2023-07")
    push(served, quiet(GOOD), first="2023-07")
    push(served, [BAD], first="2026-07")
    assess()
    signal = Signal.objects.get(contradiction__kind="divergence")
    assert (signal.period_start, signal.evidence["lag"]) == (JULY, 2)
