"""What a matter is over, as the database sees it; and what charters from before say in the words of their clauses.

A right held over everything, so it holds over each kind of scope; a late answer went to the sponsor.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION forums_answers_for(measure bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.kind = 'journey_outcome' AND m.journey_id IS NOT NULL THEN j.scope_id ELSE f.scope_id END
    FROM metrics_measure m
    LEFT JOIN truthgov_function f ON f.id = m.function_id
    LEFT JOIN journeys_journey j ON j.id = m.journey_id
    WHERE m.id = measure
$$;

CREATE FUNCTION forums_scope_of_case(contradiction bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(j.scope_id, CASE
        WHEN c.other_measure_id IS NULL OR forums_answers_for(c.other_measure_id) = forums_answers_for(c.measure_id)
        THEN forums_answers_for(c.measure_id) END)
    FROM metrics_contradiction c LEFT JOIN journeys_journey j ON j.id = c.journey_id
    WHERE c.id = contradiction
$$;

CREATE FUNCTION forums_scope_of_subject(subject bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(CASE s.kind
        WHEN 'contradiction' THEN forums_scope_of_case(s.reference)
        WHEN 'challenge' THEN forums_scope_of_case(
            (SELECT contradiction_id FROM metrics_challenge WHERE id = s.reference))
        WHEN 'escalation' THEN forums_scope_of_case(
            (SELECT contradiction_id FROM forums_escalation WHERE id = s.reference))
        WHEN 'definition' THEN forums_answers_for(
            (SELECT measure_id FROM metrics_definition WHERE id = s.reference))
        WHEN 'restatement' THEN forums_answers_for(
            (SELECT r.measure_id FROM metrics_observation o JOIN metrics_series r ON r.id = o.series_id
             WHERE o.id = s.reference))
        WHEN 'action' THEN (
            SELECT f.scope_id FROM forums_action a JOIN truthgov_function f ON f.id = a.function_id
            WHERE a.id = s.reference)
        WHEN 'decision' THEN forums_scope_of_subject(
            (SELECT i.subject_id FROM forums_decision d JOIN forums_agendaitem i ON i.id = d.item_id
             WHERE d.id = s.reference))
        END, (SELECT id FROM truthgov_scope WHERE kind = 'organisation'))
    FROM forums_subject s WHERE s.id = subject);
END $$;
"""

SEATS = """
CREATE OR REPLACE FUNCTION forums_members_in(sitting bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT a.person_id FROM forums_meeting m
    JOIN forums_charter c ON c.id = m.charter_id
    JOIN forums_forum f ON f.id = m.forum_id
    JOIN forums_attendance a ON a.meeting_id = m.id AND a.left_at IS NULL
    JOIN truthgov_appointment p ON p.id = a.appointment_id
    WHERE m.id = sitting AND (p.role = c.chair_role OR p.role = ANY (c.member_roles)
                              OR EXISTS (SELECT FROM forums_standingseat t WHERE t.charter_id = c.id
                                         AND t.role = p.role AND t.scope_id = p.scope_id)
                              OR (p.role = 'forum_member' AND p.scope_id = f.scope_id))
$$;
"""
NO_SEATS = """
CREATE OR REPLACE FUNCTION forums_members_in(sitting bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT a.person_id FROM forums_meeting m
    JOIN forums_charter c ON c.id = m.charter_id
    JOIN forums_forum f ON f.id = m.forum_id
    JOIN forums_attendance a ON a.meeting_id = m.id AND a.left_at IS NULL
    JOIN truthgov_appointment p ON p.id = a.appointment_id
    WHERE m.id = sitting AND (p.role = c.chair_role OR p.role = ANY (c.member_roles)
                              OR (p.role = 'forum_member' AND p.scope_id = f.scope_id))
$$;
"""

BACK = """
DROP FUNCTION forums_scope_of_subject(bigint);
DROP FUNCTION forums_scope_of_case(bigint);
DROP FUNCTION forums_answers_for(bigint);
"""

SAID_IN_CLAUSES = """
ALTER TABLE forums_charter DISABLE TRIGGER USER;
ALTER TABLE forums_escalationstep DISABLE TRIGGER USER;
ALTER TABLE forums_decisionright DISABLE TRIGGER USER;
UPDATE forums_charter SET recurrence = CASE cadence
    WHEN 'monthly' THEN 'FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=' || cadence_day
    WHEN 'weekly' THEN 'FREQ=WEEKLY;INTERVAL=1;BYDAY=' || (ARRAY['MO', 'TU', 'WE', 'TH', 'FR'])[cadence_day]
    ELSE 'FREQ=WEEKLY;INTERVAL=2;BYDAY=' || (ARRAY['MO', 'TU', 'WE', 'TH', 'FR'])[cadence_day] END;
INSERT INTO forums_escalationstep (charter_id, position, to_role, after_days)
    SELECT id, 1, 'sponsor', least(greatest(escalation_days, 1), 90) FROM forums_charter;
INSERT INTO forums_decisionright (charter_id, decision_type, scope_kind, decider_role, rule, ballot, may_overrule)
    SELECT charter_id, decision_type, kind, decider_role, rule, ballot, may_overrule
    FROM forums_decisionright, unnest(ARRAY['function', 'journey']) kind ORDER BY id, kind;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE forums_charter ENABLE TRIGGER USER;
ALTER TABLE forums_escalationstep ENABLE TRIGGER USER;
ALTER TABLE forums_decisionright ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0025_clauses_of_a_charter")]

    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        migrations.RunSQL(SEATS, NO_SEATS),
        migrations.RunSQL(SAID_IN_CLAUSES, migrations.RunSQL.noop),
    ]
