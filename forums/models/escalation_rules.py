"""What the database refuses of escalations: that one which the clock took stops short of an answer.

Days are compared loosely by zone, as in `forums.models.validity`.
"""

import pgtrigger

WHAT_ESCALATES_ITSELF_IS_DUE_SOON = pgtrigger.Trigger(
    name="what_escalates_itself_is_due_soon",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func="""
    IF NEW.status <> 'open' OR NEW.answer <> '' OR NEW.answered_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'an escalation is open until who is asked has answered';
    END IF;
    IF (NEW.escalated_by_id IS NULL OR coalesce(NEW.challenge_id, NEW.action_id, NEW.passed_from_id) IS NOT NULL)
       AND NEW.due_on > upper(forums_around(NEW.escalated_at)) + 90 THEN  -- the longest wait on a ladder
        RAISE EXCEPTION 'what escalates by itself is due on the clock of a charter';
    END IF;
    RETURN NEW;
""",
)

WHO_IS_ASKED_ANSWERS = pgtrigger.Trigger(
    name="who_is_asked_answers",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__status="answered"),
    declare=[("days", "daterange := forums_around(NEW.answered_at)")],
    func="""
    IF btrim(NEW.answer) = '' OR NEW.answered_at IS NULL OR NEW.answered_at < NEW.escalated_at OR NOT EXISTS (
        SELECT FROM truthgov_appointment p
        LEFT JOIN truthgov_deputy d ON d.appointment_id = p.id AND d.holds && days
        WHERE p.status = 'confirmed' AND p.holds && days AND p.role = NEW.to_role AND p.scope_id = NEW.to_scope_id
          AND NEW.answered_by_id IN (p.person_id, d.person_id)) THEN
        RAISE EXCEPTION 'an escalation is answered in writing by whoever it was taken to';
    END IF;
    RETURN NEW;
""",
)

WHAT_IS_PASSED_ON_ARRIVES = pgtrigger.Trigger(
    name="what_is_passed_on_arrives",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__status="passed_on"),
    func="""
    IF NOT EXISTS (SELECT FROM forums_escalation WHERE passed_from_id = NEW.id) THEN
        RAISE EXCEPTION 'what is passed on is asked again, of the next rung';
    END IF;
    RETURN NULL;
""",
)
