import metrics.models.packed
from django.db import migrations

KINDS = {"ordinals": ("integer", "int4send", ">i4"), "values": ("float8", "float8send", ">f8"),
         "numerators": ("float8", "float8send", ">f8"), "denominators": ("float8", "float8send", ">f8")}
PACK = """
    CREATE FUNCTION pg_temp.pack(numbers {kind}[]) RETURNS bytea LANGUAGE sql IMMUTABLE
    RETURN (SELECT string_agg({send}(number), '' ORDER BY place) FROM unnest(numbers) WITH ORDINALITY AS n(number, place));
"""


def packed() -> list[str]:
    """Each column by its own kind, the rows rewritten once."""
    functions = [PACK.format(kind=kind, send=send) for kind, send, _ in (KINDS["ordinals"], KINDS["values"])]
    columns = ", ".join(f'ALTER COLUMN "{name}" TYPE bytea USING pg_temp.pack("{name}")' for name in KINDS)
    return [*functions, f"ALTER TABLE metrics_serieschunk {columns}"]


class Migration(migrations.Migration):
    """Not reversed: PostgreSQL has no way back from bytes to floats; the arrays can be built anew from the readings."""

    dependencies = [
        ("metrics", "0007_a_definition_is_reviewed_and_may_change_the_counting"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(packed())],
            state_operations=[
                migrations.AlterField("serieschunk", name, metrics.models.packed.PackedField(kind))
                for name, (_, _, kind) in KINDS.items()
            ],
        ),
    ]
