"""A decision that a root cause cites was taken on its case."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION forums_cause_has_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT coalesce(forums_case_decided(NEW.authority, NEW.contradiction_id), false) OR NOT EXISTS (
        SELECT FROM forums_decision
        WHERE id = forums_decision_cited(NEW.authority) AND decided_by_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a root cause is named with a decision on its case: %', NEW.authority;
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER a_cause_has_its_authority AFTER INSERT ON metrics_causenaming
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.authority <> '')
    EXECUTE FUNCTION forums_cause_has_its_authority();
"""
BACK = """
DROP TRIGGER a_cause_has_its_authority ON metrics_causenaming;
DROP FUNCTION forums_cause_has_its_authority();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0009_a_view_is_found_by_what_it_rolled_up"),
        ("metrics", "0027_a_case_has_a_life"),
    ]

    operations = [migrations.RunSQL(FUNCTION + TRIGGER, BACK)]
