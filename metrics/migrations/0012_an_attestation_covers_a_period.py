import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0011_attestations_name_their_periods'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='attestation', name='a_person_attests_a_submission_once'),
        migrations.RemoveField(model_name='attestation', name='submission'),
        migrations.AlterModelOptions(
            name='attestation',
            options={'ordering': ['-pk']},
        ),
        migrations.AlterField(
            model_name='attestation',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='truthgov.scope'),
        ),
        migrations.AlterField(
            model_name='attestation',
            name='grain',
            field=models.CharField(choices=[('day', 'day'), ('week', 'week'), ('month', 'month'), ('quarter', 'quarter')], max_length=8),
        ),
        migrations.AlterField(
            model_name='attestation',
            name='period_start',
            field=models.DateField(),
        ),
        migrations.AlterField(
            model_name='attestation',
            name='observations',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
        ),
        migrations.AlterField(
            model_name='attestation',
            name='digest',
            field=models.CharField(max_length=64),
        ),
        migrations.AddIndex(
            model_name='attestation',
            index=django.contrib.postgres.indexes.GinIndex(fields=['observations'], name='attestations_of_a_figure'),
        ),
        migrations.AddIndex(
            model_name='attestation',
            index=models.Index(fields=['scope', 'period_start'], name='attestations_of_a_period'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='a_fact_is_written_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='04e7500e1fd24378207fcc2d1be9d66c8bfa7c8d', operation='UPDATE OR DELETE', pgid='pgtrigger_a_fact_is_written_once_aa97e', table='metrics_attestation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='facts_are_not_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are not truncated: %', TG_TABLE_NAME;", hash='bb1bd116da40b9146a918abcdb651422af1dec78', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_are_not_truncated_db87d', table='metrics_attestation', when='BEFORE')),
        ),
    ]
