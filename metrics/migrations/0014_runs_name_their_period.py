from django.db import migrations

# A run asked for the last complete month; of several that wait, the latest slot is enough. A feed ran each day, but a period
# is scheduled once, and waits once when it is asked for again: so runs name theirs when they are neither.
FILL = """
    UPDATE metrics_feed SET status = 'active' WHERE status = 'failing';
    UPDATE metrics_feedrun SET kind = 'asked';
    UPDATE metrics_feedrun AS run SET status = 'withdrawn', ended_at = now()
    WHERE status = 'due' AND EXISTS (
        SELECT FROM metrics_feedrun AS later
        WHERE later.feed_id = run.feed_id AND later.status = 'due' AND later.slot > run.slot
    );
    UPDATE metrics_feedrun SET status = 'parked' WHERE status = 'failed';
    UPDATE metrics_feedrun SET period_start = date_trunc('month', slot) - interval '1 month';
"""


class Migration(migrations.Migration):

    dependencies = [('metrics', '0013_a_feed_asks_for_periods')]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
