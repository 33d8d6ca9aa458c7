"""Who takes part in deciding, and how a vote is cast and counted: functions that verbs and triggers share.

The two that touch the ballot box run as its owner: the application role can neither read nor write it, so that there
is no result before the close, and no query that lays a secret ballot beside a person.
"""

from django.db import migrations

PEOPLE = """
CREATE FUNCTION forums_around(at timestamptz) RETURNS daterange LANGUAGE sql STABLE AS $$
    SELECT daterange((at - interval '14 hours')::date, (at + interval '14 hours')::date, '[]')
$$;

CREATE FUNCTION forums_members_in(sitting bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT a.person_id FROM forums_meeting m
    JOIN forums_charter c ON c.id = m.charter_id
    JOIN forums_forum f ON f.id = m.forum_id
    JOIN forums_attendance a ON a.meeting_id = m.id AND a.left_at IS NULL
    JOIN truthgov_appointment p ON p.id = a.appointment_id
    WHERE m.id = sitting AND (p.role = c.chair_role OR p.role = ANY (c.member_roles)
                              OR (p.role = 'forum_member' AND p.scope_id = f.scope_id))
$$;

CREATE FUNCTION forums_is_accused(about bigint, who bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH matter AS (
        SELECT CASE s.kind
            WHEN 'contradiction' THEN s.reference
            WHEN 'challenge' THEN (SELECT contradiction_id FROM metrics_challenge WHERE id = s.reference)
            WHEN 'escalation' THEN (SELECT contradiction_id FROM forums_escalation WHERE id = s.reference) END AS id
        FROM forums_agendaitem i JOIN forums_subject s ON s.id = i.subject_id WHERE i.id = about)
    SELECT EXISTS (
        SELECT FROM matter JOIN metrics_contradiction c ON c.id = matter.id
        JOIN metrics_measure m ON m.id = c.measure_id OR (m.id = c.other_measure_id AND m.kind <> 'journey_outcome')
        LEFT JOIN truthgov_function f ON f.id = m.function_id
        LEFT JOIN journeys_journey j ON j.id = m.journey_id
        JOIN truthgov_appointment p ON p.status = 'confirmed' AND p.holds && forums_around(at)
         AND p.scope_id = CASE WHEN m.kind = 'journey_outcome' THEN j.scope_id ELSE f.scope_id END
        WHERE p.person_id = who OR EXISTS (
            SELECT FROM truthgov_deputy d
            WHERE d.appointment_id = p.id AND d.person_id = who AND d.holds && forums_around(at)))
$$;

CREATE FUNCTION forums_entitled(about bigint, at timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT m FROM forums_agendaitem i, forums_members_in(i.meeting_id) m
    WHERE i.id = about
      AND NOT EXISTS (SELECT FROM forums_recusal WHERE item_id = about AND person_id = m)
      AND NOT forums_is_accused(about, m, at)
$$;
"""

QUESTIONS = """
CREATE FUNCTION forums_stands(asked bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM forums_question q JOIN forums_agendaitem i ON i.id = q.item_id
        WHERE q.id = asked AND i.status = 'pending'
          AND NOT EXISTS (SELECT FROM forums_withdrawal WHERE question_id = asked)
          AND NOT EXISTS (SELECT FROM forums_decision WHERE question_id = asked)
          AND NOT EXISTS (SELECT FROM forums_tally WHERE question_id = asked AND NOT carried))
$$;

CREATE FUNCTION forums_live(asked bigint)
RETURNS TABLE (meeting bigint, item bigint, granted bigint, rule text, ballot text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM forums_meeting m JOIN forums_agendaitem i ON i.meeting_id = m.id
        JOIN forums_question q ON q.item_id = i.id WHERE q.id = asked FOR UPDATE OF m;
    RETURN QUERY SELECT m.id, i.id, r.id, r.rule::text, r.ballot::text
        FROM forums_question q JOIN forums_agendaitem i ON i.id = q.item_id
        JOIN forums_meeting m ON m.id = i.meeting_id JOIN forums_decisionright r ON r.id = q.right_id
        WHERE q.id = asked AND m.status = 'in_session' AND forums_stands(asked)
          AND NOT EXISTS (SELECT FROM forums_tally t WHERE t.question_id = asked);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this question is no longer before the room';
    END IF;
END $$;
"""

