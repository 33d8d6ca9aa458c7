"""A list to begin with: what most often makes functions contradict each other. The truth owner adds and retires."""

from datetime import UTC, datetime

from django.db import migrations

CAUSES = (
    ("Targets pull apart", "Each function meets its own target, and the targets do not add up to what the customer needs."),
    ("More is promised than can be kept", "What is sold is not held against the capability to deliver it."),
    ("Handed on unchecked", "Nobody says what has to be true before something is passed on."),
    ("Counted differently", "The same word stands for different things, or is counted by different rules."),
    ("Incomplete or late figures", "What was judged was not all there, or not there in time."),
    ("Wrong in the source", "A system or a person recorded what did not happen, or did not record what did."),
    ("Process not followed", "The way of working is agreed, and is not how it is done."),
    ("Capacity", "People, rooms or parts were missing where the customer needed them."),
    ("Change not told", "Prices, products or rules changed, and whoever depends on them did not know."),
    ("From outside", "A market, a supplier, a law or the weather; within reach of nobody here."),
)


def begin(apps, schema_editor):
    at = datetime.now(UTC)
    cause = apps.get_model("metrics", "RootCause")
    cause.objects.using(schema_editor.connection.alias).bulk_create(cause(name=name, explanation=why, added_at=at) for name, why in CAUSES)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0027_a_case_has_a_life")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
