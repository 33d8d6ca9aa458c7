"""What a rule judges once it is tuned, switched or retired, and what becomes of what it has judged."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from forums.meetings.schedule import schedule_meeting
from forums.models import AgendaItem, Meeting
from forums.motions.acts import Closure
from forums.motions.motion import Motion
from metrics.detection.batch import Verdict
from metrics.models import (
    Contradiction,
    Judgement,
    Link,
    MonitoredJudgement,
    Rule,
    RuleVersion,
    SignalWithdrawal,
)
from metrics.rules.terms import Tuning
from tests.acting import by
from tests.metrics.assessment.conftest import QUIET_MONTHS
from tests.metrics.assessment.rules.conftest import AUGUST, IN_SEPTEMBER, JULY, MONITOR, OFF, RETIRED
from truthgov import clock
from truthgov.errors import Refusal
from truthgov.models import Person


def test_a_rule_that_is_off_judges_no_period_from_its_day_on(
    tune: Callable[..., RuleVersion], go_bad: Callable[..., None], rule: Rule
) -> None:
    tune(OFF)
    go_bad(2)
    assert not Contradiction.objects.exists()
    assert Judgement.objects.filter(rule=rule).count() == QUIET_MONTHS


@pytest.mark.parametrize("tuning", [OFF, RETIRED, MONITOR])
def test_what_a_rule_found_is_taken_back_where_it_no_longer_judges(
    go_bad: Callable[..., None], rule: Rule, tune: Callable[..., RuleVersion], tuning: Tuning
) -> None:
    go_bad(1)
    case = Contradiction.objects.get()
    tune(tuning)
    assert SignalWithdrawal.objects.get().signal.contradiction == case
    assert Judgement.objects.get(rule=rule, period_start=JULY).verdict_on(case.segment_id) == Verdict.RETIRED
    case.refresh_from_db()
    assert (case.status, case.severity) == ("open", "low")


@pytest.fixture
def again(in_remedy: Contradiction, truth_owner: Person) -> AgendaItem:
    """The case in remedy, on the agenda of a later meeting with the same people in the room."""
    before = Meeting.objects.get()
    with clock.at(IN_SEPTEMBER):
        before.close(by=by(truth_owner))
        meeting = schedule_meeting(before.forum, before.charter, IN_SEPTEMBER.date())
        assert meeting
        meeting.open(by=by(truth_owner))
        for attendance in before.attendances.exclude(person=truth_owner):
            meeting.arrive(attendance.person, by=by(attendance.person))
        return meeting.put_on("contradiction", in_remedy.pk, "Did it work?", by=by(truth_owner))


@pytest.mark.parametrize("tuning", [OFF, RETIRED, MONITOR])
def test_a_case_whose_rule_judges_no_longer_closes_by_a_second_decision(
    again: AgendaItem, in_remedy: Contradiction, tune: Callable[..., RuleVersion], truth_owner: Person, tuning: Tuning
) -> None:
    closing = Motion(Closure("Guests stay."), "The remedy worked.")
    with clock.at(IN_SEPTEMBER), pytest.raises(Refusal, match="A rule looks at this"), transaction.atomic():
        again.decide(closing, by=by(truth_owner))
    tune(tuning)
    again.refresh_from_db()
    with clock.at(IN_SEPTEMBER):
        again.decide(closing, by=by(truth_owner))
    connection.check_constraints()  # as its commit would
    in_remedy.refresh_from_db()
    assert in_remedy.status == "closed"


def test_a_case_whose_rule_stands_back_for_a_link_closes_by_a_second_decision_however_it_was_tuned(
    again: AgendaItem, in_remedy: Contradiction, tune: Callable[..., RuleVersion], truth_owner: Person, link: Link
) -> None:
    tune(Tuning(quiet_periods=4))
    Rule.objects.filter(pk=in_remedy.rule_id).update(replaced_by=link)
    again.refresh_from_db()
    with clock.at(IN_SEPTEMBER):
        again.decide(Motion(Closure("Guests stay."), "The remedy worked."), by=by(truth_owner))
    connection.check_constraints()  # as its commit would
    in_remedy.refresh_from_db()
    assert in_remedy.status == "closed"


def test_a_rule_in_monitor_keeps_what_it_would_have_found_and_opens_nothing(
    tune: Callable[..., RuleVersion], go_bad: Callable[..., None], rule: Rule
) -> None:
    tune(MONITOR)
    go_bad(2)
    kept = MonitoredJudgement.objects.filter(rule=rule).order_by("period_start")
    assert [(each.period_start, each.cells["verdict"].tolist()) for each in kept] == [
        (JULY, [Verdict.FLAG]), (AUGUST, [Verdict.FLAG]),
    ]  # fmt: skip
    assert not Contradiction.objects.exists()
    assert Judgement.objects.filter(rule=rule).count() == QUIET_MONTHS


def test_a_tuned_rule_judges_anew_what_it_concerns(
    go_bad: Callable[..., None], rule: Rule, tune: Callable[..., RuleVersion]
) -> None:
    go_bad(1)
    case = Contradiction.objects.get()
    tune(Tuning(min_effect=Decimal("0.5")))
    verdict = Judgement.objects.get(rule=rule, period_start=JULY).verdict_on(case.segment_id)
    assert verdict == Verdict.BELOW_MINIMUM_EFFECT
    assert SignalWithdrawal.objects.count() == 1


def test_a_version_leaves_what_was_judged_before_its_day(
    go_bad: Callable[..., None], tune: Callable[..., RuleVersion]
) -> None:
    go_bad(1)
    tune(OFF, starts_on=AUGUST)
    assert not SignalWithdrawal.objects.exists()


def test_what_was_found_is_told_with_the_version_it_was_judged_by(
    tune: Callable[..., RuleVersion], go_bad: Callable[..., None]
) -> None:
    tune(Tuning(min_effect=Decimal("0.01")))
    go_bad(1)
    evidence = Contradiction.objects.get().signals.get().evidence
    assert (evidence["rule_version"], evidence["outcome"]["min_effect"]) == (1, 0.01)


def test_the_quiet_periods_a_remedy_needs_are_those_in_force_when_it_began(
    tune: Callable[..., RuleVersion], in_remedy: Contradiction, report: Callable[..., None]
) -> None:
    tune(Tuning(quiet_periods=2), starts_on=AUGUST)
    report(0.93, 0.931)
    in_remedy.refresh_from_db()
    assert in_remedy.status == "closed"