BALLOTS = """
CREATE FUNCTION forums_cast(asked bigint, who bigint, seat bigint, choice text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    live record;
BEGIN
    SELECT * INTO live FROM forums_live(asked);
    IF live.rule <> 'majority' OR choice NOT IN ('in_favour', 'against', 'abstained') THEN
        RAISE EXCEPTION 'a vote is in favour, against or abstained, where a majority decides';
    END IF;
    IF NOT EXISTS (SELECT FROM forums_entitled(live.item, clock_timestamp()) e WHERE e = who)
       OR NOT EXISTS (SELECT FROM forums_attendance WHERE meeting_id = live.meeting AND person_id = who
                      AND appointment_id = seat AND left_at IS NULL) THEN
        RAISE EXCEPTION 'only members present and entitled vote';
    END IF;
    INSERT INTO forums_vote (question_id, person_id, appointment_id) VALUES (asked, who, seat);
    INSERT INTO forums_ballotbox AS box (question_id, in_favour, against, abstained, choices)
    VALUES (asked, (choice = 'in_favour')::int, (choice = 'against')::int, (choice = 'abstained')::int,
            CASE WHEN live.ballot = 'open' THEN jsonb_build_object(who::text, choice) ELSE '{}'::jsonb END)
    ON CONFLICT (question_id) DO UPDATE SET
        in_favour = box.in_favour + excluded.in_favour, against = box.against + excluded.against,
        abstained = box.abstained + excluded.abstained, choices = box.choices || excluded.choices;
END $$;

CREATE FUNCTION forums_close(asked bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    live record;
    box forums_ballotbox%ROWTYPE;
    electors int;
BEGIN
    SELECT * INTO live FROM forums_live(asked);
    IF live.rule <> 'majority' THEN
        RAISE EXCEPTION 'nothing is voted on here';
    END IF;
    IF (SELECT count(*) FROM forums_members_in(live.meeting) m
        WHERE NOT EXISTS (SELECT FROM forums_recusal WHERE item_id = live.item AND person_id = m))
       < (SELECT c.quorum FROM forums_charter c JOIN forums_meeting s ON s.charter_id = c.id WHERE s.id = live.meeting)
    THEN
        RAISE EXCEPTION 'a vote is closed with its quorum';
    END IF;
    SELECT count(*) INTO electors FROM (
        SELECT e FROM forums_entitled(live.item, at) e UNION SELECT person_id FROM forums_vote WHERE question_id = asked
    ) each;
    DELETE FROM forums_ballotbox WHERE question_id = asked RETURNING * INTO box;
    INSERT INTO forums_tally (question_id, in_favour, against, abstained, entitled, carried, choices, counted_at)
    VALUES (asked, coalesce(box.in_favour, 0), coalesce(box.against, 0), coalesce(box.abstained, 0), electors,
            2 * coalesce(box.in_favour, 0) > electors, coalesce(box.choices, '{}'), at);
END $$;
"""

BACK = """
DROP FUNCTION forums_close(bigint, timestamptz);
DROP FUNCTION forums_cast(bigint, bigint, bigint, text);
DROP FUNCTION forums_live(bigint);
DROP FUNCTION forums_stands(bigint);
DROP FUNCTION forums_entitled(bigint, timestamptz);
DROP FUNCTION forums_is_accused(bigint, bigint, timestamptz);
DROP FUNCTION forums_members_in(bigint);
DROP FUNCTION forums_around(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("forums", "0016_the_room_is_asked")]

    operations = [migrations.RunSQL(PEOPLE + QUESTIONS + BALLOTS, BACK)]
