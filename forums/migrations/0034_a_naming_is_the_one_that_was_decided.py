"""A source of record that cites a decision is the one which that decision named: of its own measure, and once."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION forums_naming_has_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.authority <> '' AND NOT EXISTS (
        SELECT FROM forums_decision d
        JOIN forums_agendaitem i ON i.id = d.item_id
        JOIN forums_subject s ON s.id = i.subject_id
        JOIN metrics_contradiction c ON c.id = CASE s.kind
            WHEN 'contradiction' THEN s.reference
            WHEN 'challenge' THEN (SELECT contradiction_id FROM metrics_challenge WHERE id = s.reference)
            WHEN 'escalation' THEN (SELECT contradiction_id FROM forums_escalation WHERE id = s.reference) END
        WHERE d.id = forums_decision_cited(NEW.authority) AND d.decision_type = 'name_source_of_record'
          AND d.decided_by_id = NEW.approved_by_id AND c.measure_id = NEW.measure_id) THEN
        RAISE EXCEPTION 'the authority of a source of record is a decision to name it: %', NEW.authority;
    END IF;
    IF NEW.authority <> '' AND EXISTS (
        SELECT FROM metrics_sourceofrecord WHERE authority = NEW.authority AND id <> NEW.id) THEN
        RAISE EXCEPTION 'a decision names a source of record once: %', NEW.authority;
    END IF;
    RETURN NULL;
END $$;
"""

BACK = """
CREATE OR REPLACE FUNCTION forums_naming_has_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.authority <> '' AND NOT EXISTS (
        SELECT FROM forums_decision
        WHERE id = forums_decision_cited(NEW.authority) AND decision_type = 'name_source_of_record') THEN
        RAISE EXCEPTION 'the authority of a source of record is a decision to name it: %', NEW.authority;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0033_what_escalates_by_itself_is_not_put_off")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
