"""The matrix of decision rights as the database keeps it, when a charter is approved.

A right is held by one forum at a time; above it only the sponsor's, which overturns what was forced. Every forum may
escalate. What no charter in force fills is left open by one of them, with its reason.
"""

import pgtrigger

DAYS_OF_C = """daterange(c.starts_on, (
    SELECT min(greatest(w.starts_on, c.starts_on)) FROM forums_charter w
    WHERE w.forum_id = c.forum_id AND w.status = 'approved' AND w.version > c.version))"""
"""The days on which charter `c` is in force: until a later version begins."""

TOGETHER = """
    IF NEW.status <> 'approved' OR (TG_OP = 'UPDATE' AND OLD.status = 'approved') THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('forums_decision_rights'));
    days := daterange(NEW.starts_on, (
        SELECT min(greatest(w.starts_on, NEW.starts_on)) FROM forums_charter w
        WHERE w.forum_id = NEW.forum_id AND w.status = 'approved' AND w.version > NEW.version));
    IF EXISTS (
        SELECT FROM forums_decisionright mine
        JOIN forums_decisionright theirs
          ON theirs.decision_type = mine.decision_type AND theirs.scope_kind = mine.scope_kind
         AND (theirs.decider_role = 'sponsor') = (mine.decider_role = 'sponsor')
        JOIN forums_charter c ON c.id = theirs.charter_id
        WHERE mine.charter_id = NEW.id AND mine.decision_type <> 'escalate'
          AND c.status = 'approved' AND c.forum_id <> NEW.forum_id
          AND (NEW.governs_id IS NULL OR c.governs_id IS NULL OR NEW.governs_id = c.governs_id)
          AND days && DAYS_OF_C) THEN
        RAISE EXCEPTION 'a decision right is held by one forum at a time';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(ARRAY['resolve_contradiction', 'name_source_of_record', 'approve_definition', 'set_target',
            'set_journey_priority', 'policy', 'service_standard', 'approve_change', 'fund', 'escalate']) kind,
            unnest(ARRAY['organisation', 'function', 'journey']) over_kind
        WHERE NOT isempty(days) AND NOT EXISTS (
            SELECT FROM forums_charter c LEFT JOIN forums_decisionright r ON r.charter_id = c.id
                AND r.decision_type = kind AND r.scope_kind = over_kind AND c.governs_id IS NULL
            LEFT JOIN forums_opencell o ON o.charter_id = c.id AND o.decision_type = kind AND o.scope_kind = over_kind
            WHERE (r.id IS NOT NULL OR o.id IS NOT NULL)
              AND (c.id = NEW.id OR (c.status = 'approved' AND c.forum_id <> NEW.forum_id
                                     AND DAYS_OF_C @> NEW.starts_on)))) THEN
        RAISE EXCEPTION 'the matrix of decision rights has no gap unless a charter says why';
    END IF;
    RETURN NEW;
"""

RIGHTS_FIT_TOGETHER = pgtrigger.Trigger(
    name="decision_rights_fit_together",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    declare=[("days", "daterange")],
    func=TOGETHER.replace("DAYS_OF_C", DAYS_OF_C),
)
