"""What the database refuses to believe of a contradiction: a change that its events and findings do not bear out.

The verbs and the assessment write the event of a change in its own transaction. These triggers, most of them at
commit, stop whoever passes both by: no case leaves the list, and none is made light of, in silence.
"""

import pgtrigger

LAST_CHANGE = """
    SELECT * INTO stands FROM metrics_contradiction WHERE id = NEW.id;
    SELECT * INTO told FROM metrics_contradictionevent
    WHERE contradiction_id = NEW.id
      AND code IN ('opened', 'surfaced', 'split_off', 'returned_to_open', 'recurred', 'entered_remedy',
                   'declared_false_alarm', 'joined', 'proved', 'settled', 'closed_on_evidence')
    ORDER BY id DESC LIMIT 1;
    state := CASE
        WHEN told.code IN ('opened', 'surfaced', 'split_off', 'returned_to_open', 'recurred') THEN 'open'
        WHEN told.code = 'entered_remedy' THEN 'in_remedy'
        WHEN told.code = 'declared_false_alarm' THEN 'false_alarm'
        WHEN told.code = 'joined' THEN 'joined'
        WHEN told.code IN ('proved', 'settled', 'closed_on_evidence') THEN 'closed' END;
    IF stands.status IS DISTINCT FROM state THEN
        RAISE EXCEPTION 'a contradiction is % by an event that says so, the last one says %', stands.status, state;
    END IF;
    IF stands.status = 'joined' AND NOT EXISTS (
        SELECT FROM metrics_casejoining WHERE contradiction_id = NEW.id) THEN
        RAISE EXCEPTION 'a contradiction is joined to one that stays';
    END IF;
    SELECT period_start INTO began FROM metrics_contradictionevent
    WHERE contradiction_id = NEW.id AND code = 'entered_remedy' ORDER BY id DESC LIMIT 1;
    IF stands.status = 'in_remedy' AND stands.remedy_from IS DISTINCT FROM began THEN
        RAISE EXCEPTION 'a remedy is proved from the day that was decided, %', began;
    END IF;
"""
"""Its state is what the last event that changes one left it in."""

CLOSED_TRULY = """
    IF stands.status <> 'closed' OR OLD.status = 'closed' THEN
        RETURN NULL;
    END IF;
    IF told.code = 'proved' THEN
        SELECT max(s.period_start) INTO latest FROM metrics_signal s
        WHERE s.contradiction_id = NEW.id AND s.period_start >= began
          AND NOT EXISTS (SELECT FROM metrics_signalwithdrawal w WHERE w.signal_id = s.id);
        proven := (SELECT count(*) FROM metrics_judgement j
                   WHERE j.rule_id = stands.rule_id AND j.period_start >= began
                     AND (latest IS NULL OR j.period_start > latest))
               >= coalesce((SELECT quiet_periods FROM metrics_ruleversion
                            WHERE rule_id = stands.rule_id AND status = 'approved'
                              AND (starts_on IS NULL OR starts_on <= began)
                            ORDER BY version DESC LIMIT 1), 3);
    ELSIF told.code = 'settled' THEN
        proven := stands.kind = 'source_disagreement' AND EXISTS (
            SELECT FROM metrics_sourceofrecord r
            WHERE r.measure_id = stands.measure_id AND r.authority <> ''
              AND (r.settles_id IN (stands.source_id, stands.other_source_id)
                   OR r.source_id NOT IN (stands.source_id, stands.other_source_id)));
    ELSE
        proven := told.authority <> '' AND told.reason <> '' AND (stands.rule_id IS NULL OR EXISTS (
            SELECT FROM metrics_rule WHERE id = stands.rule_id AND replaced_by_id IS NOT NULL) OR coalesce(
            (SELECT v.state <> 'active' FROM metrics_ruleversion v
             WHERE v.rule_id = stands.rule_id AND v.status = 'approved'
               AND (v.starts_on IS NULL OR v.starts_on <= told.at::date + 1)  -- no zone is more than a day ahead
             ORDER BY v.version DESC LIMIT 1),
            (SELECT made_by_id IS NOT NULL FROM metrics_rule WHERE id = stands.rule_id)));
    END IF;
    IF NOT coalesce(proven, false) THEN
        RAISE EXCEPTION 'a contradiction closes when its remedy is proved: % is not borne out', told.code;
    END IF;
    RETURN NULL;
"""
"""The proof is on record: enough periods judged since the last signal, a source of record named, or a decision.

Whether each of those periods was quiet is the assessment's to say; what it says rests on these rows.
"""

A_CHANGE_OF_STATE_HAS_ITS_EVENT = pgtrigger.Trigger(
    name="a_change_of_state_has_its_event",
    operation=pgtrigger.UpdateOf("status", "remedy_from"),
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    declare=[
        ("stands", "metrics_contradiction%ROWTYPE"),
        ("told", "metrics_contradictionevent%ROWTYPE"),
        ("state", "text"),
        ("began", "date"),
        ("latest", "date"),
        ("proven", "boolean"),
    ],
    func=LAST_CHANGE + CLOSED_TRULY,
)

