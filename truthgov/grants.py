"""What the application role may do: read and write everything, and never change or remove a fact.

The owner migrates and owns every table. The application role owns none: it holds no UPDATE, DELETE or TRUNCATE on the
table of a `Fact`, so that an append-only record stays one even where a trigger was forgotten; and of a `Guarded` table
no right but SELECT, or none.
"""

from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

from truthgov.models.base import Fact, Guarded

SCHEMA = sql.Identifier("public")


def fact_tables() -> list[str]:
    """The tables whose rows are written once, in alphabetical order."""
    return sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True) if issubclass(model, Fact)}
    )


def guarded_tables(*, readable: bool) -> list[str]:
    """The tables that the application role writes through functions alone: those it may read, or those it may not."""
    models = apps.get_models(include_auto_created=True)
    return sorted(model._meta.db_table for model in models if issubclass(model, Guarded) and model.readable == readable)


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
    taken = {
        "UPDATE, DELETE, TRUNCATE": fact_tables(),
        "INSERT, UPDATE, DELETE, TRUNCATE": guarded_tables(readable=True),
        "ALL": guarded_tables(readable=False),
    }
    with owner.cursor() as cursor:
        for statement in ON_EVERYTHING:
            cursor.execute(sql.SQL(statement).format(schema=SCHEMA, role=application))
        for rights, named in taken.items():
            if named:
                tables = sql.SQL(", ").join(sql.Identifier(table) for table in named)
                cursor.execute(sql.SQL(f"REVOKE {rights} ON {{}} FROM {{}}").format(tables, application))


ON_EVERYTHING = [
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
]
