"""Rule 3 of governance as the database keeps it: no decision enters the record that the charter would not carry.

What a verb checks with a sentence for its reader, this trigger checks again for whoever passes the verb by. Days are
compared loosely by zone (a day begins somewhere up to 14 hours earlier or later): the verbs are exact, in the
organisation's own zone.
"""

import pgtrigger

COUNTED = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM forums_recusal r WHERE r.item_id = NEW.item_id AND r.person_id = a.person_id))
    INTO present, recused
    FROM forums_attendance a JOIN truthgov_appointment p ON p.id = a.appointment_id
    WHERE a.meeting_id = sitting.id AND a.left_at IS NULL
      AND (p.role = charter.chair_role OR p.role = ANY (charter.member_roles)
           OR (p.role = 'forum_member'
               AND p.scope_id = (SELECT scope_id FROM forums_forum WHERE id = sitting.forum_id)));
"""

ACCUSED = """
    SELECT CASE s.kind
        WHEN 'contradiction' THEN s.reference
        WHEN 'challenge' THEN (SELECT contradiction_id FROM metrics_challenge WHERE id = s.reference)
        WHEN 'escalation' THEN (SELECT contradiction_id FROM forums_escalation WHERE id = s.reference) END
    INTO matter FROM forums_subject s WHERE s.id = item.subject_id;
    SELECT EXISTS (
        SELECT FROM metrics_contradiction c
        JOIN metrics_measure m ON m.id = c.measure_id OR (m.id = c.other_measure_id AND m.kind <> 'journey_outcome')
        LEFT JOIN truthgov_function f ON f.id = m.function_id
        LEFT JOIN journeys_journey j ON j.id = m.journey_id
        JOIN truthgov_appointment p ON p.status = 'confirmed' AND p.holds && days
         AND p.scope_id = CASE WHEN m.kind = 'journey_outcome' THEN j.scope_id ELSE f.scope_id END
        WHERE c.id = matter
          AND (p.person_id = NEW.decided_by_id OR EXISTS (
              SELECT FROM truthgov_deputy d
              WHERE d.appointment_id = p.id AND d.person_id = NEW.decided_by_id AND d.holds && days)))
    INTO accused;
"""

ENTITLED = """
    SELECT * INTO sitting FROM forums_meeting WHERE id = NEW.meeting_id FOR UPDATE;
    IF sitting.status IS DISTINCT FROM 'in_session' OR NEW.decided_at < sitting.opened_at THEN
        RAISE EXCEPTION 'a decision is made while its meeting sits';
    END IF;
    SELECT * INTO item FROM forums_agendaitem WHERE id = NEW.item_id;
    IF item.meeting_id IS DISTINCT FROM sitting.id OR item.status <> 'pending' THEN
        RAISE EXCEPTION 'a decision is made on a pending item of its own meeting';
    END IF;
    SELECT * INTO charter FROM forums_charter WHERE id = sitting.charter_id;
    SELECT * INTO granted FROM forums_decisionright WHERE id = NEW.right_id;
    IF granted.charter_id IS DISTINCT FROM charter.id OR granted.decision_type <> NEW.decision_type THEN
        RAISE EXCEPTION 'the charter grants no right to this decision';
    END IF;
    SELECT * INTO held FROM truthgov_appointment WHERE id = NEW.appointment_id;
    IF held.status <> 'confirmed' OR NOT held.holds && days
       OR held.role <> (CASE WHEN NEW.forced THEN 'truth_owner' ELSE granted.decider_role END)
       OR (held.person_id <> NEW.decided_by_id AND NOT EXISTS (
           SELECT FROM truthgov_deputy d
           WHERE d.appointment_id = held.id AND d.person_id = NEW.decided_by_id AND d.holds && days)) THEN
        RAISE EXCEPTION 'the decider does not hold the right';
    END IF;
    IF NOT EXISTS (SELECT FROM forums_attendance WHERE meeting_id = sitting.id AND person_id = NEW.decided_by_id
                   AND left_at IS NULL) THEN
        RAISE EXCEPTION 'the decider is not present';
    END IF;
    IF EXISTS (SELECT FROM forums_recusal WHERE item_id = item.id AND person_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'the decider is recused';
    END IF;
"""

OWN_CASE = """
    IF accused THEN
        RAISE EXCEPTION 'nobody decides on their own case';
    END IF;
"""

COUNTED_TRULY = """
    IF (NEW.present, NEW.recused, NEW.quorum) IS DISTINCT FROM (present, recused, charter.quorum::int) THEN
        RAISE EXCEPTION 'the decision miscounts who was present';
    END IF;
    IF NEW.forced AND NOT coalesce((SELECT may_force FROM truthgov_mandate WHERE starts_on < upper(days)
                                    ORDER BY version DESC LIMIT 1), false) THEN
        RAISE EXCEPTION 'the mandate does not grant the power to force';
    END IF;
    IF held.role <> 'sponsor' AND EXISTS (SELECT FROM forums_decision WHERE id = NEW.supersedes_id AND forced) THEN
        RAISE EXCEPTION 'only a higher right overturns a forced decision';
    END IF;
    IF NEW.trust IS NULL AND cardinality(NEW.observations) > 0 THEN
        RAISE EXCEPTION 'a decision says how far the figures that it leans on can be relied on';
    END IF;
    IF NEW.trust IS NOT NULL AND NEW.trust_needed < charter.trust_needed THEN
        RAISE EXCEPTION 'the charter demands more trust of the figures';
    END IF;
    IF NEW.trust < NEW.trust_needed AND NEW.decision_type <> 'escalate' AND btrim(NEW.trust_override) = '' THEN
        RAISE EXCEPTION 'a decision on figures below the trust demanded takes a written override';
    END IF;
    IF EXISTS (SELECT FROM forums_decision WHERE id = NEW.supersedes_id AND decision_type <> NEW.decision_type) THEN
        RAISE EXCEPTION 'a decision is superseded by one of its own type';
    END IF;
    RETURN NEW;
"""

A_DECISION_IS_VALID = pgtrigger.Trigger(
    name="a_decision_is_valid",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[
        ("sitting", "forums_meeting%ROWTYPE"),
        ("item", "forums_agendaitem%ROWTYPE"),
        ("charter", "forums_charter%ROWTYPE"),
        ("granted", "forums_decisionright%ROWTYPE"),
        ("held", "truthgov_appointment%ROWTYPE"),
        ("present", "integer"),
        ("recused", "integer"),
        ("accused", "boolean"),
        ("matter", "bigint"),
        (
            "days",
            "daterange := daterange((NEW.decided_at - interval '14 hours')::date, "
            "(NEW.decided_at + interval '14 hours')::date, '[]')",
        ),
    ],
    func="".join([ENTITLED, ACCUSED, OWN_CASE, COUNTED, COUNTED_TRULY]),
)
