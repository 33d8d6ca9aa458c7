"""An authority that a lower room's record names is a decision of the right type, on the same matter.

The lower rooms know no decisions: their verbs take a reference (`decision:12`). Here, where decisions live, the database
checks it, at the end of the transaction.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION forums_decision_cited(authority text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (regexp_match(authority, '^decision:([0-9]{1,18})$'))[1]::bigint
$$;

CREATE FUNCTION forums_case_decided(authority text, contradiction bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM forums_decision d
        JOIN forums_agendaitem i ON i.id = d.item_id
        JOIN forums_subject s ON s.id = i.subject_id
        WHERE d.id = forums_decision_cited(authority)
          AND s.kind = 'contradiction' AND s.reference = contradiction
          AND d.decision_type IN ('resolve_contradiction', 'name_source_of_record'))
$$;

CREATE FUNCTION forums_event_has_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.authority <> '' AND NOT forums_case_decided(NEW.authority, NEW.contradiction_id) THEN
        RAISE EXCEPTION 'the authority of a contradiction''s event is a decision on it: %', NEW.authority;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION forums_remedy_has_its_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest text;
BEGIN
    SELECT authority INTO latest FROM metrics_contradictionevent
    WHERE contradiction_id = NEW.id AND code IN ('entered_remedy', 'returned_to_open', 'recurred', 'opened', 'surfaced')
    ORDER BY id DESC LIMIT 1;
    IF NEW.status = 'in_remedy' AND NOT coalesce(forums_case_decided(latest, NEW.id), false) THEN
        RAISE EXCEPTION 'a contradiction enters remedy by a decision';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION forums_naming_has_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.authority <> '' AND NOT EXISTS (
        SELECT FROM forums_decision
        WHERE id = forums_decision_cited(NEW.authority) AND decision_type = 'name_source_of_record') THEN
        RAISE EXCEPTION 'the authority of a source of record is a decision to name it: %', NEW.authority;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION forums_definition_has_its_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.authority <> '' AND NOT EXISTS (
        SELECT FROM forums_decision
        WHERE id = forums_decision_cited(NEW.authority) AND decision_type IN ('approve_definition', 'set_target')) THEN
        RAISE EXCEPTION 'the authority of a definition is a decision to approve it: %', NEW.authority;
    END IF;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE CONSTRAINT TRIGGER an_event_has_its_authority AFTER INSERT ON metrics_contradictionevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forums_event_has_its_authority();
CREATE CONSTRAINT TRIGGER a_remedy_has_its_decision AFTER INSERT OR UPDATE OF status ON metrics_contradiction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'in_remedy')
    EXECUTE FUNCTION forums_remedy_has_its_decision();
CREATE CONSTRAINT TRIGGER a_naming_has_its_authority AFTER INSERT ON metrics_sourceofrecord
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forums_naming_has_its_authority();
CREATE CONSTRAINT TRIGGER a_definition_has_its_authority AFTER INSERT OR UPDATE ON metrics_definition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forums_definition_has_its_authority();
"""

BACK = """
DROP TRIGGER an_event_has_its_authority ON metrics_contradictionevent;
DROP TRIGGER a_remedy_has_its_decision ON metrics_contradiction;
DROP TRIGGER a_naming_has_its_authority ON metrics_sourceofrecord;
DROP TRIGGER a_definition_has_its_authority ON metrics_definition;
DROP FUNCTION forums_definition_has_its_authority();
DROP FUNCTION forums_naming_has_its_authority();
DROP FUNCTION forums_remedy_has_its_decision();
DROP FUNCTION forums_event_has_its_authority();
DROP FUNCTION forums_case_decided(text, bigint);
DROP FUNCTION forums_decision_cited(text);
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, BACK)]
