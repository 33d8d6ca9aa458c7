"""Journeys name the act that established them."""

import truthgov.acts
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('journeys', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='journey',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
    ]
