"""What the room is asked and answers, as the database keeps it: only members present and entitled take part.

The functions that these triggers call came with the tables (`forums_members_in`, `forums_entitled`, `forums_live`).
"""

import pgtrigger

MAY_PUT = """
    PERFORM FROM forums_meeting m JOIN forums_agendaitem i ON i.meeting_id = m.id WHERE i.id = NEW.item_id
        FOR NO KEY UPDATE OF m;
    SELECT i.* INTO item FROM forums_agendaitem i JOIN forums_meeting m ON m.id = i.meeting_id
        WHERE i.id = NEW.item_id AND i.status = 'pending' AND m.status = 'in_session';
    IF item.id IS NULL THEN
        RAISE EXCEPTION 'a question is put on a pending item while its meeting sits';
    END IF;
    SELECT c.* INTO charter FROM forums_charter c JOIN forums_meeting m ON m.charter_id = c.id
        WHERE m.id = item.meeting_id;
    IF NOT EXISTS (SELECT FROM forums_decisionright
                   WHERE id = NEW.right_id AND charter_id = charter.id AND rule <> 'chair') THEN
        RAISE EXCEPTION 'the charter asks nothing of the room here';
    END IF;
    IF NOT EXISTS (
        SELECT FROM truthgov_appointment p WHERE p.id = NEW.appointment_id AND p.status = 'confirmed'
            AND p.role = charter.chair_role AND p.holds && days
            AND (p.person_id = NEW.put_by_id OR EXISTS (
                SELECT FROM truthgov_deputy d
                WHERE d.appointment_id = p.id AND d.person_id = NEW.put_by_id AND d.holds && days))) THEN
        RAISE EXCEPTION 'the chair puts questions to the room';
    END IF;
    IF NOT EXISTS (SELECT FROM forums_attendance
                   WHERE meeting_id = item.meeting_id AND person_id = NEW.put_by_id AND left_at IS NULL)
       OR EXISTS (SELECT FROM forums_recusal WHERE item_id = item.id AND person_id = NEW.put_by_id) THEN
        RAISE EXCEPTION 'whoever puts a question is present and not recused';
    END IF;
    IF EXISTS (SELECT FROM forums_question q WHERE q.item_id = item.id AND forums_stands(q.id)) THEN
        RAISE EXCEPTION 'one question is before the room at a time';
    END IF;
    RETURN NEW;
"""

MAY_OBJECT = """
    SELECT * INTO asked FROM forums_live(NEW.question_id);
    IF asked.rule <> 'consent' THEN
        RAISE EXCEPTION 'who is asked to vote does not object';
    END IF;
    IF NOT EXISTS (SELECT FROM forums_entitled(asked.item, NEW.objected_at) e WHERE e = NEW.person_id) THEN
        RAISE EXCEPTION 'only members present and entitled object';
    END IF;
    IF EXISTS (SELECT FROM forums_objection o WHERE o.question_id = NEW.question_id AND o.person_id = NEW.person_id
               AND NOT EXISTS (SELECT FROM forums_lifting WHERE objection_id = o.id)) THEN
        RAISE EXCEPTION 'a person objects once at a time';
    END IF;
    RETURN NEW;
"""

MAY_LIFT = """
    SELECT * INTO made FROM forums_objection WHERE id = NEW.objection_id;
    SELECT * INTO asked FROM forums_live(made.question_id);
    IF NOT NEW.overruled AND NEW.person_id <> made.person_id THEN
        RAISE EXCEPTION 'an objection is withdrawn by whoever made it';
    END IF;
    IF NEW.overruled AND NOT EXISTS (
        SELECT FROM forums_decisionright r
        JOIN truthgov_appointment p ON p.id = NEW.appointment_id AND p.status = 'confirmed' AND p.holds && days
         AND p.role = r.decider_role
        JOIN forums_attendance a ON a.meeting_id = asked.meeting AND a.person_id = NEW.person_id AND a.left_at IS NULL
        WHERE r.id = asked.granted AND r.may_overrule
          AND (p.person_id = NEW.person_id OR EXISTS (
              SELECT FROM truthgov_deputy d
              WHERE d.appointment_id = p.id AND d.person_id = NEW.person_id AND d.holds && days))) THEN
        RAISE EXCEPTION 'an objection is overruled by whoever holds the right, where the right says so';
    END IF;
    IF NEW.overruled AND (
        forums_is_barred(asked.item, NEW.person_id, NEW.lifted_at)
        OR EXISTS (SELECT FROM forums_recusal WHERE item_id = asked.item AND person_id = NEW.person_id)) THEN
        RAISE EXCEPTION 'nobody overrules an objection in a matter of their own';
    END IF;
    RETURN NEW;
"""

MAY_TAKE_BACK = """
    IF NOT forums_stands(NEW.question_id) THEN
        RAISE EXCEPTION 'this question is no longer before the room';
    END IF;
    IF EXISTS (SELECT FROM forums_tally WHERE question_id = NEW.question_id) AND NOT EXISTS (
        SELECT FROM forums_vote v JOIN forums_question q ON q.id = v.question_id
        JOIN forums_recusal r ON r.item_id = q.item_id AND r.person_id = v.person_id
        WHERE q.id = NEW.question_id) THEN
        RAISE EXCEPTION 'what the room has voted on is not taken back';
    END IF;
    RETURN NEW;
"""


def _around(at: str) -> tuple[str, str]:
    """The days that an instant may be somewhere, as a declared range; see `forums.models.validity`."""
    return "days", f"daterange := forums_around(NEW.{at})"


def _on_insert(name: str, func: str, *declare: tuple[str, str]) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, operation=pgtrigger.Insert, when=pgtrigger.Before, declare=list(declare), func=func
    )


A_QUESTION_IS_PUT_IN_ORDER = _on_insert(
    "a_question_is_put_in_order", MAY_PUT, ("item", "forums_agendaitem%ROWTYPE"),
    ("charter", "forums_charter%ROWTYPE"), _around("put_at"),
)  # fmt: skip
WHO_OBJECTS_IS_ENTITLED = _on_insert("who_objects_is_entitled", MAY_OBJECT, ("asked", "record"))
AN_OBJECTION_IS_LIFTED_AS_THE_RIGHT_SAYS = _on_insert(
    "an_objection_is_lifted_as_the_right_says", MAY_LIFT, ("asked", "record"),
    ("made", "forums_objection%ROWTYPE"), _around("lifted_at"),
)  # fmt: skip
IT_IS_TAKEN_BACK_WHILE_IT_STANDS = _on_insert("it_is_taken_back_while_it_stands", MAY_TAKE_BACK)
