"""One question, one rule: what the dictionary or people had judged stands back for a link that states the same."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict

from forums.rules.forms import RuleFilter
from forums.rules.register import register
from metrics.assessment import assess
from metrics.models import Contradiction, Link, Measure, Rule, RuleVersion, Signal, Tally
from metrics.rules import made as rules
from metrics.rules.record import states_on
from metrics.rules.terms import Tuning
from metrics.rules.tuning import approve_version, propose_rule, propose_version
from tests.factories.metrics import LinkFactory, measure
from tests.metrics.assessment.conftest import LAST_QUIET, QUIET_MONTHS, Push, quiet
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period

FIRST = LAST_QUIET.shift(1 - QUIET_MONTHS).code
OF_TWO = ["divergence", "handoff", "mix", "gaming", "overcommitment"]
OWN = {"starts_on": None, "reason": "They belong together."}
Declare = Callable[[str], Link]


@pytest.fixture
def guard(claimed: Measure, sales: Function) -> Measure:
    """What gives way where Sales' KPI is gamed."""
    return measure("sales.cancelled", target="0.50", direction="lower", min_effect="0.02")


@pytest.fixture
def declare(claimed: Measure, guard: Measure) -> Declare:
    """`declare("gaming")`: a link from the KPI to its guard, as an import declares it."""

    def declared(kind: str) -> Link:
        link = LinkFactory(kind=kind, from_measure=claimed, to_measure=guard)
        rules.have_links_judged([link])
        return link

    return declared


@pytest.fixture
def own(claimed: Measure, guard: Measure, push: Push, sales_lead: Person) -> Callable[[str], RuleVersion]:
    """`own("gaming")`: a rule on both that Sales proposes by hand."""

    def proposed(kind: str, other: Measure | None = guard) -> RuleVersion:
        return propose_rule(kind, claimed, other, Tuning(), **OWN, by=Actor(person=sales_lead))

    return proposed


def be_gamed(claimed: Measure, guard: Measure, push: Push) -> None:
    """For four months the KPI is better than ever and its guard gives way."""
    push(claimed, [*quiet(0.25), *quiet(0.30, 4)], first=FIRST)
    push(guard, [*quiet(0.30), *quiet(0.70, 4)], first=FIRST)
    assess()


def standing() -> list[date]:
    return list(Signal.objects.filter(withdrawal=None).order_by("period_start").values_list("period_start", flat=True))


def active(kind: str) -> list[Rule]:
    told = Rule.objects.filter(kind=kind)
    return [rule for rule in told if rule.is_active(on=clock.today())]


def test_a_link_that_states_what_a_counter_measure_did_has_no_period_signalled_twice(
    claimed: Measure, guard: Measure, push: Push, declare: Declare
) -> None:
    Measure.objects.filter(pk=guard.pk).update(guards=claimed)
    be_gamed(claimed, guard, push)
    case, before = Contradiction.objects.get(kind="gaming"), standing()
    assert len(before) > 1
    link = declare("gaming")
    assess()
    connection.check_constraints()
    assert [rule.link for rule in active("gaming")] == [link]
    assert standing() == before
    assert set(case.signals.filter(withdrawal=None).values_list("rule__link", flat=True)) == {link.pk}
    assert Contradiction.objects.get(kind="gaming").status == "open"
    assert {tally.members for tally in Tally.objects.filter(kind="gaming", period_start__in=before)} == {1}


@pytest.mark.parametrize("declared_first", [True, False])
def test_in_either_order_one_rule_judges_a_pair(
    claimed: Measure, guard: Measure, declare: Declare, declared_first: bool
) -> None:
    acts = [lambda: declare("gaming"), lambda: Measure.objects.filter(pk=guard.pk).update(guards=claimed)]
    for act in acts if declared_first else acts[::-1]:
        act()
        rules.follow()
    assert [rule.link for rule in active("gaming")] == [Link.objects.get()]


