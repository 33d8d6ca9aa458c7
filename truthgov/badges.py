"""The words, tones and shapes by which a standing is recognised: never by colour alone. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """A word, the tone it is set in (good, bad, warn, info, muted, strong) and the shape before it."""

    word: str
    tone: str
    shape: str


VERDICTS = {
    "working": Badge("Working", "good", "disc"),
    "failing": Badge("Failing", "bad", "cross"),
    "unknown": Badge("Unknown", "muted", "ring"),
}
SEVERITIES = {
    "low": Badge("Low", "muted", "bar"),
    "moderate": Badge("Moderate", "warn", "triangle"),
    "high": Badge("High", "bad", "diamond"),
    "critical": Badge("Critical", "strong", "cross"),
}
CLAIMS = {
    "claimable": Badge("Claimable", "good", "disc"),
    "not_claimable": Badge("Not claimable", "bad", "diamond"),
    "off_target": Badge("Off target", "warn", "triangle"),
    "nothing": Badge("Nothing to claim", "muted", "bar"),
}
TRUST = {
    "trusted": Badge("Trusted", "good", "disc"),
    "untrusted": Badge("Untrusted", "warn", "half"),
    "unknown": Badge("Not judged", "muted", "ring"),
}
VARIATIONS = {
    "improving": Badge("Improving", "good", "up"),
    "deteriorating": Badge("Deteriorating", "bad", "down"),
    "common_cause": Badge("Common cause", "muted", "wave"),
    "not_known": Badge("Too few figures to tell", "muted", "ring"),
}
ASSURANCES = {
    "will_pass": Badge("Will pass its target", "good", "disc"),
    "will_fail": Badge("Will fail its target", "bad", "cross"),
    "will_not_tell": Badge("Will not tell: may pass or fail", "warn", "half"),
    "not_known": Badge("No target, or too few figures", "muted", "ring"),
}
STATES = {
    "open": Badge("Open", "bad", "diamond"),
    "in_remedy": Badge("In remedy", "warn", "half"),
    "quiet": Badge("Quiet", "info", "ring"),
    "closed": Badge("Closed", "good", "disc"),
    "false_alarm": Badge("False alarm", "muted", "bar"),
    "snoozed": Badge("Snoozed", "info", "half"),
    "joined": Badge("Joined", "muted", "bar"),
    "contested": Badge("Contested", "warn", "diamond"),
    "published": Badge("Published", "good", "disc"),
    "declined": Badge("Declined", "warn", "diamond"),
    "delegated": Badge("Delegated", "info", "half"),
    "scheduled": Badge("Scheduled", "info", "ring"),
    "in_session": Badge("In session", "warn", "disc"),
    "circulated": Badge("Circulated", "info", "half"),
    "overturned": Badge("Overturned", "muted", "bar"),
    "verified": Badge("Verified", "good", "disc"),
    "in_force": Badge("In force", "good", "disc"),
    "up_for_review": Badge("Up for review", "warn", "half"),
    "signed": Badge("Signed", "good", "disc"),
    "sealed": Badge("Sealed", "good", "square"),
    "draft": Badge("Draft", "muted", "ring"),
    "proposed": Badge("Proposed", "info", "half"),
    "in_review": Badge("In review", "info", "ring"),
    "approved": Badge("Approved", "good", "disc"),
    "retired": Badge("Retired", "muted", "bar"),
    "superseded": Badge("Superseded", "muted", "bar"),
    "accepted": Badge("Accepted", "good", "disc"),
    "refused": Badge("Refused", "bad", "diamond"),
    "overdue": Badge("Overdue", "bad", "triangle"),
    "due": Badge("Due", "warn", "half"),
    "done": Badge("Done", "good", "disc"),
    "answered": Badge("Answered", "good", "disc"),
    "escalated": Badge("Escalated", "bad", "triangle"),
    "carried_over": Badge("Carried over", "info", "half"),
    "decided": Badge("Decided", "good", "disc"),
    "pending": Badge("Pending", "muted", "ring"),
    "noted": Badge("Noted", "good", "ring"),
    "running": Badge("Running", "info", "half"),
    "failed": Badge("Failed", "bad", "cross"),
    "active": Badge("Active", "good", "disc"),
    "monitor": Badge("Monitor", "info", "half"),
    "off": Badge("Off", "muted", "ring"),
    "withdrawn": Badge("Withdrawn", "muted", "bar"),
    "rejected": Badge("Rejected", "bad", "cross"),
    "revoked": Badge("Revoked", "muted", "bar"),
    "expired": Badge("Expired", "muted", "bar"),
    "new": Badge("New", "info", "disc"),
    "restated": Badge("Restated", "warn", "diamond"),
    "unchanged": Badge("Unchanged", "muted", "bar"),
    "note_added": Badge("Note added", "info", "half"),
    "not_available": Badge("Not available", "muted", "ring"),
    "attested": Badge("Attested", "good", "disc"),
    "unattested": Badge("Not attested", "warn", "ring"),
    "worked": Badge("Worked", "good", "disc"),
    "not_worked": Badge("Did not work", "bad", "cross"),
}


def badge_for(code: str, vocabulary: dict[str, Badge]) -> Badge:
    """Find the badge of a code; a code without one is shown as its own word, so that nothing disappears."""
    key = str(code).replace("-", "_").replace(" ", "_").lower()
    return vocabulary.get(key) or Badge(str(code).replace("_", " ").capitalize(), "muted", "ring")
