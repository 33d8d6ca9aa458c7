"""Whoever counts in a meeting is in office then, themselves or in the stead of who is: the database asks it, too.

It knew of nobody that their office had ended while they were still in the room.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

SEATED = """
    SELECT a.person_id FROM forums_meeting m
    JOIN forums_charter c ON c.id = m.charter_id
    JOIN forums_forum f ON f.id = m.forum_id
    JOIN forums_attendance a ON a.meeting_id = m.id AND a.left_at IS NULL
    JOIN truthgov_appointment p ON p.id = a.appointment_id
    WHERE m.id = sitting AND (p.role = c.chair_role OR p.role = ANY (c.member_roles)
                              OR EXISTS (SELECT FROM forums_standingseat t WHERE t.charter_id = c.id
                                         AND t.role = p.role AND t.scope_id = p.scope_id)
                              OR (p.role = 'forum_member' AND p.scope_id = f.scope_id))
"""
IN_OFFICE = """
      AND p.status = 'confirmed' AND p.holds && forums_around(at)
      AND (p.person_id = a.person_id
           OR EXISTS (SELECT FROM truthgov_deputy d WHERE d.appointment_id = p.id AND d.person_id = a.person_id
                      AND d.holds && forums_around(at))
           OR EXISTS (SELECT FROM forums_delegation d WHERE d.meeting_id = m.id AND d.appointment_id = p.id
                      AND d.person_id = a.person_id))
