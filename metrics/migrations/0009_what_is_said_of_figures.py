import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0008_arrays_of_a_year_are_packed'),
        ('truthgov', '0004_a_preparer_and_reminders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period_start', models.DateField()),
                ('reason', models.TextField()),
                ('stated_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text="The period's short form.", max_length=12)),
                ('entries', models.JSONField(default=dict)),
                ('source', models.CharField(blank=True, max_length=80)),
                ('kept_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='FigureNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('observation_id', models.BigIntegerField(db_index=True, help_text='Of the ledger, which takes no references in.')),
                ('text', models.TextField()),
                ('noted_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text="The period's short form.", max_length=12)),
                ('kind', models.CharField(choices=[('before', 'before the deadline'), ('after', 'after the deadline')], max_length=8)),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-pk'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='absence',
            name='appointment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='truthgov.appointment'),
        ),
        migrations.AddField(
            model_name='absence',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='metrics.measure'),
        ),
        migrations.AddField(
            model_name='absence',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='absence',
            name='segment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='metrics.segment'),
        ),
        migrations.AddField(
            model_name='draft',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='draft',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='truthgov.scope'),
        ),
        migrations.AddField(
            model_name='figurenote',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reminder',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reminder',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='truthgov.scope'),
        ),
        migrations.AddIndex(
            model_name='absence',
            index=models.Index(fields=['measure', 'period_start'], name='absences_of_a_measure'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_absence_has_its_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absence',
            trigger=pgtrigger.compiler.Trigger(name='a_fact_is_written_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bf742abd8e908551c0c9a2f7ad2bac475a9d6912', operation='UPDATE OR DELETE', pgid='pgtrigger_a_fact_is_written_once_80b36', table='metrics_absence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absence',
            trigger=pgtrigger.compiler.Trigger(name='facts_are_not_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are not truncated: %', TG_TABLE_NAME;", hash='13ce0b187a1d44463216df6aa1e9cbcf7165ab58', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_are_not_truncated_0fb4e', table='metrics_absence', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('person', 'scope', 'code'), name='a_person_keeps_one_draft_of_a_sheet'),
        ),
        migrations.AddConstraint(
            model_name='figurenote',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_note_says_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='figurenote',
            trigger=pgtrigger.compiler.Trigger(name='a_fact_is_written_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d49a3410b67fd757814793101d7a0b4c264b5529', operation='UPDATE OR DELETE', pgid='pgtrigger_a_fact_is_written_once_1cd19', table='metrics_figurenote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='figurenote',
            trigger=pgtrigger.compiler.Trigger(name='facts_are_not_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are not truncated: %', TG_TABLE_NAME;", hash='43a84661a7cec1d6d2b81fb9deeb5e039cca66b3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_are_not_truncated_280aa', table='metrics_figurenote', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('person', 'scope', 'code', 'kind'), name='a_person_is_reminded_once_of_each_deadline'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='a_fact_is_written_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='321485bb505b212cd45fc8628e06be5abd736857', operation='UPDATE OR DELETE', pgid='pgtrigger_a_fact_is_written_once_bcd69', table='metrics_reminder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='facts_are_not_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'facts are not truncated: %', TG_TABLE_NAME;", hash='32a0d8348736cdfef27bc2cd565768834068ddf9', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_are_not_truncated_924f7', table='metrics_reminder', when='BEFORE')),
        ),
    ]
