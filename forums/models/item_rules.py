"""What the database refuses of an agenda: that a matter which is put off again and again gets off it in silence."""

import pgtrigger

AN_ITEM_BEGINS_PENDING = pgtrigger.Trigger(
    name="an_item_begins_pending",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__status__df="pending"),
    func="RAISE EXCEPTION 'an item is pending until its meeting ends it';",
)

WHAT_A_MEETING_SITS_ON_STAYS = pgtrigger.Trigger(
    name="what_a_meeting_sits_on_stays",
    operation=pgtrigger.Delete,
    when=pgtrigger.Before,
    func="""
    IF (SELECT status FROM forums_meeting WHERE id = OLD.meeting_id) <> 'scheduled' THEN
        RAISE EXCEPTION 'what stands on the agenda of a meeting that has begun stays there until it ends';
    END IF;
    RETURN OLD;
""",
)

THE_THIRD_TIME_ESCALATES = pgtrigger.Trigger(
    name="the_third_time_escalates",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="pending", new__status="carried_over"),
    declare=[("about", "forums_subject%ROWTYPE"), ("sitting", "forums_meeting%ROWTYPE")],
    func="""
    SELECT * INTO about FROM forums_subject WHERE id = NEW.subject_id;
    SELECT * INTO sitting FROM forums_meeting WHERE id = NEW.meeting_id;
    IF about.kind IN ('challenge', 'escalation', 'decision') OR EXISTS (
        SELECT FROM forums_escalation
        WHERE about.kind = 'contradiction' AND contradiction_id = about.reference AND status = 'open') THEN
        RETURN NEW;
    END IF;
    IF (SELECT count(*) FROM forums_agendaitem i JOIN forums_meeting m ON m.id = i.meeting_id
        WHERE i.subject_id = about.id AND m.forum_id = sitting.forum_id AND m.starts_at < sitting.starts_at
          AND i.status = 'carried_over' AND NOT EXISTS (
              SELECT FROM forums_agendaitem j JOIN forums_meeting n ON n.id = j.meeting_id
              WHERE j.subject_id = about.id AND n.forum_id = sitting.forum_id AND n.starts_at < sitting.starts_at
                AND n.starts_at > m.starts_at AND j.status NOT IN ('pending', 'carried_over'))
       ) >= 2 THEN  -- this is the third
        RAISE EXCEPTION 'what is put off for the third time is escalated';
    END IF;
    RETURN NEW;
""",
)
"""`AgendaItem.escalates_when_put_off` counts the same; what is about a case by way of another record (a
challenge, an escalation, a decision) is left to it."""
