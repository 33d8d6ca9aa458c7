"""What a version of a rule would have found, and what came of a rule, from what is stored."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.models import Contradiction, Judgement, Link, Measure, MonitoredJudgement, Rule, RuleVersion, Signal
from metrics.rules.back_testing import back_test
from metrics.rules.record import Record, records, states_on, suppressions, told_by
from metrics.rules.terms import Tuning
from metrics.rules.tuning import approve_version, propose_version
from tests.acting import by
from tests.conftest import AsPerson
from tests.metrics.assessment.conftest import BAD, GOOD, Push, quiet
from tests.metrics.assessment.rules.conftest import OFF
from truthgov import clock
from truthgov.models import Person
from truthgov.periods import Grain, Period

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def version(rule: Rule, tuning: Tuning) -> RuleVersion:
    """A version that nobody has proposed."""
    return RuleVersion(rule=rule, version=1, **tuning.said())


@pytest.fixture
def rule(go_bad: Callable[..., None], link: Link) -> Rule:
    """It has found July and August of two bad months."""
    go_bad(2)
    return Rule.objects.get(link=link, kind="divergence")


def test_the_rule_as_it_stands_finds_what_it_found(rule: Rule) -> None:
    tested = back_test(rule, version(rule, Tuning()))
    assert [(each.period.start, str(each.segment), each.is_new) for each in tested.found] == [
        (AUGUST, "all", False), (JULY, "all", False),
    ]  # fmt: skip
    assert tested.found[0].sentence == Signal.objects.get(period_start=AUGUST).sentence
    assert (len(tested.periods), tested.per_period, tested.gone) == (24, 2 / 24, 0)
    assert tested.by_period[-2:] == [(each.period, 1) for each in reversed(tested.found)]


def test_a_coarser_version_finds_less_and_says_what_it_suppresses(rule: Rule) -> None:
    tested = back_test(rule, version(rule, Tuning(min_effect=Decimal("0.5"))))
    assert (tested.found, tested.gone) == ([], 2)
    assert tested.suppressed[Verdict.BELOW_MINIMUM_EFFECT] >= 2


def test_a_version_that_does_not_judge_finds_nothing(rule: Rule) -> None:
    tested = back_test(rule, version(rule, OFF))
    assert (tested.found, tested.judged, tested.gone) == ([], 0, 2)


def test_a_rule_that_nobody_has_proposed_can_be_tested(claimed: Measure, served: Measure, rule: Rule) -> None:
    own = Rule(kind="divergence", measure=claimed, other_measure=served)
    assert [each.period.start for each in back_test(own, version(own, Tuning())).found] == [AUGUST, JULY]


def test_a_back_test_stores_nothing_and_asks_as_much_of_many_segments_as_of_one(
    rule: Rule, link: Link, push: Push, django_assert_num_queries: Callable[[int], Callable]
) -> None:
    proposed = version(rule, Tuning(min_effect=Decimal("0.01")))
    back_test(rule, proposed)
    with django_assert_num_queries(18):
        back_test(rule, proposed)
    for segment in ('{"channel": "web"}', '{"channel": "phone"}'):
        push(link.from_measure, quiet(0.25, 38), first="2023-07", segment=segment)
        push(link.to_measure, [*quiet(GOOD), BAD, BAD], first="2023-07", segment=segment)
    before = list(Judgement.objects.order_by("rule", "period_start").values_list("packed"))
    with django_assert_num_queries(18):
        tested = back_test(rule, proposed)
    assert [count for _, count in tested.by_segment] == [2, 2, 2]
    assert list(Judgement.objects.order_by("rule", "period_start").values_list("packed")) == before
    assert not MonitoredJudgement.objects.exists()


def test_what_it_found_is_told_over_rest(rule: Rule, sales_lead: Person, as_person: AsPerson) -> None:
    proposed = propose_version(
        rule, Tuning(min_effect=Decimal("0.01")), starts_on=Period.containing(clock.today(), Grain.MONTH).start,
        reason="It is loud.", by=by(sales_lead),
    )  # fmt: skip
    told = as_person(sales_lead).get(f"/api/v1/rules/{rule.pk}/versions/{proposed.version}/back-test").json()
    assert told["by_segment"] == [{"segment": {}, "found": 2}]
    assert [(each["period"], each["segment"]) for each in told["found"]] == [("2026-08", {}), ("2026-07", {})]


def test_a_record_tells_how_the_cases_of_a_rule_ended(
    rule: Rule, truth_owner: Person, django_assert_num_queries: Callable[[int], Callable]
) -> None:
    assert records([rule.pk]) == {rule.pk: Record(cases=1)}
    Contradiction.objects.get().declare_false_alarm(by=by(truth_owner), reason="The survey was sent twice.")
    with django_assert_num_queries(1):
        told = records([rule.pk])[rule.pk]
    assert (told.false_alarms, told.waiting, told.hit_rate) == (1, 0, 0.0)


def test_a_case_that_was_decided_on_is_a_hit(in_remedy: Contradiction) -> None:
    told = records([in_remedy.rule_id])[in_remedy.rule_id]
    assert (told.decided, told.hit_rate) == (1, 1.0)


def test_a_case_whose_findings_are_all_taken_back_is_noise(rule: Rule, link: Link, push: Push) -> None:
    push(link.to_measure, [GOOD, GOOD], first="2026-07", reason="counted again")
    assess()
    assert records([rule.pk])[rule.pk] == Record(cases=1, noise=1)


def test_what_a_rule_suppressed_is_told_period_by_period_with_its_reason(rule: Rule, link: Link, push: Push) -> None:
    push(link.from_measure, [0.25], first="2026-09")
    push(link.to_measure, [GOOD - 0.01], first="2026-09")
    assess()
    latest, *earlier = told_by(rule)
    assert (latest.period.start, latest.judged, latest.found) == (date(2026, 9, 1), 1, 0)
    assert [each.found for each in earlier[:2]] == [1, 1]
    suppressed = suppressions(rule, date(2026, 9, 1))
    assert [each.verdict for each in suppressed] == list(latest.suppressed)
    assert all(each.why for each in suppressed)


def test_how_a_rule_stands_follows_its_versions_from_their_day_on(
    rule: Rule, truth_owner: Person, sales_lead: Person
) -> None:
    standing = RuleVersion.objects.create(
        rule=rule, version=1, starts_on=AUGUST, state="off", reason="Noise.", proposed_by=sales_lead,
        appointment=sales_lead.appointments.get(), proposed_at="2026-07-01T00:00Z",
    )  # fmt: skip
    assert states_on([rule], AUGUST) == {rule.pk: "active"}
    with clock.at(datetime(2026, 7, 1, 9, tzinfo=UTC)):
        approve_version(standing, by=by(truth_owner))
    assert (states_on([rule], JULY), states_on([rule], AUGUST)) == ({rule.pk: "active"}, {rule.pk: "off"})
