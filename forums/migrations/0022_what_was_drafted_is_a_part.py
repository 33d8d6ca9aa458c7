"""Minutes that are not sealed yet have what they say as their one part; prose stands beside it from now on."""

from django.db import migrations

FILL = r"""
UPDATE forums_minutes SET
    parts = jsonb_build_array(jsonb_build_object('key', 'record', 'text', rtrim(text, E'\n'))),
    text = rtrim(text, E'\n') || E'\n'
WHERE parts = '[]' AND NOT EXISTS (SELECT FROM forums_sealing WHERE minutes_id = forums_minutes.id);
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0021_minutes_are_confirmed")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
