"""Whoever sits for a member who is accused has no voice in the matter either."""

from django.db import migrations

SCOPES = """
CREATE FUNCTION forums_accused_scopes(about bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH matter AS (
        SELECT CASE s.kind
            WHEN 'contradiction' THEN s.reference
            WHEN 'challenge' THEN (SELECT contradiction_id FROM metrics_challenge WHERE id = s.reference)
            WHEN 'escalation' THEN (SELECT contradiction_id FROM forums_escalation WHERE id = s.reference) END AS id
        FROM forums_agendaitem i JOIN forums_subject s ON s.id = i.subject_id WHERE i.id = about)
    SELECT CASE WHEN m.kind = 'journey_outcome' THEN j.scope_id ELSE f.scope_id END
    FROM matter JOIN metrics_contradiction c ON c.id = matter.id
    JOIN metrics_measure m ON m.id = c.measure_id OR (m.id = c.other_measure_id AND m.kind <> 'journey_outcome')
    LEFT JOIN truthgov_function f ON f.id = m.function_id
    LEFT JOIN journeys_journey j ON j.id = m.journey_id
$$;
"""
ENTITLED = """
CREATE OR REPLACE FUNCTION forums_entitled(about bigint, at timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT m FROM forums_agendaitem i, forums_members_in(i.meeting_id) m
    WHERE i.id = about
      AND NOT EXISTS (SELECT FROM forums_recusal WHERE item_id = about AND person_id = m)
      AND NOT forums_is_accused(about, m, at)
      {further}
$$;
"""
NOR_IN_THEIR_SEAT = """AND NOT EXISTS (
          SELECT FROM forums_attendance a JOIN truthgov_appointment p ON p.id = a.appointment_id
          WHERE a.meeting_id = i.meeting_id AND a.person_id = m AND a.left_at IS NULL
            AND p.scope_id IN (SELECT forums_accused_scopes(about)))"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0023_a_proof_has_its_files")]

    operations = [
        migrations.RunSQL(
            SCOPES + ENTITLED.format(further=NOR_IN_THEIR_SEAT),
            ENTITLED.format(further="") + "DROP FUNCTION forums_accused_scopes(bigint);",
        )
    ]
