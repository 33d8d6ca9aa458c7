"""Entries of the audit name the act that they come from."""

import truthgov.acts
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('truthgov', '0005_requests_are_counted_in_a_row'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['act', 'number'], name='entries_of_an_act'),
        ),
    ]