"""
MEMBERS = f"""
CREATE FUNCTION forums_members_in(sitting bigint, at timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
{SEATED}{IN_OFFICE}
$$;
"""
MEMBERS_BEFORE = f"""
CREATE FUNCTION forums_members_in(sitting bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
{SEATED}
$$;
"""


def counting(members: str) -> str:
    """Who is entitled, and how a vote is closed, where `members` says who is in a meeting of an expression."""
    return f"""
CREATE OR REPLACE FUNCTION forums_entitled(about bigint, at timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT m FROM forums_agendaitem i, {members.format("i.meeting_id")} m
    WHERE i.id = about
      AND NOT EXISTS (SELECT FROM forums_recusal WHERE item_id = about AND person_id = m)
      AND NOT forums_is_accused(about, m, at)
      AND NOT EXISTS (
          SELECT FROM forums_attendance a JOIN truthgov_appointment p ON p.id = a.appointment_id
          WHERE a.meeting_id = i.meeting_id AND a.person_id = m AND a.left_at IS NULL
            AND p.scope_id IN (SELECT forums_accused_scopes(about)))
$$;

CREATE OR REPLACE FUNCTION forums_close(asked bigint, at timestamptz) RETURNS void
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
    IF (SELECT count(*) FROM {members.format("live.meeting")} m
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
            2 * coalesce(box.in_favour, 0) > electors, coalesce(box.choices, '{{}}'), at);
END $$;
"""


COUNTING, COUNTING_BEFORE = counting("forums_members_in({}, at)"), counting("forums_members_in({})")
NO_LONGER = "DROP FUNCTION forums_members_in(bigint);"
NOT_YET = "DROP FUNCTION forums_members_in(bigint, timestamptz);"


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0036_a_row_names_its_act'),
    ]

    operations = [
        migrations.RunSQL(MEMBERS + COUNTING, COUNTING_BEFORE + NOT_YET),
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='a_decision_is_valid',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='a_decision_is_valid', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE sitting forums_meeting%ROWTYPE; item forums_agendaitem%ROWTYPE; charter forums_charter%ROWTYPE; granted forums_decisionright%ROWTYPE; held truthgov_appointment%ROWTYPE; present integer; recused integer; over_id bigint; asked forums_question%ROWTYPE; days daterange := forums_around(NEW.decided_at);', func="\n    SELECT * INTO sitting FROM forums_meeting WHERE id = NEW.meeting_id FOR UPDATE;\n    IF sitting.status IS DISTINCT FROM 'in_session' OR NEW.decided_at < sitting.opened_at THEN\n        RAISE EXCEPTION 'a decision is made while its meeting sits';\n    END IF;\n    SELECT * INTO item FROM forums_agendaitem WHERE id = NEW.item_id;\n    IF item.meeting_id IS DISTINCT FROM sitting.id OR item.status <> 'pending' THEN\n        RAISE EXCEPTION 'a decision is made on a pending item of its own meeting';\n    END IF;\n    SELECT * INTO charter FROM forums_charter WHERE id = sitting.charter_id;\n    SELECT * INTO granted FROM forums_decisionright WHERE id = NEW.right_id;\n    IF granted.charter_id IS DISTINCT FROM charter.id OR granted.decision_type <> NEW.decision_type THEN\n        RAISE EXCEPTION 'the charter grants no right to this decision';\n    END IF;\n    over_id := forums_scope_of_subject(item.subject_id);\n    IF granted.scope_kind <> (SELECT kind FROM truthgov_scope WHERE id = over_id)\n       OR charter.governs_id <> over_id THEN\n        RAISE EXCEPTION 'the charter grants no right over this matter';\n    END IF;\n    SELECT * INTO held FROM truthgov_appointment WHERE id = NEW.appointment_id;\n    IF held.status <> 'confirmed' OR NOT held.holds && days\n       OR held.role <> (CASE WHEN NEW.forced THEN 'truth_owner' ELSE granted.decider_role END)\n       OR (held.person_id <> NEW.decided_by_id AND NOT EXISTS (\n           SELECT FROM truthgov_deputy d\n           WHERE d.appointment_id = held.id AND d.person_id = NEW.decided_by_id AND d.holds && days))\n       OR ((held.role, granted.scope_kind) IN (('function_lead', 'function'), ('journey_owner', 'journey'))\n           AND held.scope_id <> over_id) THEN\n        RAISE EXCEPTION 'the decider does not hold the right';\n    END IF;\n    IF NOT EXISTS (SELECT FROM forums_attendance WHERE meeting_id = sitting.id AND person_id = NEW.decided_by_id\n                   AND left_at IS NULL) THEN\n        RAISE EXCEPTION 'the decider is not present';\n    END IF;\n    IF EXISTS (SELECT FROM forums_recusal WHERE item_id = item.id AND person_id = NEW.decided_by_id) THEN\n        RAISE EXCEPTION 'the decider is recused';\n    END IF;\n\n    IF forums_is_barred(item.id, NEW.decided_by_id, NEW.decided_at) THEN\n        RAISE EXCEPTION 'nobody decides on their own case';\n    END IF;\n\n    IF (NEW.forced OR granted.rule = 'chair') AND NEW.question_id IS NOT NULL THEN\n        RAISE EXCEPTION 'what is forced, or left to whoever holds the right, is not asked of the room';\n    END IF;\n    IF NOT NEW.forced AND granted.rule <> 'chair' THEN\n        SELECT * INTO asked FROM forums_question WHERE id = NEW.question_id;\n        IF (asked.item_id, asked.right_id, asked.wording) IS DISTINCT FROM (item.id, granted.id, NEW.wording) THEN\n            RAISE EXCEPTION 'what is decided is what was put to the room';\n        END IF;\n        IF NOT forums_stands(asked.id) THEN\n            RAISE EXCEPTION 'what was taken back or voted down is not decided';\n        END IF;\n        IF EXISTS (SELECT FROM forums_objection o WHERE o.question_id = asked.id\n                   AND NOT EXISTS (SELECT FROM forums_lifting WHERE objection_id = o.id)) THEN\n            RAISE EXCEPTION 'an objection stands';\n        END IF;\n        IF granted.rule = 'majority' AND NOT EXISTS (\n            SELECT FROM forums_tally WHERE question_id = asked.id AND carried) THEN\n            RAISE EXCEPTION 'no majority carried it';\n        END IF;\n    END IF;\n\n    SELECT count(*), count(*) FILTER (WHERE EXISTS (\n        SELECT FROM forums_recusal r WHERE r.item_id = NEW.item_id AND r.person_id = m))\n    INTO present, recused FROM forums_members_in(sitting.id, NEW.decided_at) m;\n\n    IF (NEW.present, NEW.recused, NEW.quorum) IS DISTINCT FROM (present, recused, charter.quorum::int) THEN\n        RAISE EXCEPTION 'the decision miscounts who was present';\n    END IF;\n    IF NEW.forced AND NOT coalesce((SELECT may_force FROM truthgov_mandate WHERE starts_on < upper(days)\n                                    ORDER BY version DESC LIMIT 1), false) THEN\n        RAISE EXCEPTION 'the mandate does not grant the power to force';\n    END IF;\n    IF held.role <> 'sponsor' AND EXISTS (SELECT FROM forums_decision WHERE id = NEW.supersedes_id AND forced) THEN\n        RAISE EXCEPTION 'only a higher right overturns a forced decision';\n    END IF;\n    IF NEW.trust IS NULL AND cardinality(NEW.observations) > 0 THEN\n        RAISE EXCEPTION 'a decision says how far the figures that it leans on can be relied on';\n    END IF;\n    IF NEW.trust IS NOT NULL AND NEW.trust_needed < charter.trust_needed THEN\n        RAISE EXCEPTION 'the charter demands more trust of the figures';\n    END IF;\n    IF NEW.trust < NEW.trust_needed AND NEW.decision_type <> 'escalate' AND btrim(NEW.trust_override) = '' THEN\n        RAISE EXCEPTION 'a decision on figures below the trust demanded takes a written override';\n    END IF;\n    IF EXISTS (SELECT FROM forums_overturning WHERE decision_id = NEW.supersedes_id) THEN\n        RAISE EXCEPTION 'what was overturned is not superseded';\n    END IF;\n    IF EXISTS (SELECT FROM forums_decision WHERE id = NEW.supersedes_id AND decision_type <> NEW.decision_type) THEN\n        RAISE EXCEPTION 'a decision is superseded by one of its own type';\n    END IF;\n    IF EXISTS (SELECT FROM forums_decision d JOIN forums_agendaitem i ON i.id = d.item_id\n               WHERE d.id = NEW.supersedes_id AND NOT forums_is_one_matter(i.subject_id, item.subject_id)) THEN\n        RAISE EXCEPTION 'a decision is superseded by one on its own matter';\n    END IF;\n    RETURN NEW;\n", hash='ea4766a56a4bd9d44081679caf572e32f4132521', operation='INSERT', pgid='pgtrigger_a_decision_is_valid_eb42c', table='forums_decision', when='BEFORE')),
        ),
        migrations.RunSQL(NO_LONGER, MEMBERS_BEFORE),
    ]
