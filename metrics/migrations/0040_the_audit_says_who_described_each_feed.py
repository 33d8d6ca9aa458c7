from django.db import migrations

# Every feed was connected by a person, and the audit says who corrected it since.
FILL = """
    UPDATE metrics_feed AS feed SET described_by_id = (
        SELECT person.id FROM truthgov_auditentry AS entry
        JOIN truthgov_person AS person ON person.id = (entry.actor ->> 'person')::bigint
        WHERE entry.subject_kind = 'metrics.feed' AND entry.subject_id = feed.id::text
          AND entry.code IN ('feed.connected', 'feed.corrected')
        ORDER BY entry.number DESC LIMIT 1
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ("metrics", "0039_a_feed_names_who_described_it"),
        ("truthgov", "0005_requests_are_counted_in_a_row"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
