"""A frozen view is found by the figures that it rolled up, too. None has any yet, so its index stays as it is."""

from django.db import migrations

SHOWN = """
CREATE OR REPLACE FUNCTION forums_observations_shown(content jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT shown::bigint), '{{}}') FROM (
        SELECT jsonb_path_query(content, '$.journeys[*].outcomes[*].observation')
        {rolled}
        UNION ALL SELECT jsonb_path_query(content, '$.claims[*].observation')
    ) AS shown(shown) WHERE jsonb_typeof(shown) = 'number'
$$;
"""
ROLLED = "UNION ALL SELECT jsonb_path_query(content, '$.journeys[*].outcomes[*].rolled_from[*]')"


class Migration(migrations.Migration):
    dependencies = [("forums", "0008_a_view_is_found_by_the_figures_it_shows")]

    operations = [migrations.RunSQL(SHOWN.format(rolled=ROLLED), SHOWN.format(rolled=""))]
