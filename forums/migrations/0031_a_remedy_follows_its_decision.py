"""A remedy is proved by the figures that follow its decision: none from before it, of whatever grain, closes a case."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION forums_remedy_follows_its_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided date;
    lasts text;
BEGIN
    SELECT (decided_at - interval '14 hours')::date INTO decided FROM forums_decision
    WHERE id = forums_decision_cited(NEW.authority);
    SELECT d.grain INTO lasts FROM metrics_contradiction c JOIN metrics_definition d ON d.measure_id = c.measure_id
    WHERE c.id = NEW.contradiction_id AND d.status = 'approved' ORDER BY d.version DESC LIMIT 1;
    IF NEW.period_start IS NULL
       OR NEW.period_start < date_trunc(coalesce(lasts, 'month'), decided::timestamp)::date THEN
        RAISE EXCEPTION 'a remedy is proved by the figures that follow its decision';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER a_remedy_follows_its_decision AFTER INSERT ON metrics_contradictionevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.code = 'entered_remedy')
    EXECUTE FUNCTION forums_remedy_follows_its_decision();
"""

BACK = """
DROP TRIGGER a_remedy_follows_its_decision ON metrics_contradictionevent;
DROP FUNCTION forums_remedy_follows_its_decision();
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0030_an_invitation_is_taken_back")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
