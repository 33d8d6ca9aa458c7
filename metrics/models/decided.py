"""What a forum decided of a measure, a forum decides anew: the database refuses what another's word would put in place.

Otherwise a line of a file, a formula or two people would undo in silence what a decision named or approved.
"""

import pgtrigger

DECISION = "decision:"
"""How the authority of a record begins that a decision stands behind; its number follows."""

A_DECIDED_SOURCE_IS_DECIDED_ANEW = pgtrigger.Trigger(
    name="a_decided_source_is_decided_anew",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__authority=""),
    func="""
    IF (SELECT authority FROM metrics_sourceofrecord WHERE measure_id = NEW.measure_id ORDER BY id DESC LIMIT 1) <> ''
       AND NOT EXISTS (SELECT FROM metrics_definition WHERE measure_id = NEW.measure_id AND status = 'approved'
                       AND authority <> '' AND act = NEW.act) THEN
        RAISE EXCEPTION 'a source of record that a decision named is named anew by a decision';
    END IF;
    RETURN NEW;
""",
)
"""A formula that a decision approves brings its own source along, in the same act."""

A_DECIDED_DEFINITION_IS_DECIDED_ANEW = pgtrigger.Trigger(
    name="a_decided_definition_is_decided_anew",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__status="approved", new__authority=""),
    func="""
    IF (SELECT authority FROM metrics_definition
        WHERE measure_id = NEW.measure_id AND status = 'approved' AND id <> NEW.id
        ORDER BY version DESC LIMIT 1) <> '' THEN
        RAISE EXCEPTION 'a definition that a decision approved is succeeded by one that a decision approves';
    END IF;
    RETURN NEW;
""",
)


def named_in(authority: str) -> str:
    """The decision that an authority cites, in words: `decision 12`."""
    return f"decision {authority.removeprefix(DECISION)}"
