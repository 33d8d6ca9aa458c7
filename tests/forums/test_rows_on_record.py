"""What acts wrote and changed is what their entries tell: whoever owns the tables changes none of it unseen."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from forums.models import Action, Dissent
from forums.motions.motion import Expected, Undertaking
from tests.acting import by
from tests.days import tomorrow
from tests.factories.forums import resolving
from truthgov import audit
from truthgov.actor import Actor
from truthgov.clock import now
from truthgov.errors import Refusal
from truthgov.intake import attach
from truthgov.models import AuditEntry
from truthgov.verification import verify

CHANGED = {
    "a decision's words": ("forums_decision", "UPDATE {} SET wording = 'x'", "1 decision, and not what stands"),
    "when it was made": ("forums_decision", "UPDATE {} SET decided_at = decided_at - interval '1 day'", "1 decision"),
    "what is expected of it": ("forums_expectation", "DELETE FROM {}", "1 expectation, where 0 stand"),
    "what it was about": ("forums_subject", "UPDATE {} SET reference = reference + 1", "Subject 1 is not what"),
    "a dissent": ("forums_dissent", "DELETE FROM {}", "1 dissent, where 0 stand"),
    "who was there": ("forums_attendance", "UPDATE {} SET arrived_at = arrived_at + interval '1 h'", "Attendance"),
    "a right": ("forums_decisionright", "UPDATE {} SET decider_role = 'executive'", "and not what stands"),
    "the charter": ("forums_charter", "UPDATE {} SET quorum = quorum + 1", "Charter 1 is not what audit entry"),
    "an action's date": ("forums_action", "UPDATE {} SET due_on = due_on + 7", "Action 1 is not what audit entry"),
    "that it was done": ("forums_action", "UPDATE {} SET status = 'open', proof = ''", "Action 1 is not what"),
    "an action": ("forums_action", "DELETE FROM {}", "left, is gone"),
    "what showed it": ("forums_proof", "UPDATE {} SET text = 'x'", "1 proof, and not what stands"),
    "a file": ("forums_prooffile", "UPDATE {} SET content = 'x'", "A file that proof 1 rests on is not what it stated"),
    "that there was a file": ("forums_prooffile", "DELETE FROM {}", "A file that proof 1 rests on is not"),
    "a case's state": ("metrics_contradiction", "UPDATE {} SET status = 'closed'", "Contradiction 1 is not what"),
    "how severe it was": ("metrics_contradiction", "UPDATE {} SET severity = 'low'", "Contradiction 1 is not what"),
    "why it changed": ("metrics_contradictionevent", "UPDATE {} SET reason = 'x'", "1 contradiction event, and not"),
    "by which act": ("metrics_contradictionevent", "UPDATE {} SET act = gen_random_uuid()", "event, where 0 stand"),
    "what nobody did": (
        "forums_dissent",
        "INSERT INTO {0} (decision_id, person_id, reason, recorded_at) "
        "SELECT decision_id, (SELECT min(id) FROM truthgov_person), 'x', now() FROM {0}",
        "Beside what acts wrote, 1 dissent of which no entry tells",
    ),
    "when it was known": (
        "truthgov_auditentry",
        "UPDATE {0} SET act = (SELECT act FROM {0} ORDER BY number DESC LIMIT 1) WHERE code = 'decision.dissented'",
        "names an act that did not make it",
    ),
}


@pytest.fixture
def decided(item, steering, case, sales_lead, executive, tmp_path, settings) -> Action:
    """The action of a decision, from which a member dissents; it is shown to be done."""
    settings.CHECKPOINTS_FOLDER = tmp_path / "checkpoints"
    undertaken = Undertaking(title="Report net bookings", owner=sales_lead, due_on=tomorrow())
    decision = item.decide(resolving(actions=[undertaken], expects=[Expected(case.other_measure)]), by=steering.chair)
    decision.dissent("It will not hold.", by=by(executive))
    action = decision.actions.get()
    action.report_done("See the file.", [attach("net.txt", b"net")], by=by(sales_lead))
    return action


@contextmanager
def changed(table: str, statement: str) -> Iterator[None]:
    """Its owner does something to a table; afterwards it holds what it held."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"CREATE TEMPORARY TABLE held AS SELECT * FROM {table}")
        cursor.execute(statement.format(table))
        yield
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"INSERT INTO {table} SELECT * FROM held")
        cursor.execute("DROP TABLE held")


def test_what_the_owner_of_the_tables_changes_is_told(own_database: dict[str, str], decided: Action) -> None:
    """One meeting for all that is done to its tables: making it takes a hundred times what verifying it takes."""
    assert verify().faults == []
    unseen = []
    for what, (table, statement, sentence) in CHANGED.items():
        with changed(table, statement):
            told = verify().faults
        if not any(sentence in fault for fault in told):
            unseen.append((what, told))
        assert verify().faults == [], f"after {what}"
    assert unseen == []


def test_what_holds_is_counted_and_of_what_no_entry_tells(decided: Action) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    held, untold = said.getvalue().splitlines()[1:3]
    assert held == f"{verify().rows} rows that acts wrote or changed are what the entries tell of them."
    assert untold.startswith("No entry tells of ")


def test_rows_from_before_entries_told_of_them_are_no_fault(decided: Action) -> None:
    """They have an act, or none, and numbers before the first that is told of."""
    first = Dissent.objects.get()
    Dissent(pk=first.pk - 1, decision=first.decision, person=decided.owner, reason="x",
            recorded_at=first.recorded_at).save(force_insert=True)  # fmt: skip
    found = verify()
    assert (found.faults, "1 dissent" in found.untold) == ([], True)


def test_what_an_act_writes_after_its_last_entry_is_told_in_one_more(decided: Action) -> None:
    with audit.act() as act:
        audit.record("decision.dissented", decided.decision, by=Actor(clockwork="test"))
        act.chain()
        decided.decision.dissents.create(person=decided.owner, reason="x", recorded_at=now())
    last = AuditEntry.objects.first()
    assert (last.code, last.data["act"]["wrote"]["forums_dissent"][0]) == ("act.completed", 1)
    assert verify().faults == []


def test_what_is_rolled_back_is_not_told(decided: Action) -> None:
    def refuse() -> None:
        with audit.act():
            decided.decision.dissents.create(person=decided.owner, reason="x", recorded_at=now())
            raise Refusal("No.")

    with audit.act():
        with suppress(Refusal):
            refuse()
        audit.record("action.verified", decided, by=Actor(clockwork="test"))
    assert "wrote" not in AuditEntry.objects.first().data["act"]
    assert verify().faults == []
