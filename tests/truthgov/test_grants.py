"""What is written once stays so: the catalogue is asked, not the code."""

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from truthgov import grants

ONCE = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_a_fact_is_written_once%'"


def asked(statement: str, *values: str) -> list[tuple[object, ...]]:
    """What the application role is answered."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


@pytest.fixture
def written_once(db: None) -> list[str]:
    """The tables of facts, as the catalogue has them."""
    return sorted(str(table) for (table,) in asked(ONCE))


def test_every_fact_has_its_triggers(written_once: list[str]) -> None:
    assert written_once == grants.fact_tables()
    assert "truthgov_auditentry" in written_once


def test_the_application_role_may_only_read_and_add_facts(written_once: list[str]) -> None:
    for table in set(written_once) - set(grants.guarded_tables(readable=True)):
        assert rights_on(table) == {"SELECT", "INSERT"}, table


def test_the_application_role_writes_no_guarded_table_and_reads_no_hidden_one(db: None) -> None:
    readable, hidden = (grants.guarded_tables(readable=readable) for readable in (True, False))
    assert [rights_on(table) for table in readable] == [{"SELECT"}] * len(readable)
    assert (hidden, rights_on("forums_ballotbox")) == (["forums_ballotbox"], set())


def rights_on(table: str) -> set[str]:
    return {right for right in RIGHTS if asked("SELECT has_table_privilege(%s, %s)", table, right) == [(True,)]}


RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_fact_cannot_be_changed_by_the_application(written_once: list[str], statement: str) -> None:
    for table in written_once:
        (column,) = asked("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", table)[0]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            asked(statement.format(table, column, column))


def test_nor_emptied_by_the_owner(own_database: dict[str, str], written_once: list[str]) -> None:
    with psycopg2.connect(own_database["DATABASE_OWNER_URL"]) as owner:
        for table in written_once:
            cursor = owner.cursor()
            with pytest.raises(psycopg2.errors.RaiseException):
                cursor.execute(f"TRUNCATE {table} CASCADE")
            owner.rollback()


def test_the_application_role_owns_nothing(db: None) -> None:
    assert asked("SELECT relname FROM pg_class WHERE relowner = current_user::regrole") == []
    assert asked("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
        (False,)
    ]
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        asked("CREATE TABLE of_my_own (figure int)")


def test_provisioning_twice_changes_nothing(own_database: dict[str, str], written_once: list[str]) -> None:
    acl = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    before = asked(acl)
    call_command("provision", verbosity=0)
    connections["owner"].close()
    assert asked(acl) == before


def test_an_earlier_version_leaves_the_database_of_a_later_one_alone(own_database: dict[str, str]) -> None:
    with connections["owner"].cursor() as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('truthgov', '9999_of_later', now())")
    with pytest.raises(CommandError, match=r"A later version .*truthgov\.9999_of_later.* backup"):
        call_command("provision", verbosity=0)
