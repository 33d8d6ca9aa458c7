"""What each code of the audit says to its reader, after the name of who acted: "Sofia confirmed an appointment"."""

PHRASES = {
    "organisation.founded": "founded the organisation",
    "person.enrolled": "enrolled a person",
    "person.deactivated": "shut a person out",
    "person.reactivated": "let a person in again",
    "function.established": "established a function",
    "appointment.proposed": "proposed an appointment",
    "appointment.confirmed": "confirmed an appointment",
    "appointment.declined": "declined an appointment",
    "appointment.ended": "ended an appointment",
    "deputy.named": "named a deputy",
    "mandate.granted": "granted the truth owner's mandate",
    "journey.established": "established a journey",
    "journey.described": "described a journey",
    "stage.added": "added a stage to a journey",
    "stage.changed": "changed a stage of a journey",
    "stage.removed": "removed a stage from a journey",
    "handoff.added": "added a handoff to a journey",
    "handoff.reworded": "reworded a handoff",
    "handoff.removed": "removed a handoff from a journey",
    "submission.accepted": "delivered figures",
    "submission.attested": "attested a submission",
    "feed.connected": "connected a feed",
    "feed.corrected": "corrected a feed",
    "feed.paused": "paused a feed",
    "feed.resumed": "resumed a feed",
    "feed.hurried": "asked a feed to run at once",
    "feed.pulled": "pulled figures from a feed",
    "feed.failed": "gave up a run of a feed",
    "key.issued": "issued a key",
    "key.granted_sources": "named the sources of a key",
    "key.revoked": "revoked a key",
    "source.established": "named a further source of figures",
    "target_condition.approved": "approved what a journey must hold",
    "dictionary.imported": "imported the measurement dictionary",
    "dimensions.declared": "declared dimensions to cut figures by",
}


def phrase(code: str) -> str:
    """The phrase of a code; the code itself where an older version recorded it and none is left."""
    return PHRASES.get(code, code)
