"""Decisions and frozen views name the act that wrote them."""

import truthgov.acts
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0035_who_administers_or_audits_sits_for_nobody'),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='viewsnapshot',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
    ]
