"""Frozen views are found by the observations that they show, without reading them.

Of few but large views the planner read every one for every figure asked about. The function's cost says what that takes.
"""

import django.contrib.postgres.indexes
from django.db import migrations

import forums.models.minutes

SHOWN = """
CREATE FUNCTION forums_observations_shown(content jsonb) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT shown::bigint), '{}') FROM (
        SELECT jsonb_path_query(content, '$.journeys[*].outcomes[*].observation')
        UNION ALL SELECT jsonb_path_query(content, '$.claims[*].observation')
    ) AS shown(shown) WHERE jsonb_typeof(shown) = 'number'
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0007_a_preparer_is_a_role'),
    ]

    operations = [
        migrations.RunSQL(SHOWN, "DROP FUNCTION forums_observations_shown(jsonb);"),
        migrations.RemoveIndex(model_name='viewsnapshot', name='snapshots_by_what_they_show'),
        migrations.AddIndex(
            model_name='viewsnapshot',
            index=django.contrib.postgres.indexes.GinIndex(forums.models.minutes.ObservationsShown('content'), name='snapshots_by_what_they_show'),
        ),
    ]
