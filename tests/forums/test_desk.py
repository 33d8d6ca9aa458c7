"""The desk asks for what a person's roles may owe, and for nothing else."""

from datetime import timedelta

import pytest

from forums.desk import desk_of
from forums.models import Amendment, Escalation, Minutes
from metrics.models import Rule, RuleVersion
from metrics.rules.tuning import Tuning, propose_version, withdraw_version
from tests.factories.forums import confirmed, in_session
from tests.factories.metrics import LinkFactory, measure
from truthgov import appointing, clock
from truthgov.actor import Actor
from truthgov.models import Role

QUERIES = 13


@pytest.fixture
def drafted(item, steering) -> Minutes:
    """Minutes that wait for whoever keeps them."""
    return item.meeting.close(by=steering.chair)


@pytest.fixture
def amendment(drafted, steering, executive) -> Amendment:
    """Of circulated minutes, by somebody who attended; nobody has answered."""
    drafted.circulate(by=Actor(person=steering.secretary))
    part = drafted.parts[0]["key"]
    return drafted.propose_amendment(part, "Thanks to all.", "They earned it.", by=Actor(person=executive))


def owed(person) -> list[str]:
    return [due.kind for due in desk_of(person).dues]


def test_a_desk_costs_the_same_whatever_others_owe(as_person, auditor, request, django_assert_num_queries):
    browser = as_person(auditor)
    with django_assert_num_queries(QUERIES):
        browser.get("/")
    request.getfixturevalue("amendment")
    with django_assert_num_queries(QUERIES):
        assert browser.get("/").context["desk"].dues == []


def test_an_amendment_stands_on_the_desk_of_who_answers_it(amendment, steering, executive, sales_lead):
    assert "Amendment" in owed(steering.secretary)
    assert "Amendment" not in owed(executive) + owed(sales_lead)
    amendment.accept("So it was.", by=Actor(person=steering.secretary))
    assert "Amendment" not in owed(steering.secretary)


def test_minutes_are_signed_within_days_of_their_confirmation_and_not_of_their_meeting(steering):
    a_month_ago = clock.today() - timedelta(days=30)
    with clock.at(clock.now() - timedelta(days=30)):
        minutes = in_session(steering, a_month_ago).close(by=steering.chair)
    confirmed(minutes, steering, clock.today())
    [by] = [due.due_on for due in desk_of(steering.truth_owner).dues if due.title == f"Sign the {minutes}"]
    assert by == clock.today() + timedelta(days=steering.charter.escalation_days)


def test_an_escalation_stands_on_the_desk_of_whom_it_goes_to(case, steering, sponsor, executive):
    Escalation.objects.take(steering.chair, reason="Too far.", due_on=clock.today(), contradiction=case)
    assert "Escalation" in owed(sponsor)
    assert "Escalation" not in owed(executive)


def test_an_appointment_stands_on_the_desk_of_who_confirms_it(
    organisation, sales, sponsor, truth_owner, executive, administrator, outsider
):
    def propose(role, scope):
        appointing.propose(outsider, role, scope, starts_on=clock.today(), by=Actor(person=administrator))

    propose(Role.FUNCTION_LEAD, sales.scope)
    assert {person: owed(person) for person in (sponsor, truth_owner, executive, administrator)} == {
        sponsor: ["Approval"], truth_owner: ["Approval"], executive: [], administrator: []
    }  # fmt: skip
    propose(Role.AUDITOR, organisation)
    assert (owed(sponsor), owed(truth_owner)) == (["Approval", "Approval"], ["Approval"])


def test_what_bears_on_judging_stands_on_the_desk_of_the_truth_owner_who_did_not_propose_it(
    sales, sales_lead, truth_owner, executive
):
    link = LinkFactory(from_measure=measure("LEADS"), to_measure=measure("STAYS", outcome=True))
    rule = Rule.objects.create(kind=Rule.Kind.DIVERGENCE, link=link)
    begins, monitor = clock.today().replace(day=1), Tuning(state=RuleVersion.State.MONITOR)
    version = propose_version(rule, monitor, starts_on=begins, reason="Loud.", by=Actor(person=sales_lead))
    assert (owed(truth_owner), owed(executive)) == (["Approval"], [])
    withdraw_version(version, reason="Not needed.", by=Actor(person=sales_lead))
    propose_version(rule, monitor, starts_on=begins, reason="Loud.", by=Actor(person=truth_owner))
    assert owed(truth_owner) == []