@pytest.mark.parametrize("kind", [*OF_TWO, "broken_link"])
def test_a_rule_of_ones_own_stands_back_for_a_link_that_states_the_same(
    own: Callable[..., RuleVersion], truth_owner: Person, declare: Declare, kind: str
) -> None:
    version = own(kind)
    approve_version(version, by=Actor(person=truth_owner))
    assert active(kind) == [version.rule]
    link = declare("divergence" if kind == "broken_link" else kind)
    assert [rule.link for rule in active(kind)] == [link]
    version.rule.refresh_from_db()
    assert (version.rule.replaced_by, states_on([version.rule], clock.today())) == (link, {version.rule.pk: "off"})
    listed = {row.rule.pk: row.standing for row in register(RuleFilter({}), QueryDict()).rows}
    assert listed[version.rule.pk] == "off"


def test_a_rule_of_ones_own_on_one_measure_stands_back_for_a_link_that_has_it_compared(
    claimed: Measure, guard: Measure, own: Callable[..., RuleVersion], truth_owner: Person
) -> None:
    version = own("inconsistency", None)
    approve_version(version, by=Actor(person=truth_owner))
    link = LinkFactory(kind="inconsistency", from_measure=guard, to_measure=claimed)
    rules.have_links_judged([link])
    assert [rule.link for rule in active("inconsistency")] == [link]


@pytest.mark.parametrize("kind", [*OF_TWO, "inconsistency"])
def test_nobody_adds_a_rule_that_asks_what_a_link_states(
    claimed: Measure, guard: Measure, own: Callable[..., RuleVersion], push: Push, kind: str
) -> None:
    of_one = kind == "inconsistency"
    parties = (guard, claimed) if of_one else (claimed, guard)
    rules.have_links_judged([LinkFactory(kind=kind, from_measure=parties[0], to_measure=parties[1])])
    with pytest.raises(Refusal, match="looks at this already"):
        own(kind, None if of_one else guard)


def test_a_link_of_another_kind_leaves_a_rule_as_it_is(
    own: Callable[..., RuleVersion], truth_owner: Person, declare: Declare
) -> None:
    version = own("gaming")
    approve_version(version, by=Actor(person=truth_owner))
    declare("divergence")
    assert active("gaming") == [version.rule]


def test_what_a_tuned_rule_signalled_is_told_by_the_link_alone(
    claimed: Measure, guard: Measure, push: Push, own: Callable[..., RuleVersion], truth_owner: Person,
    declare: Declare,
) -> None:  # fmt: skip
    approve_version(own("gaming"), by=Actor(person=truth_owner))
    be_gamed(claimed, guard, push)
    before = standing()
    declare("gaming")
    assess()
    connection.check_constraints()
    assert standing() == before != []


def test_what_stands_back_is_not_tuned_any_more(
    own: Callable[..., RuleVersion], sales_lead: Person, truth_owner: Person, declare: Declare
) -> None:
    waiting = own("gaming")
    declare("gaming")
    with pytest.raises(Refusal, match="A link states the same"):
        approve_version(waiting, by=Actor(person=truth_owner))
    rule = Rule.objects.get(pk=waiting.rule_id)
    begins = Period.containing(clock.today(), Grain.MONTH).start
    with pytest.raises(Refusal, match="A link states the same"):
        propose_version(rule, Tuning(), starts_on=begins, reason="Again.", by=Actor(person=sales_lead))


def test_a_rule_of_ones_own_that_met_a_link_half_way_is_not_approved(
    claimed: Measure, guard: Measure, own: Callable[..., RuleVersion], truth_owner: Person
) -> None:
    waiting = own("gaming")
    LinkFactory(kind="gaming", from_measure=claimed, to_measure=guard)
    rules.follow()  # the link was declared while the rule was being proposed: neither saw the other
    with pytest.raises(Refusal, match="A link states the same"):
        approve_version(waiting, by=Actor(person=truth_owner))
