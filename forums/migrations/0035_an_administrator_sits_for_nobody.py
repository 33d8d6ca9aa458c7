"""Whoever administers neither decides nor signs, nor is sent to a meeting in the stead of who does."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0034_a_naming_is_the_one_that_was_decided"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="delegation",
            trigger=pgtrigger.compiler.Trigger(
                name="an_administrator_sits_for_nobody",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF EXISTS (\n            SELECT FROM truthgov_appointment a\n            WHERE a.person_id = NEW.person_id AND a.role = 'administrator' AND a.status = 'confirmed'\n              AND a.holds @> NEW.named_at::date) THEN\n            RAISE EXCEPTION 'an administrator neither decides nor signs, nor sits for who does';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="5ba1f8a654a8fc4e79a18448ea4e15d3bdf740df",
                    operation="INSERT",
                    pgid="pgtrigger_an_administrator_sits_for_nobody_b8d92",
                    table="forums_delegation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
