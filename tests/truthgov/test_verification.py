import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from truthgov import audit, checkpoints
from truthgov.actor import Actor
from truthgov.checkpoints import Checkpoint
from truthgov.clock import now
from truthgov.models import AuditEntry, AuditHead, Scope
from truthgov.verification import MANY, verify, verify_chain

BY = Actor(clockwork="test")


@pytest.fixture
def folder(settings, tmp_path):
    settings.CHECKPOINTS_FOLDER = tmp_path / "checkpoints"
    return settings.CHECKPOINTS_FOLDER


@pytest.fixture
def chain(db, folder):
    add(5)


@pytest.fixture
def as_owner(own_database):
    """Whoever holds the owner's password switches the triggers off; the chain is what is left to tell."""

    def execute(*statements: str) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE truthgov_auditentry DISABLE TRIGGER ALL")
            for statement in statements:
                cursor.execute(statement)

    return execute


def add(count):
    for number in range(count):
        with audit.act():
            audit.record("scope.named", Scope(pk=number), by=BY, name=f"ü{number}")


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def test_an_untouched_chain_holds(chain):
    checkpoints.keep()
    found = verify()
    assert (found.holds, found.entries, found.checkpoints) == (True, 5, 1)


def test_an_empty_chain_holds(db, folder):
    assert verify().holds


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE truthgov_auditentry SET data = '{}' WHERE number = 3",
            "Entry 3 (scope.named) is not what was written",
        ),
        ("DELETE FROM truthgov_auditentry WHERE number = 3", "After entry 2 comes entry 4"),
        ("UPDATE truthgov_auditentry SET previous_hash = 'x' WHERE number = 4", "Entry 4 does not continue entry 3"),
        ("DELETE FROM truthgov_auditentry WHERE number = 5", "The head names entry 5; the chain ends at entry 4"),
    ],
)
def test_a_change_behind_the_product_is_named(as_owner, folder, statement, sentence):
    add(5)
    as_owner(statement)
    assert any(sentence in fault for fault in verify().faults)


def test_a_cut_tail_verifies_alone_and_not_beside_a_checkpoint(as_owner, folder):
    add(5)
    checkpoints.keep()
    kept = AuditEntry.objects.get(number=3)
    as_owner(
        "DELETE FROM truthgov_auditentry WHERE number > 3",
        f"UPDATE truthgov_audithead SET number = 3, hash = '{kept.hash}'",
    )
    assert ["the end of the chain was cut" in fault for fault in verify().faults] == [True]
    files(folder)[0].unlink()
    assert verify().holds


def test_a_rewritten_chain_is_found_by_an_earlier_checkpoint(as_owner, folder):
    add(3)
    checkpoints.keep()
    as_owner("DELETE FROM truthgov_auditentry", "UPDATE truthgov_audithead SET number = 0, hash = ''")
    add(4)
    assert any("Entry 3 is not the one that the checkpoint" in fault for fault in verify().faults)


def test_a_forged_checkpoint_is_named(chain, folder):
    checkpoints.keep()
    content = json.loads(files(folder)[0].read_text())
    files(folder)[0].write_text(json.dumps(content | {"hash": "0" * 64}))
    assert any("is not signed by us" in fault for fault in verify().faults)


def test_an_unreadable_checkpoint_is_named_and_leaves_the_page_of_the_audit_standing(chain, folder, as_person, auditor):
    checkpoints.keep()
    files(folder)[0].write_text("{")
    assert any("is not a checkpoint" in fault for fault in verify().faults)
    assert "names entry 5." in as_person(auditor).get("/audit/").content.decode()


def test_what_is_done_and_signed_while_the_chain_is_verified_is_no_fault(chain, folder):
    read = []

    def meanwhile(execute, sql, *args):
        found = execute(sql, *args)
        if "truthgov_audithead" in sql and not read:
            read.append(sql)
            add(1)
            checkpoints.keep()
        return found

    with connections["default"].execute_wrapper(meanwhile):
        assert verify().faults == []


def test_of_a_chain_that_holds_nowhere_a_few_faults_are_told(chain):
    entries = [AuditEntry(number=number, at=now(), code="x", data={}, hash="no") for number in range(1, 60)]
    signed = {entry.number: Checkpoint(entry.number, "other", "", "") for entry in [*entries, AuditEntry(number=90)]}
    assert len(verify_chain(entries, signed).faults) == MANY + 1


def test_a_head_is_kept_once(chain, folder):
    assert checkpoints.keep().number == 5
    assert checkpoints.keep() is None
    add(1)
    assert checkpoints.keep().number == 6
    assert checkpoints.latest() == 6
    assert len(files(folder)) == 2


def test_the_command_fails_and_says_why(as_owner, folder):
    add(5)
    output = StringIO()
    call_command("verify_audit", stdout=output)
    assert "The audit holds: 5 entries, 0 signed checkpoints" in output.getvalue()
    as_owner("UPDATE truthgov_auditentry SET code = 'x' WHERE number = 2")
    with pytest.raises(CommandError, match="Entry 2"):
        call_command("verify_audit")


def _nobody(prompt):
    """What asks for a password where there is no terminal."""
    raise EOFError


def test_the_organisation_is_founded_from_the_command_line(db, monkeypatch):
    arguments = ["Atlantic Hotels", "--email", "adam@example.org", "--name", "Adam"]
    monkeypatch.delenv("TRUTHGOV_ADMINISTRATOR_PASSWORD", raising=False)
    monkeypatch.setattr("truthgov.management.commands.found_organisation.getpass", _nobody)
    with pytest.raises(CommandError, match="TRUTHGOV_ADMINISTRATOR_PASSWORD"):
        call_command("found_organisation", *arguments)
    monkeypatch.setenv("TRUTHGOV_ADMINISTRATOR_PASSWORD", "short")
    with pytest.raises(CommandError, match="too short"):
        call_command("found_organisation", *arguments)
    monkeypatch.setenv("TRUTHGOV_ADMINISTRATOR_PASSWORD", "correct horse battery")
    call_command("found_organisation", *arguments, stdout=StringIO())
    assert AuditHead.objects.get().number == 2
    with pytest.raises(CommandError, match="founded already"):
        call_command("found_organisation", *arguments)
