"""Rule 3 of governance as the database keeps it: no decision enters the record that the charter would not carry.

What a verb checks with a sentence for its reader, this trigger checks again for whoever passes the verb by. Days are
compared loosely by zone (a day begins somewhere up to 14 hours earlier or later): the verbs are exact, in the
organisation's own zone.
"""

import pgtrigger

COUNTED = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM forums_recusal r WHERE r.item_id = NEW.item_id AND r.person_id = m))
    INTO present, recused FROM forums_members_in(sitting.id, NEW.decided_at) m;
"""

ENTITLED = """
    SELECT * INTO sitting FROM forums_meeting WHERE id = NEW.meeting_id FOR NO KEY UPDATE;
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
    over_id := forums_scope_of_subject(item.subject_id);
    IF granted.scope_kind <> (SELECT kind FROM truthgov_scope WHERE id = over_id)
       OR charter.governs_id <> over_id THEN
        RAISE EXCEPTION 'the charter grants no right over this matter';
    END IF;
    SELECT * INTO held FROM truthgov_appointment WHERE id = NEW.appointment_id;
    IF held.status <> 'confirmed' OR NOT held.holds && days
       OR held.role <> (CASE WHEN NEW.forced THEN 'truth_owner' ELSE granted.decider_role END)
       OR (held.person_id <> NEW.decided_by_id AND NOT EXISTS (
           SELECT FROM truthgov_deputy d
           WHERE d.appointment_id = held.id AND d.person_id = NEW.decided_by_id AND d.holds && days))
       OR ((held.role, granted.scope_kind) IN (('function_lead', 'function'), ('journey_owner', 'journey'))
           AND held.scope_id <> over_id) THEN
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
    IF forums_is_barred(item.id, NEW.decided_by_id, NEW.decided_at) THEN
        RAISE EXCEPTION 'nobody decides on their own case';
    END IF;
"""

BY_THE_ROOM = """
    IF (NEW.forced OR granted.rule = 'chair') AND NEW.question_id IS NOT NULL THEN
        RAISE EXCEPTION 'what is forced, or left to whoever holds the right, is not asked of the room';
    END IF;
    IF NOT NEW.forced AND granted.rule <> 'chair' THEN
        SELECT * INTO asked FROM forums_question WHERE id = NEW.question_id;
        IF (asked.item_id, asked.right_id, asked.wording) IS DISTINCT FROM (item.id, granted.id, NEW.wording) THEN
            RAISE EXCEPTION 'what is decided is what was put to the room';
        END IF;
        IF NOT forums_stands(asked.id) THEN
            RAISE EXCEPTION 'what was taken back or voted down is not decided';
        END IF;
        IF EXISTS (SELECT FROM forums_objection o WHERE o.question_id = asked.id
                   AND NOT EXISTS (SELECT FROM forums_lifting WHERE objection_id = o.id)) THEN
            RAISE EXCEPTION 'an objection stands';
        END IF;
        IF granted.rule = 'majority' AND NOT EXISTS (
            SELECT FROM forums_tally WHERE question_id = asked.id AND carried) THEN
            RAISE EXCEPTION 'no majority carried it';
        END IF;
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
    IF EXISTS (SELECT FROM forums_overturning WHERE decision_id = NEW.supersedes_id) THEN
        RAISE EXCEPTION 'what was overturned is not superseded';
    END IF;
    IF EXISTS (SELECT FROM forums_decision WHERE id = NEW.supersedes_id AND decision_type <> NEW.decision_type) THEN
        RAISE EXCEPTION 'a decision is superseded by one of its own type';
    END IF;
    IF EXISTS (SELECT FROM forums_decision d JOIN forums_agendaitem i ON i.id = d.item_id
               WHERE d.id = NEW.supersedes_id AND NOT forums_is_one_matter(i.subject_id, item.subject_id)) THEN
        RAISE EXCEPTION 'a decision is superseded by one on its own matter';
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
        ("over_id", "bigint"),
        ("asked", "forums_question%ROWTYPE"),
        ("days", "daterange := forums_around(NEW.decided_at)"),
    ],
    func="".join([ENTITLED, OWN_CASE, BY_THE_ROOM, COUNTED, COUNTED_TRULY]),
)

HIGHER = """
    SELECT * INTO made FROM forums_decision WHERE id = NEW.decision_id;
    SELECT * INTO asked FROM forums_escalation WHERE id = NEW.escalation_id;
    SELECT * INTO held FROM truthgov_appointment WHERE id = NEW.appointment_id;
    IF asked.status <> 'answered' OR asked.answered_by_id IS DISTINCT FROM NEW.person_id
       OR (held.role, held.scope_id) <> (asked.to_role, asked.to_scope_id) THEN
        RAISE EXCEPTION 'a decision is overturned by who answers the escalation';
    END IF;
    IF held.status <> 'confirmed' OR NOT held.holds && days OR (
        held.person_id <> NEW.person_id AND NOT EXISTS (
            SELECT FROM truthgov_deputy d
            WHERE d.appointment_id = held.id AND d.person_id = NEW.person_id AND d.holds && days)) THEN
        RAISE EXCEPTION 'whoever overturns a decision holds the higher right';
    END IF;
    SELECT forums_rank(role) INTO below FROM truthgov_appointment WHERE id = made.appointment_id;
    IF forums_rank(held.role) <= below THEN
        RAISE EXCEPTION 'only a higher right overturns a decision';
    END IF;
    IF NOT EXISTS (
        SELECT FROM forums_agendaitem i JOIN forums_subject s ON s.id = i.subject_id
        WHERE i.id = made.item_id AND (
            i.subject_id = (SELECT subject_id FROM forums_agendaitem WHERE id = asked.item_id)
            OR (s.kind = 'contradiction' AND s.reference = asked.contradiction_id))) THEN
        RAISE EXCEPTION 'a decision is overturned in answer to an escalation of its own matter';
    END IF;
    IF EXISTS (SELECT FROM forums_decision WHERE supersedes_id = made.id) THEN
        RAISE EXCEPTION 'what is superseded is not overturned';
    END IF;
    RETURN NEW;
"""

ONLY_A_HIGHER_RIGHT_OVERTURNS = pgtrigger.Trigger(
    name="only_a_higher_right_overturns",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[
        ("made", "forums_decision%ROWTYPE"),
        ("asked", "forums_escalation%ROWTYPE"),
        ("held", "truthgov_appointment%ROWTYPE"),
        ("below", "integer"),
        ("days", "daterange := forums_around(NEW.overturned_at)"),
    ],
    func=HIGHER,
)
