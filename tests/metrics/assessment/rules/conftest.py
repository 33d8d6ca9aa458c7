"""A rule of the dictionary, and how Sales has it tuned, switched or retired."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from metrics.assessment import assess
from metrics.models import (
    Link,
    Rule,
    RuleVersion,
)
from metrics.rules.terms import Tuning
from metrics.rules.tuning import approve_version, propose_version
from tests.acting import by
from truthgov import clock
from truthgov.models import Person

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
