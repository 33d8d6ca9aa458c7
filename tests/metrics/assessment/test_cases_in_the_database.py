"""The database agrees with the assessment and the verbs: SQL of the application role makes light of no case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from metrics.models import Contradiction
from tests.metrics.assessment.conftest import BAD, GOOD
from tests.refused import refused
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.models import Person

CLOCKWORK = Actor(clockwork="assessment")


@pytest.fixture
def case(go_bad: Callable[..., None]) -> Contradiction:
    go_bad(2)
    connection.check_constraints()
    return Contradiction.objects.get(kind="divergence")


def write(case: Contradiction, **fields: Any) -> None:
    Contradiction.objects.filter(pk=case.pk).update(**fields)


def tell(case: Contradiction, code: str, by: Actor = CLOCKWORK, **data: Any) -> None:
    """The event that a forger would write; `reason` and `authority` are fields of it."""
    with audit.act():
        case.note(code, by=by, **data)


@pytest.mark.parametrize("lower", [{"severity": "low"}, {"severity_rank": 0.5}])
def test_no_severity_is_lowered_in_silence(case: Contradiction, lower: dict[str, Any]) -> None:
    with refused("lowered by findings"):
        write(case, **lower)


def test_a_severity_is_lowered_by_an_event_of_fresh_findings_alone(
    case: Contradiction, sales_lead: Person, truth_owner: Person
) -> None:
    told = {"severity": "low", "severity_rank": 3.1}
    old = [signal.pk for signal in case.signals.all()]
    for person, cited in ((None, old), (None, []), (sales_lead, old), (truth_owner, old)):
        with refused("findings of its own case, told once"):
            tell(case, "fed", Actor(person=person) if person else CLOCKWORK, signals=cited, **told)
            write(case, **told)


def test_figures_that_withdraw_their_signals_lower_the_severity_on_record(
    case: Contradiction, report: Callable[..., None]
) -> None:
    before = case.severity_rank
    report(GOOD, GOOD, first="2026-07", reason="counted again")
    connection.check_constraints()
    case.refresh_from_db()
    event = case.events.get(code="signals_withdrawn")
    assert case.severity_rank < before
    assert (event.data["severity"], event.data["severity_rank"]) == (case.severity, case.severity_rank)
    assert sorted(event.data["withdrawn"]) == sorted(signal.pk for signal in case.signals.all())


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("proved", {"quiet_periods": ["2026-08-01", "2026-09-01", "2026-10-01"]}),
        ("settled", {}),
        ("closed_on_evidence", {"reason": "It feels better."}),
    ],
)
def test_a_remedy_is_proved_by_what_is_on_record(
    in_remedy: Contradiction, report: Callable[..., None], code: str, told: dict[str, Any]
) -> None:
    report(GOOD, GOOD)
    with refused("not borne out"):
        write(in_remedy, status="closed")
        in_remedy.status = "closed"
        tell(in_remedy, code, **told)


def test_a_signal_since_the_remedy_is_no_proof(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, GOOD, BAD)
    with refused("not borne out"):
        write(in_remedy, status="closed")
        tell(in_remedy, "proved")


def test_the_decision_on_a_remedy_does_not_close_it_as_well(in_remedy: Contradiction) -> None:
    decision = in_remedy.events.get(code="entered_remedy").authority
    for code in ("closed_on_evidence", "entered_remedy"):
        with refused("a_decision_moves_a_case_once"):
            tell(in_remedy, code, reason="It feels better.", authority=decision)


def test_a_remedy_begins_when_it_was_decided(in_remedy: Contradiction) -> None:
    with refused("from the day that was decided"):
        write(in_remedy, remedy_from="2026-01-01")


@pytest.mark.parametrize("said", [{"status": "closed"}, {"status": "in_remedy"}, {"recurrences": 1}])
def test_no_case_is_settled_before_it_is_one(case: Contradiction, said: dict[str, Any]) -> None:
    other = Contradiction(kind="gaming", measure=case.measure, segment=case.segment, opened_at=case.opened_at,
                          changed_at=case.opened_at, **said)  # fmt: skip
    with refused("begins open"):
        other.save()


def test_every_recurrence_stays_counted(in_remedy: Contradiction, report: Callable[..., None]) -> None:
    report(GOOD, GOOD, GOOD)
    report(BAD, first="2026-11")
    connection.check_constraints()
    for told in (0, 2):
        with refused("every recurrence"):
            write(in_remedy, recurrences=told)
    with refused("every recurrence"):
        tell(in_remedy, "recurred")
        write(in_remedy, status="open")


@pytest.mark.parametrize("change", [{"rule": None}, {"kind": "mix"}])
def test_a_case_keeps_its_identity(in_remedy: Contradiction, change: dict[str, Any]) -> None:
    with refused("a_contradiction_keeps_its_identity"):
        write(in_remedy, **change)


def test_nobody_but_the_truth_owner_declares_a_false_alarm(
    case: Contradiction, sales_lead: Person, truth_owner: Person
) -> None:
    for by in (Actor(person=sales_lead), CLOCKWORK):
        with refused("declared by the truth owner"):
            write(case, status="false_alarm")
            tell(case, "declared_false_alarm", by, reason="I say so.")
    case.declare_false_alarm(by=Actor(person=truth_owner), reason="The survey was sent twice.")
    connection.check_constraints()
    assert case.events.filter(at__lte=clock.now(), code="declared_false_alarm").exists()
