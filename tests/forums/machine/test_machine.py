"""Meetings of any course against a plain model of the rules: people come, leave, are recused, stood in for and sent,
object, vote, lift, decide, force, escalate, adjourn and are overturned from above, by the verbs and by SQL past them.
No invalid decision stands, and whoever recomputes a meeting from its audit finds nothing wrong.

How many are driven stands in TRUTHGOV_MEETING_RUNS (30 unless said); 300 are for the gate, 10,000 for the night, which
two workers may share. `--hypothesis-seed` gives the same ones again, and `-rP --log-level=info` tells what was tried.
"""

import logging
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.forums.machine.conftest import Stage
from tests.forums.machine.deciding import WithDecisions
from tests.forums.machine.matters import Asked

RUNS = int(os.environ.get("TRUTHGOV_MEETING_RUNS", "30"))
SHARES = [pytest.param(each, marks=pytest.mark.xdist_group(f"share {each}")) for each in range(1 + RUNS // 10_000)]
ENOUGH = 3_000
"""From so many runs in a share on, everything must have been done, and refused."""
STEPS = 8
DONE_AND_REFUSED = (
    "come", "go", "stand aside", "send", "put", "object", "withdraw", "overrule", "vote", "close", "take back",
    "decide with the room", "decide", "force", "supersede", "escalate", "carry over", "take above", "answer",
    "overturn", "forums_decision by SQL", "forums_lifting by SQL", "forums_overturning by SQL",
)  # fmt: skip


@pytest.fixture
def session(stage: Stage) -> type[WithDecisions]:
    return type("SessionOfOurs", (WithDecisions,), {"stage": stage, "did": Counter()})


@pytest.mark.parametrize("share", SHARES)
def test_no_invalid_decision_stands_whatever_happens_in_a_meeting(
    session: type[WithDecisions], share: int, pytestconfig: pytest.Config
) -> None:
    runs, given = RUNS // len(SHARES), pytestconfig.getoption("--hypothesis-seed")
    machine = seed(int(given) + share)(session) if given else session
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=runs, stateful_step_count=STEPS, suppress_health_check=checks)
    )
    for (what, done), count in sorted(session.did.items()):
        logging.info("%s, %s: %s", what, "done" if done else "refused", count)
    never = [(what, done) for what in DONE_AND_REFUSED for done in (True, False) if not session.did[what, done]]
    assert runs < ENOUGH or never == []


def test_the_model_tells_what_the_rules_say(stage: Stage) -> None:
    """By itself: an accused member counts and has no vote, nor has whom they send; a tie carries nothing; force needs
    no quorum."""
    model = stage.model()
    item = model.items["sales"]
    assert "sales lead" in model.counts()
    assert "sales lead" not in model.entitled(item)
    assert model.may_send("sales lead", "outsider")
    model.room["outsider"] = model.room.pop("sales lead")
    assert "outsider" in model.counts() - model.entitled(item)
    item.asked = Asked("policy", ballots={"truth owner": "in_favour", "executive": "against"})
    model.close(item)
    assert item.asked is None
    for who in ("executive", "second executive", "outsider", "delivery lead"):
        del model.room[who]
    assert not model.may_decide("truth owner", item, "fund", forced=False, asked=False)
    assert model.may_decide("truth owner", item, "fund", forced=True, asked=False)
