"""While sources contradict each other a decision names one; what waits stays as proposed; shares are shares."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0037_one_of_two_is_the_truth_owner'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contradiction',
            name='a_change_of_state_has_its_event',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contradiction',
            trigger=pgtrigger.compiler.Trigger(name='a_change_of_state_has_its_event', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE stands metrics_contradiction%ROWTYPE; told metrics_contradictionevent%ROWTYPE; state text; began date; latest date; proven boolean;', func="\n    SELECT * INTO stands FROM metrics_contradiction WHERE id = NEW.id;\n    SELECT * INTO told FROM metrics_contradictionevent\n    WHERE contradiction_id = NEW.id\n      AND code IN ('opened', 'surfaced', 'split_off', 'returned_to_open', 'recurred', 'entered_remedy',\n                   'declared_false_alarm', 'joined', 'proved', 'settled', 'closed_on_evidence')\n    ORDER BY id DESC LIMIT 1;\n    state := CASE\n        WHEN told.code IN ('opened', 'surfaced', 'split_off', 'returned_to_open', 'recurred') THEN 'open'\n        WHEN told.code = 'entered_remedy' THEN 'in_remedy'\n        WHEN told.code = 'declared_false_alarm' THEN 'false_alarm'\n        WHEN told.code = 'joined' THEN 'joined'\n        WHEN told.code IN ('proved', 'settled', 'closed_on_evidence') THEN 'closed' END;\n    IF stands.status IS DISTINCT FROM state THEN\n        RAISE EXCEPTION 'a contradiction is % by an event that says so, the last one says %', stands.status, state;\n    END IF;\n    IF stands.status = 'joined' AND NOT EXISTS (\n        SELECT FROM metrics_casejoining WHERE contradiction_id = NEW.id) THEN\n        RAISE EXCEPTION 'a contradiction is joined to one that stays';\n    END IF;\n    SELECT period_start INTO began FROM metrics_contradictionevent\n    WHERE contradiction_id = NEW.id AND code = 'entered_remedy' ORDER BY id DESC LIMIT 1;\n    IF stands.status = 'in_remedy' AND stands.remedy_from IS DISTINCT FROM began THEN\n        RAISE EXCEPTION 'a remedy is proved from the day that was decided, %', began;\n    END IF;\n\n    IF stands.status <> 'closed' OR OLD.status = 'closed' THEN\n        RETURN NULL;\n    END IF;\n    IF told.code = 'proved' THEN\n        SELECT max(s.period_start) INTO latest FROM metrics_signal s\n        WHERE s.contradiction_id = NEW.id AND s.period_start >= began\n          AND NOT EXISTS (SELECT FROM metrics_signalwithdrawal w WHERE w.signal_id = s.id);\n        proven := (SELECT count(*) FROM metrics_judgement j\n                   WHERE j.rule_id = stands.rule_id AND j.period_start >= began\n                     AND (latest IS NULL OR j.period_start > latest))\n               >= coalesce((SELECT quiet_periods FROM metrics_ruleversion\n                            WHERE rule_id = stands.rule_id AND status = 'approved'\n                              AND (starts_on IS NULL OR starts_on <= began)\n                            ORDER BY version DESC LIMIT 1), 3);\n    ELSIF told.code = 'settled' THEN\n        proven := stands.kind = 'source_disagreement' AND EXISTS (\n            SELECT FROM metrics_sourceofrecord r\n            WHERE r.measure_id = stands.measure_id AND r.authority <> ''\n              AND (r.settles_id IN (stands.source_id, stands.other_source_id)\n                   OR r.source_id NOT IN (stands.source_id, stands.other_source_id)));\n    ELSE\n        proven := told.authority <> '' AND told.reason <> '' AND (stands.rule_id IS NULL OR coalesce(\n            (SELECT v.state <> 'active' FROM metrics_ruleversion v\n             WHERE v.rule_id = stands.rule_id AND v.status = 'approved'\n               AND (v.starts_on IS NULL OR v.starts_on <= told.at::date + 1)  -- no zone is more than a day ahead\n             ORDER BY v.version DESC LIMIT 1),\n            (SELECT made_by_id IS NOT NULL OR replaced_by_id IS NOT NULL FROM metrics_rule WHERE id = stands.rule_id)));\n    END IF;\n    IF NOT coalesce(proven, false) THEN\n        RAISE EXCEPTION 'a contradiction closes when its remedy is proved: % is not borne out', told.code;\n    END IF;\n    RETURN NULL;\n", hash='9b8aad04fa64ae683d948d0c756df16a0b966c68', operation='UPDATE OF "status", "remedy_from"', pgid='pgtrigger_a_change_of_state_has_its_event_b1780', table='metrics_contradiction', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='definition',
            trigger=pgtrigger.compiler.Trigger(name='a_definition_says_what_was_proposed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."measure_id" IS DISTINCT FROM (NEW."measure_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."wording" IS DISTINCT FROM (NEW."wording") OR OLD."formula" IS DISTINCT FROM (NEW."formula") OR OLD."derivation" IS DISTINCT FROM (NEW."derivation") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."grain" IS DISTINCT FROM (NEW."grain") OR OLD."decimals" IS DISTINCT FROM (NEW."decimals") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."red_threshold" IS DISTINCT FROM (NEW."red_threshold") OR OLD."min_effect" IS DISTINCT FROM (NEW."min_effect") OR OLD."reliable_from" IS DISTINCT FROM (NEW."reliable_from") OR OLD."source_tolerance" IS DISTINCT FROM (NEW."source_tolerance") OR OLD."restatement_threshold" IS DISTINCT FROM (NEW."restatement_threshold") OR OLD."freshness_days" IS DISTINCT FROM (NEW."freshness_days") OR OLD."roll_up" IS DISTINCT FROM (NEW."roll_up") OR OLD."unguarded_because" IS DISTINCT FROM (NEW."unguarded_because") OR OLD."changes_counting" IS DISTINCT FROM (NEW."changes_counting") OR OLD."bridge_factor" IS DISTINCT FROM (NEW."bridge_factor") OR OLD."bridge_offset" IS DISTINCT FROM (NEW."bridge_offset") OR OLD."bridge_reason" IS DISTINCT FROM (NEW."bridge_reason") OR OLD."retires" IS DISTINCT FROM (NEW."retires") OR OLD."rationale" IS DISTINCT FROM (NEW."rationale") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6b354e3c2dfec1835578031f50016de4e781010a', operation='UPDATE', pgid='pgtrigger_a_definition_says_what_was_proposed_8963a', table='metrics_definition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourceofrecord',
            trigger=pgtrigger.compiler.Trigger(name='what_is_disputed_is_decided', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."authority" = \'\')', func="\n    IF EXISTS (SELECT FROM metrics_contradiction WHERE measure_id = NEW.measure_id AND kind = 'source_disagreement'\n               AND status IN ('open', 'in_remedy')) THEN\n        RAISE EXCEPTION 'while two sources of a measure contradict each other, a decision names its source of record';\n    END IF;\n    RETURN NEW;\n", hash='40545a1a0d5a1d97489dbf5a5efd621441f8cb95', operation='INSERT', pgid='pgtrigger_what_is_disputed_is_decided_a4108', table='metrics_sourceofrecord', when='BEFORE')),
        ),
        # Not of what is there: versions that were approved before are frozen, whatever they say.
        AddConstraintNotValid(
            model_name='definition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('retires', True), models.Q(('restatement_threshold__range', (0, 1)), ('source_tolerance__range', (0, 1))), _connector='OR'), name='tolerance_and_threshold_are_shares'),
        ),
        AddConstraintNotValid(
            model_name='definition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('retires', True), models.Q(('roll_up', 'sum'), ('unit__in', ('fraction', 'ratio', 'index')), _negated=True), _connector='OR'), name='what_has_no_sum_is_not_summed'),
        ),
    ]
