"""Whoever administers or audits decides nothing, nor is sent to a meeting in the stead of who does."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0034_a_naming_is_the_one_that_was_decided'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='delegation',
            trigger=pgtrigger.compiler.Trigger(name='who_administers_or_audits_sits_for_nobody', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (\n            SELECT FROM truthgov_appointment a\n            WHERE a.person_id = NEW.person_id AND a.role IN ('administrator', 'auditor') AND a.status = 'confirmed'\n              AND a.holds @> NEW.named_at::date) THEN\n            RAISE EXCEPTION 'who administers or audits neither decides nor sits for who does';\n        END IF;\n        RETURN NEW;\n    ", hash='44784d1ab9b733a811942951e081fbb199ca654c', operation='INSERT', pgid='pgtrigger_who_administers_or_audits_sits_for_nobody_b903d', table='forums_delegation', when='BEFORE')),
        ),
    ]
