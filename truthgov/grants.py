"""What the application role may do: read and write everything, and never change or remove a fact.

The owner migrates and owns every table. The application role owns none: it holds no UPDATE, DELETE or TRUNCATE on the
table of a `Fact`, so that an append-only record stays one even where a trigger was forgotten.
"""

from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

from truthgov.models.base import Fact

SCHEMA = sql.Identifier("public")


def fact_tables() -> list[str]:
    """The tables whose rows are written once, in alphabetical order."""
    return sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True) if issubclass(model, Fact)}
    )


def ensure_role(owner: BaseDatabaseWrapper, application: dict[str, Any]) -> None:
    """The application role of these database settings exists afterwards, may sign in, and has their password."""
    name, password = sql.Identifier(application["USER"]), application["PASSWORD"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [application["USER"]])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        if password:
            cursor.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password)))


def grant(owner: BaseDatabaseWrapper, role: str) -> None:
    """Give `role` what it needs on every table there is now, and take back what would change a fact. Idempotent."""
    application = sql.Identifier(role)
    facts = fact_tables()
    with owner.cursor() as cursor:
        for statement in ON_EVERYTHING:
            cursor.execute(sql.SQL(statement).format(schema=SCHEMA, role=application))
        if facts:
            tables = sql.SQL(", ").join(sql.Identifier(table) for table in facts)
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(tables, application))


ON_EVERYTHING = [
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
]
