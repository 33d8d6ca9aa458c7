"""Rules that people add beside those of the dictionary: of their own, and judging once another approves."""

from datetime import date

import pytest

from metrics.assessment import assess
from metrics.models import Contradiction, Judgement, Measure
from metrics.rules.terms import Tuning
from metrics.rules.tuning import approve_version, propose_rule, propose_version
from tests.factories.metrics import measure
from tests.metrics.assessment.conftest import BAD, LAST_QUIET, QUIET_MONTHS, Push, quiet
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Person


@pytest.fixture
def apart(claimed: Measure, push: Push) -> Measure:
    """A measure that no link joins with Sales' KPI, and that gave way in July, while the KPI held."""
    other = measure("service.solved", target="0.90", min_effect="0.03", reliable_from=50)
    first = LAST_QUIET.shift(1 - QUIET_MONTHS).code
    push(claimed, quiet(0.25, QUIET_MONTHS + 1), first=first)
    push(other, [*quiet(0.93), BAD], first=first)
    assess()
    return other


def test_people_add_a_rule_of_their_own_which_judges_once_another_approves(
    claimed: Measure, apart: Measure, sales_lead: Person, truth_owner: Person
) -> None:
    how = {"starts_on": None, "reason": "They belong together."}
    version = propose_rule("divergence", claimed, apart, Tuning(), **how, by=Actor(person=sales_lead))
    assess()
    assert not Judgement.objects.filter(rule=version.rule).exists()
    approve_version(version, by=Actor(person=truth_owner))
    assess()
    case = Contradiction.objects.get(rule=version.rule)
    assert (case.measure, case.other_measure, case.last_period) == (claimed, apart, date(2026, 7, 1))


@pytest.mark.usefixtures("quiet_years", "link")
def test_nobody_adds_a_rule_that_there_is_or_that_its_kind_cannot_judge(
    claimed: Measure, served: Measure, sales_lead: Person
) -> None:
    how = {"starts_on": None, "reason": "It is needed.", "by": Actor(person=sales_lead)}
    with pytest.raises(Refusal, match="looks at this already"):
        propose_rule("divergence", claimed, served, Tuning(), **how)
    with pytest.raises(InvalidInput, match="two measures"):
        propose_rule("divergence", claimed, None, Tuning(), **how)
    with pytest.raises(InvalidInput, match="made by hand"):
        propose_rule("source_disagreement", claimed, None, Tuning(), **how)


def test_a_rule_expects_an_effect_within_two_years(
    claimed: Measure, apart: Measure, sales_lead: Person, truth_owner: Person
) -> None:
    how = {"starts_on": None, "reason": "They belong together.", "by": Actor(person=sales_lead)}
    with pytest.raises(InvalidInput) as refused:
        propose_rule("divergence", claimed, apart, Tuning(lag_periods=25), **how)
    assert refused.value.errors == {"lag_periods": "An effect is expected within two years: choose at most 24 months."}
    version = propose_rule("divergence", claimed, apart, Tuning(lag_periods=24), **how)
    approve_version(version, by=Actor(person=truth_owner))
    with pytest.raises(InvalidInput) as refused:
        propose_version(version.rule, Tuning(lag_periods=25), **how)
    assert list(refused.value.errors) == ["lag_periods"]
