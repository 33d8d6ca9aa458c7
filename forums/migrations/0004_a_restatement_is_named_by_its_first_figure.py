"""Agenda subjects named a restatement by its submission's audit entry; from here on by the first figure restated.

By way of negative numbers, since an entry and an observation may bear the same one.
"""

from django.db import migrations

RENAME = """
    UPDATE forums_subject SET reference = -(
        SELECT min(o.id) FROM metrics_observation o JOIN metrics_submission s ON s.id = o.submission_id
        WHERE s.entry = reference AND o.restates IS NOT NULL)
    WHERE kind = 'restatement';
    UPDATE forums_subject SET reference = -reference WHERE kind = 'restatement';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0003_a_restatement_is_noted"),
        ("metrics", "0006_what_was_restated_and_who_cites_it"),
    ]

    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
