"""Whoever sits in the seat of the accused decides nothing in their case; and what is one matter, for the triggers that
hold an answer, and what supersedes a decision, to the matter of that decision."""

from django.db import migrations

BARRED = """
CREATE FUNCTION forums_is_barred(about bigint, who bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT forums_is_accused(about, who, at) OR EXISTS (
        SELECT FROM forums_agendaitem i
        JOIN forums_attendance a ON a.meeting_id = i.meeting_id AND a.person_id = who AND a.left_at IS NULL
        JOIN truthgov_appointment p ON p.id = a.appointment_id
        WHERE i.id = about AND p.scope_id IN (SELECT forums_accused_scopes(about)))
$$;
"""
MATTER = """
CREATE FUNCTION forums_case_of_subject(subject bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE s.kind
        WHEN 'contradiction' THEN s.reference
        WHEN 'challenge' THEN (SELECT contradiction_id FROM metrics_challenge WHERE id = s.reference)
        WHEN 'escalation' THEN (SELECT contradiction_id FROM forums_escalation WHERE id = s.reference)
        WHEN 'decision' THEN forums_case_of_subject(
            (SELECT i.subject_id FROM forums_decision d JOIN forums_agendaitem i ON i.id = d.item_id
             WHERE d.id = s.reference))
        END
    FROM forums_subject s WHERE s.id = subject);
END $$;

CREATE FUNCTION forums_is_one_matter(one bigint, other bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT one = other OR coalesce(forums_case_of_subject(one) = forums_case_of_subject(other), false)
$$;
"""
BACK = """
DROP FUNCTION forums_is_one_matter(bigint, bigint);
DROP FUNCTION forums_case_of_subject(bigint);
DROP FUNCTION forums_is_barred(bigint, bigint, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0027_what_clauses_took_the_place_of")]

    operations = [migrations.RunSQL(BARRED + MATTER, BACK)]
