"""Cases that are one are joined, and a segment whose facts differ is split off: by the truth owner, with a reason.

Neither deletes anything, nor makes light of what was found: the case that stays is as severe as the worst of both.
"""

from metrics.assessment.regrading import raise_severity
from metrics.models import CaseJoining, Contradiction, Segment
from metrics.models.ruling import require_reason, ruling
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once

Status = Contradiction.Status


def join(case: Contradiction, into: Contradiction, *, reason: str, by: Actor) -> CaseJoining:
    """An open case is the same as another, which stays: what it found and will find feeds that one."""
    actor = case.ruled_by(by)
    into.ruled_by(by)
    require_reason(reason, "Cases are joined for a reason.", "Say why it is the same.")
    if into.pk == case.pk:
        raise InvalidInput("A case is not joined to itself.", {"into": "Choose the case that stays."})
    with audit.act():
        for each in sorted((case, into), key=lambda each: each.pk):  # so that two who join crosswise do not wait
            each.require_live()
        if case.joinings.exists():
            raise Refusal("Others were joined to this case; join the other one to it instead.")
        case.end_snooze("It was joined to another case.", by=actor)
        joined = into.joinings.create(contradiction=case, reason=reason, **ruling(actor))
        advance(case, Status.OPEN, Status.JOINED, changed_at=clock.now())
        case.note("joined", by=actor, reason=reason, into=into.pk)
        into.note("gathered", by=actor, reason=reason, joined=case.pk)
        raise_severity(into)
    return joined


def split_off(case: Contradiction, segment: Segment, *, reason: str, by: Actor) -> Contradiction:
    """The facts of a segment differ: it gets its own case, open, to which what is found there goes from now on."""
    actor = case.ruled_by(by)
    require_reason(reason, "A case is split for a reason.", "Say how the facts of this segment differ.")
    if segment.pk == case.segment_id or not case.segment.holds(segment):
        raise InvalidInput("Only a part of a case is split off.", {"segment": f"Choose a part of {case.segment}."})
    with audit.act():
        case.require_live()
        part = case.part(segment)
        with only_once("This segment has its own case already; look for it in the queue."):
            part.save(force_insert=True)
        case.splits.create(contradiction=part, reason=reason, **ruling(actor))
        case.note("split", by=actor, reason=reason, part=part.pk, segment=segment.pk)
        part.note("split_off", by=actor, reason=reason, parent=case.pk)
        raise_severity(part)
    return part
