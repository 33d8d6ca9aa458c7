import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0009_what_is_said_of_figures'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name='attestation', name='a_fact_is_written_once'),
        pgtrigger.migrations.RemoveTrigger(model_name='attestation', name='facts_are_not_truncated'),
        migrations.AddField(
            model_name='attestation',
            name='absences',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='attestation',
            name='digest',
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='attestation',
            name='grain',
            field=models.CharField(choices=[('day', 'day'), ('week', 'week'), ('month', 'month'), ('quarter', 'quarter')], max_length=8, null=True),
        ),
        migrations.AddField(
            model_name='attestation',
            name='observations',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None),
        ),
        migrations.AddField(
            model_name='attestation',
            name='period_start',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='attestation',
            name='scope',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='truthgov.scope'),
        ),
        migrations.AddField(
            model_name='attestation',
            name='version',
            field=models.PositiveSmallIntegerField(default=1, help_text='Of the wording.'),
        ),
    ]
