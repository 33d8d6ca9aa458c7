"""The life of a case against a plain model of it: months of any kind in any order, decided on or not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.models import Contradiction, Judgement, Link
from tests.metrics.assessment.conftest import BAD, CLOCKWORK, GOOD, LAST_QUIET, Push
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Person

LATER = datetime(2035, 1, 1, tzinfo=UTC)
NEEDED = 3


@dataclass
class Model:
    """What the rules of governance say must have become of the cases of one pair."""

    cases: list[str] = field(default_factory=list)
    recurrences: int = 0
    quiet: int = 0

    @property
    def status(self) -> str:
        return self.cases[-1] if self.cases else "none"

    def found(self, verdict: Verdict | None) -> None:
        """A month was judged; None where there was nothing to judge."""
        if verdict == Verdict.FLAG:
            self.quiet = 0
            if self.status in ("none", "false_alarm"):
                self.cases.append("open")
                self.recurrences = 0
            elif self.status == "closed":
                self.cases[-1] = "open"
                self.recurrences += 1
        elif verdict is not None and self.status == "in_remedy":
            self.quiet += 1
            if self.quiet == NEEDED:
                self.cases[-1] = "closed"


class Life(RuleBasedStateMachine):
    """Months and decisions in any order; what an example does is rolled back."""

    link: Link
    push: Callable[..., None]
    truth_owner: Person

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.savepoint()
        self.month, self.model = LAST_QUIET, Model()

    @rule(kept=st.sampled_from([GOOD, GOOD, BAD, BAD, None]))
    def report(self, kept: float | None) -> None:
        self.month = self.month.shift(1)
        with clock.at(LATER):
            self.push(self.link.from_measure, [0.25], first=self.month.code)
            if kept:
                self.push(self.link.to_measure, [kept], first=self.month.code)
            assess()
        self.model.found(self._verdict())

    @precondition(lambda self: self.model.status == "open")
    @rule()
    def decide(self) -> None:
        remedy_from = self.month.shift(1).start
        with clock.at(LATER):
            self._case().enter_remedy(by=CLOCKWORK, authority=f"decision:{self.month.ordinal}", remedy_from=remedy_from)
        self.model.cases[-1], self.model.quiet = "in_remedy", 0

    @precondition(lambda self: self.model.status == "open")
    @rule()
    def declare(self) -> None:
        with clock.at(LATER):
            self._case().declare_false_alarm(by=Actor(person=self.truth_owner), reason="Nobody was harmed.")
        self.model.cases[-1] = "false_alarm"

    @invariant()
    def cases_are_what_the_rules_say(self) -> None:
        stored = list(Contradiction.objects.filter(kind="divergence").order_by("pk").values_list("status", flat=True))
        assert stored == self.model.cases
        if stored:
            case = self._case()
            assert case.recurrences == self.model.recurrences
            assert case.events.last().status == case.status
            assert sum(event.code == "recurred" for event in case.events.all()) == case.recurrences

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def _case(self) -> Contradiction:
        return Contradiction.objects.filter(kind="divergence").order_by("pk").last()

    def _verdict(self) -> Verdict | None:
        judged = Judgement.objects.filter(kind="divergence", period_start=self.month.start).first()
        return Verdict(int(judged.cells["verdict"][0])) if judged else None


@pytest.fixture
def life(quiet_years: None, link: Link, push: Push, truth_owner: Person) -> type[Life]:
    """The machine, on an organisation whose quiet years are assessed."""
    return type("LifeOfOurs", (Life,), {"link": link, "push": staticmethod(push), "truth_owner": truth_owner})


def test_the_life_of_a_case_follows_the_rules(life: type[Life]) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        life, settings=settings(max_examples=12, stateful_step_count=12, suppress_health_check=checks)
    )
