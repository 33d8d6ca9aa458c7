"""How a rule is tuned, switched and retired: by two people, from a period on, and what it has judged follows."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from forums.meetings.schedule import schedule_meeting
from forums.models import AgendaItem, Meeting
from forums.motions.acts import Closure
from forums.motions.motion import Motion
from metrics.assessment import assess
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
from metrics.rules.tuning import approve_version, propose_version, reject_version, withdraw_version
from tests.acting import by
from tests.metrics.assessment.conftest import QUIET_MONTHS
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Person

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
IN_JULY = datetime(2026, 7, 6, 9, tzinfo=UTC)
IN_SEPTEMBER = datetime(2026, 9, 1, 9, tzinfo=UTC)
OFF, MONITOR, RETIRED = (Tuning(state=state) for state in ("off", "monitor", "retired"))


@pytest.fixture
def rule(quiet_years: None, link: Link) -> Rule:
    return Rule.objects.get(kind="divergence", link=link)


@pytest.fixture
def propose(rule: Rule, sales_lead: Person) -> Callable[..., RuleVersion]:
    def proposed(tuning: Tuning, *, starts_on: date | None = JULY, reason: str = "Too many alarms.",
                 who: Person = sales_lead) -> RuleVersion:  # fmt: skip
        with clock.at(IN_JULY):
            return propose_version(rule, tuning, starts_on=starts_on, reason=reason, by=by(who))

    return proposed


@pytest.fixture
def tune(propose: Callable[..., RuleVersion], truth_owner: Person) -> Callable[..., RuleVersion]:
    """`tune(OFF)`: proposed by Sales, approved by the truth owner, from July on, assessed."""

    def tuned(tuning: Tuning, **how: date) -> RuleVersion:
        version = propose(tuning, **how)
        with clock.at(IN_JULY):
            approve_version(version, by=by(truth_owner))
        assess()
        return version

    return tuned


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


def test_whoever_proposed_does_not_approve(propose: Callable[..., RuleVersion], sales_lead: Person) -> None:
    version = propose(OFF)
    with pytest.raises(Refusal, match="cannot approve it"):
        approve_version(version, by=by(sales_lead))


def test_the_database_takes_no_version_that_its_proposer_approved(
    propose: Callable[..., RuleVersion], truth_owner: Person
) -> None:
    version = propose(OFF, who=truth_owner)
    with transaction.atomic(), pytest.raises(DatabaseError, match="a_rule_version_is_approved_by_another"):
        RuleVersion.objects.filter(pk=version.pk).update(
            status="approved", approved_by=truth_owner, approved_at=clock.now()
        )


def test_the_database_takes_no_version_without_the_truth_owner(
    propose: Callable[..., RuleVersion], delivery_lead: Person, truth_owner: Person
) -> None:
    version = propose(OFF)
    own = RuleVersion.objects.filter(pk=version.pk)
    with transaction.atomic(), pytest.raises(DatabaseError, match="is the truth owner"):
        own.update(status="approved", approved_by=delivery_lead, approved_at=clock.now())
    borrowed = {"appointment": truth_owner.appointments.get(), "version": 2, "status": "approved"}
    with transaction.atomic(), pytest.raises(DatabaseError, match="is the truth owner"):
        RuleVersion.objects.create(
            rule=version.rule, state="off", reason="Noise.", proposed_by=version.proposed_by, approved_by=delivery_lead,
            proposed_at=clock.now(), approved_at=clock.now(), **borrowed,
        )  # fmt: skip


def test_without_the_truth_owner_no_rule_is_loosened(
    propose: Callable[..., RuleVersion], delivery_lead: Person, truth_owner: Person
) -> None:
    version = propose(OFF)
    with pytest.raises(Refusal, match="the truth owner"):
        approve_version(version, by=by(delivery_lead))
    with clock.at(IN_JULY):
        approve_version(version, by=by(truth_owner))
    assert version.status == "approved"


def test_a_version_whose_first_period_is_over_is_approved_no_more(
    propose: Callable[..., RuleVersion], truth_owner: Person
) -> None:
    version = propose(OFF)
    with clock.at(IN_SEPTEMBER), pytest.raises(Refusal, match="from 1 July 2026 on, and that month is over"):
        approve_version(version, by=by(truth_owner))
    with clock.at(IN_JULY):
        approve_version(version, by=by(truth_owner))


def test_what_the_truth_owner_proposes_somebody_else_who_answers_for_figures_approves(
    propose: Callable[..., RuleVersion], truth_owner: Person, delivery_lead: Person
) -> None:
    version = propose(OFF, who=truth_owner)
    with clock.at(IN_JULY):
        approve_version(version, by=by(delivery_lead))
    assert AuditEntry.objects.filter(code="rule.version_approved", subject_id=str(version.rule_id)).count() == 1


def test_an_auditor_tunes_nothing(propose: Callable[..., RuleVersion], auditor: Person) -> None:
    with pytest.raises(PermissionDenied):
        propose(OFF, who=auditor)


def test_a_version_is_never_edited_and_once_decided_never_changed(
    propose: Callable[..., RuleVersion], truth_owner: Person
) -> None:
    version = propose(OFF)
    with transaction.atomic(), pytest.raises(DatabaseError):
        RuleVersion.objects.filter(pk=version.pk).update(state="active")
    reject_version(version, reason="It is needed.", by=by(truth_owner))
    with transaction.atomic(), pytest.raises(DatabaseError):
        RuleVersion.objects.filter(pk=version.pk).update(ended_because="")


def test_a_rule_asks_for_some_quiet(propose: Callable[..., RuleVersion]) -> None:
    version = propose(OFF)
    version.pk, version.version, version.quiet_periods, version.status = None, 2, 0, "rejected"
    with transaction.atomic(), pytest.raises(DatabaseError, match="a_remedy_is_proved_by_some_quiet"):
        version.save(force_insert=True)


def test_one_version_waits_and_its_proposer_may_replace_it(
    propose: Callable[..., RuleVersion], delivery_lead: Person, sales_lead: Person
) -> None:
    first = propose(OFF)
    with pytest.raises(Refusal, match="waits already"):
        propose(RETIRED, who=delivery_lead)
    second = propose(MONITOR)
    first.refresh_from_db()
    assert (first.status, second.version) == ("withdrawn", 2)
    withdraw_version(second, reason="Not yet.", by=by(sales_lead))


@pytest.mark.parametrize(
    ("tuning", "how", "fault"),
    [
        (OFF, {"reason": " "}, "has its reason"),
        (Tuning(), {}, "changes nothing"),
        (Tuning(tolerance=Decimal("0.1")), {}, "does not ask"),
        (Tuning(quiet_periods=0), {}, "cannot judge like this"),
        (OFF, {"starts_on": date(2026, 7, 2)}, "starts with a period"),
        (OFF, {"starts_on": date(2026, 6, 1)}, "cannot change what held before"),
        (OFF, {"starts_on": None}, "starts with a period"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(
    propose: Callable[..., RuleVersion], tuning: Tuning, how: dict, fault: str
) -> None:
    with pytest.raises(InvalidInput, match=fault):
        propose(tuning, **how)
    assert not RuleVersion.objects.exists()


def test_a_retired_rule_takes_no_further_version(
    tune: Callable[..., RuleVersion], propose: Callable[..., RuleVersion]
) -> None:
    tune(RETIRED)
    with pytest.raises(Refusal, match="is retired"):
        propose(Tuning(), starts_on=AUGUST)
