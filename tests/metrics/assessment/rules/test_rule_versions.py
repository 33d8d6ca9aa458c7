"""How a rule is tuned, switched and retired: by two people, one of them the truth owner, each version once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from metrics.models import (
    RuleVersion,
)
from metrics.rules.terms import Tuning
from metrics.rules.tuning import approve_version, reject_version, withdraw_version
from tests.acting import by
from tests.metrics.assessment.rules.conftest import AUGUST, IN_JULY, IN_SEPTEMBER, MONITOR, OFF, RETIRED
from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import AuditEntry, Person


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
