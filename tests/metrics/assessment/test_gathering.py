"""What figures do to cases that were joined, split or snoozed: a finding goes where the truth owner said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from metrics.assessment import assess
from metrics.cases.gathering import join, split_off
from metrics.cases.known import severities_at
from metrics.models import Contradiction, Link, Segment, Signal, Snooze
from tests.factories.forums import ContradictionFactory
from tests.factories.metrics import MeasureFactory
from tests.metrics.assessment.conftest import BAD, GOOD, LAST_QUIET, QUIET_MONTHS, Push, quiet
from truthgov import clock
from truthgov.actor import Actor
from truthgov.knowledge import Moment
from truthgov.models import Person

WHY = "One cause, one conversation."
FIRST_QUIET = LAST_QUIET.shift(1 - QUIET_MONTHS).code
WEB = '{"channel":"web"}'


@pytest.fixture
def stays(go_bad: Callable[..., None], link: Link) -> Contradiction:
    """Raised by hand about another KPI and the same outcome, while figures raise theirs."""
    kept = ContradictionFactory(
        measure=MeasureFactory(code="sales.leads"), other_measure=link.to_measure, severity="low", severity_rank=1.0
    )
    go_bad(2)
    return kept


@pytest.fixture
def found(stays: Contradiction) -> Contradiction:
    return Contradiction.objects.exclude(pk=stays.pk).get()


@pytest.fixture
def joined(found: Contradiction, stays: Contradiction, truth_owner: Person) -> Contradiction:
    join(found, stays, reason=WHY, by=Actor(person=truth_owner))
    connection.check_constraints()
    return found


def test_the_case_that_stays_is_as_severe_as_what_was_joined_to_it(joined: Contradiction, stays: Contradiction) -> None:
    stays.refresh_from_db()
    assert (stays.severity, stays.severity_rank) == (joined.severity, joined.severity_rank)
    assert severities_at([stays.pk], Moment.of(None))[stays.pk] == (joined.severity, joined.severity_rank)


def test_later_findings_feed_the_case_that_stays(
    joined: Contradiction, stays: Contradiction, report: Callable[..., None]
) -> None:
    before = joined.signals.count()
    report(BAD, first="2026-09")
    connection.check_constraints()
    joined.refresh_from_db()
    assert (joined.status, joined.signals.count(), stays.signals.count()) == ("joined", before, 1)
    assert stays.events.filter(code="fed").exists()
    assert Contradiction.objects.live().get() == stays


def test_what_is_withdrawn_of_a_joined_case_is_told_on_the_one_that_stays(
    joined: Contradiction, stays: Contradiction, report: Callable[..., None]
) -> None:
    report(GOOD, GOOD, first="2026-07", reason="counted again")
    connection.check_constraints()
    stays.refresh_from_db()
    told = stays.events.get(code="signals_withdrawn")
    assert sorted(told.data["withdrawn"]) == sorted(joined.signals.values_list("pk", flat=True))
    assert (stays.severity, stays.severity_rank) == ("low", 0)


def test_a_case_that_stays_comes_back_by_what_was_joined_to_it(
    joined: Contradiction, stays: Contradiction, report: Callable[..., None], decide: Callable[..., None],
    truth_owner: Person,
) -> None:  # fmt: skip
    decide(stays, datetime(2026, 9, 1, tzinfo=UTC).date())
    stays.close_on_evidence(by=Actor(person=truth_owner), authority="decision:999999", evidence="Guests stay.")
    report(BAD, first="2026-09")
    stays.refresh_from_db()
    assert (stays.status, stays.recurrences, Contradiction.objects.count()) == ("open", 1, 2)
    transaction.set_rollback(True)  # the decision that closed it was never taken


def test_findings_of_a_segment_that_was_split_off_go_to_its_own_case(
    quiet_years: None, link: Link, push: Push, truth_owner: Person
) -> None:
    for of, level in ((link.from_measure, 0.25), (link.to_measure, GOOD)):
        push(of, quiet(level), first=FIRST_QUIET, segment=WEB)
    for of, level in ((link.from_measure, 0.25), (link.to_measure, BAD)):
        for segment in ("", WEB):
            push(of, quiet(level, 2), first="2026-07", segment=segment)
    assess()
    whole = Contradiction.objects.get()
    part = split_off(whole, Segment.objects.get(key=WEB), reason=WHY, by=Actor(person=truth_owner))
    connection.check_constraints()
    assert part.severity == whole.severity
    for of, level in ((link.from_measure, 0.25), (link.to_measure, BAD)):
        for segment in ("", WEB):
            push(of, quiet(level, 1), first="2026-09", segment=segment)
    assess()
    connection.check_constraints()
    assert list(part.signals.values_list("segment__key", flat=True)) == [WEB]
    assert set(whole.signals.filter(period_start="2026-09-01").values_list("segment__key", flat=True)) == {"{}"}


def test_a_case_that_gets_worse_wakes(found: Contradiction, report: Callable[..., None], truth_owner: Person) -> None:
    until = clock.today() + timedelta(days=30)
    found.snooze(until=until, reason="A new system comes.", by=Actor(person=truth_owner))
    was = found.severity
    report(0.5, 0.5, 0.5, first="2026-09")
    connection.check_constraints()
    found.refresh_from_db()
    assert found.severity != was
    assert Snooze.objects.get().waking.person is None
    assert found.events.get(code="woken").reason == f"It is {found.severity} now, and was {was} when it was put off."
    assert found in Contradiction.objects.awake(on=clock.today())


def test_one_more_signal_alone_does_not_wake_a_case(
    found: Contradiction, report: Callable[..., None], truth_owner: Person
) -> None:
    Snooze.objects.create(
        contradiction=found, until=clock.today() + timedelta(days=30), severity="critical", reason=WHY,
        person=truth_owner, appointment=truth_owner.appointments.get(), at=clock.now(),
    )  # fmt: skip
    report(BAD, first="2026-09")
    assert Signal.objects.filter(contradiction=found, period_start="2026-09-01").exists()
    assert found in Contradiction.objects.snoozed(on=clock.today())


def test_a_case_that_gets_worse_by_what_is_joined_to_it_wakes(
    found: Contradiction, stays: Contradiction, truth_owner: Person
) -> None:
    actor, until = Actor(person=truth_owner), clock.today() + timedelta(days=30)
    stays.snooze(until=until, reason="A new system comes.", by=actor)
    join(found, stays, reason=WHY, by=actor)
    connection.check_constraints()
    told = stays.events.get(code="woken")
    assert told.reason == f"It is {found.severity} now, and was low when it was put off."
    assert (told.person, Snooze.objects.get().waking.person) == (None, None)
    assert stays in Contradiction.objects.awake(on=clock.today())


def test_a_case_sleeps_on_where_what_is_joined_to_it_is_no_worse(
    found: Contradiction, stays: Contradiction, truth_owner: Person
) -> None:
    actor, until = Actor(person=truth_owner), clock.today() + timedelta(days=30)
    found.snooze(until=until, reason="A new system comes.", by=actor)
    join(stays, found, reason=WHY, by=actor)
    assert found not in Contradiction.objects.awake(on=clock.today())
