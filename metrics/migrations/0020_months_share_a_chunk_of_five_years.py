import django.db.models.deletion
import metrics.models.packed
from django.db import migrations, models

PACKED = {"ordinals": ">i4", "values": ">f8", "numerators": ">f8", "denominators": ">f8"}
REGROUPED = """
    CREATE TEMPORARY TABLE regrouped ON COMMIT DROP AS
    SELECT chunk.series_id, chunk.first_year - chunk.first_year % 5 AS first_year,
        string_agg(ordinals, '' ORDER BY chunk.first_year) AS ordinals,
        string_agg("values", '' ORDER BY chunk.first_year) AS "values",
        string_agg(numerators, '' ORDER BY chunk.first_year) AS numerators,
        string_agg(denominators, '' ORDER BY chunk.first_year) AS denominators
    FROM metrics_serieschunk AS chunk JOIN metrics_series AS series ON series.id = chunk.series_id
    WHERE (SELECT grain FROM metrics_definition AS definition
           WHERE definition.measure_id = series.measure_id AND status = 'approved' LIMIT 1) IN ('month', 'quarter')
    GROUP BY 1, 2
"""


class Migration(migrations.Migration):
    """Not reversed: the chunks can be built anew from the readings."""

    dependencies = [
        ("metrics", "0019_a_definition_may_be_derived"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([
                    "ALTER TABLE metrics_serieschunk RENAME COLUMN year TO first_year",
                    REGROUPED,
                    "DELETE FROM metrics_serieschunk WHERE series_id IN (SELECT series_id FROM regrouped)",
                    'INSERT INTO metrics_serieschunk (series_id, first_year, ordinals, "values", numerators, denominators)'
                    ' SELECT series_id, first_year, ordinals, "values", numerators, denominators FROM regrouped',
                ]),
            ],
            state_operations=[
                migrations.DeleteModel("SeriesChunk"),
                migrations.CreateModel(
                    "SeriesChunk",
                    [
                        ("pk", models.CompositePrimaryKey(
                            "series_id", "first_year", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("series", models.ForeignKey(
                            "metrics.series", django.db.models.deletion.DO_NOTHING, related_name="+",
                            db_constraint=False, db_index=False)),
                        ("first_year", models.SmallIntegerField()),
                        *((name, metrics.models.packed.PackedField(kind)) for name, kind in PACKED.items()),
                    ],
                ),
            ],
        ),
    ]  # fmt: skip
