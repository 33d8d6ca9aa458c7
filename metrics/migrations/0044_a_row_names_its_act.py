"""Rows that moments of knowledge are worked out from name the act that wrote them."""

import pgtrigger.compiler
import pgtrigger.migrations
import truthgov.acts
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0043_a_rule_stands_back_whatever_its_versions_say'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contradiction',
            name='a_contradiction_keeps_its_identity',
        ),
        migrations.AddField(
            model_name='absence',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='attestation',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='casejoining',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='caselink',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='casesplit',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='causenaming',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='contradiction',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='contradictionevent',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='definition',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='measure',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='link',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='signal',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='signalwithdrawal',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='snooze',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='sourceofrecord',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='targetcondition',
            name='act',
            field=truthgov.acts.ActField(editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contradiction',
            trigger=pgtrigger.compiler.Trigger(name='a_contradiction_keeps_its_identity', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."measure_id" IS DISTINCT FROM (NEW."measure_id") OR OLD."other_measure_id" IS DISTINCT FROM (NEW."other_measure_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."other_source_id" IS DISTINCT FROM (NEW."other_source_id") OR OLD."segment_id" IS DISTINCT FROM (NEW."segment_id") OR OLD."rule_id" IS DISTINCT FROM (NEW."rule_id") OR OLD."act" IS DISTINCT FROM (NEW."act"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4d362f8af350adf9220636c85b7bee615a70938b', operation='UPDATE', pgid='pgtrigger_a_contradiction_keeps_its_identity_d2583', table='metrics_contradiction', when='BEFORE')),
        ),
    ]