WHAT_IS_DISPUTED_IS_DECIDED = pgtrigger.Trigger(
    name="what_is_disputed_is_decided",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__authority=""),
    func="""
    IF EXISTS (SELECT FROM metrics_contradiction WHERE measure_id = NEW.measure_id AND kind = 'source_disagreement'
               AND status IN ('open', 'in_remedy')) THEN
        RAISE EXCEPTION 'while two sources of a measure contradict each other, a decision names its source of record';
    END IF;
    RETURN NEW;
""",
)
"""Otherwise a line of a file, or a formula, would take the pair out of judgement."""

A_CASE_BEGINS_OPEN = pgtrigger.Trigger(
    name="a_case_begins_open",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Condition("(NEW.status <> 'open' OR NEW.recurrences <> 0 OR NEW.remedy_from IS NOT NULL)"),
    func="RAISE EXCEPTION 'a contradiction begins open, and has not come back yet';",
)
"""Nobody has the findings to come fed to a case that was settled before there was one."""

EVERY_RECURRENCE_IS_COUNTED = pgtrigger.Trigger(
    name="every_recurrence_is_counted",
    operation=pgtrigger.UpdateOf("status", "recurrences"),
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    func="""
        IF (SELECT recurrences FROM metrics_contradiction WHERE id = NEW.id) <> (
            SELECT count(*) FROM metrics_contradictionevent WHERE contradiction_id = NEW.id AND code = 'recurred') THEN
            RAISE EXCEPTION 'every recurrence of a contradiction is counted, and nothing else';
        END IF;
        RETURN NULL;
    """,
)

A_LOWER_SEVERITY_HAS_ITS_FINDINGS = pgtrigger.Trigger(
    name="a_lower_severity_has_its_findings",
    operation=pgtrigger.UpdateOf("severity", "severity_rank"),
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition(
        "(NEW.severity_rank < OLD.severity_rank OR NEW.severity IS DISTINCT FROM OLD.severity)"
    ),
    declare=[("stands", "metrics_contradiction%ROWTYPE"), ("told", "jsonb"), ("words", "text[]")],
    func="""
        words := ARRAY['low', 'moderate', 'high', 'critical'];
        SELECT * INTO stands FROM metrics_contradiction WHERE id = NEW.id;
        IF stands.severity_rank >= OLD.severity_rank
           AND array_position(words, stands.severity::text) >= array_position(words, OLD.severity::text) THEN
            RETURN NULL;
        END IF;
        SELECT data INTO told FROM metrics_contradictionevent
        WHERE contradiction_id = NEW.id AND data ? 'severity' ORDER BY id DESC LIMIT 1;
        IF (stands.severity, stands.severity_rank) IS DISTINCT FROM
           (told ->> 'severity', (told ->> 'severity_rank')::float8) THEN
            RAISE EXCEPTION 'a severity is lowered by findings, in an event that cites them, and by nobody''s word';
        END IF;
        RETURN NULL;
    """,
)
"""No person lowers a severity, the accused least of all: signals do that come or that are withdrawn."""

A_GRADING_HAS_ITS_FINDINGS = pgtrigger.Trigger(
    name="a_grading_has_its_findings",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition("NEW.data ? 'severity'"),
    declare=[("cited", "bigint[]"), ("found", "bigint")],
    func="""
        cited := ARRAY(SELECT DISTINCT named::bigint FROM jsonb_array_elements_text(
                           coalesce(NEW.data -> 'signals', NEW.data -> 'withdrawn')) AS named);
        SELECT count(*) INTO found FROM metrics_signal s
        WHERE s.id = ANY (cited)
          AND (s.contradiction_id = NEW.contradiction_id
               OR EXISTS (SELECT FROM metrics_casejoining j
                          WHERE j.contradiction_id = s.contradiction_id AND j.into_id = NEW.contradiction_id)
               OR EXISTS (SELECT FROM metrics_casesplit p JOIN metrics_contradiction c ON c.id = p.contradiction_id
                          WHERE p.parent_id = s.contradiction_id AND p.contradiction_id = NEW.contradiction_id
                            AND c.segment_id = s.segment_id))
          AND (NEW.data ? 'signals'
               OR EXISTS (SELECT FROM metrics_signalwithdrawal w WHERE w.signal_id = s.id));
        IF NEW.person_id IS NOT NULL OR found = 0 OR found <> cardinality(cited) OR EXISTS (
            SELECT FROM metrics_contradictionevent e
            WHERE e.contradiction_id = NEW.contradiction_id AND e.id <> NEW.id
              AND ((e.data -> 'signals') @> (NEW.data -> 'signals')
                   OR (e.data -> 'withdrawn') @> (NEW.data -> 'withdrawn'))) THEN
            RAISE EXCEPTION 'a severity follows from findings of its own case, told once';
        END IF;
        RETURN NULL;
    """,
)
