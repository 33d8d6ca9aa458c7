"""Setting the limits of a chart anew: proposed by one person with a reason, approved by another, never automatic.

Whoever answers for a measure knows that its process was changed; and would be the first to gain if its decline came to
look usual. So one of the two people is the truth owner, as for rules.
"""

from datetime import date

from django.core.exceptions import PermissionDenied

from metrics.dictionary.defining import definer_of
from metrics.models import Measure, Reading, Rebasing, Segment
from metrics.rules import two_people
from truthgov import acts, audit, authority, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Appointment, Person, Role
from truthgov.periods import Grain, Period
from truthgov.texts import LONGEST_TEXT


def rebaser_of(measure: Measure, person: Person) -> Appointment | None:
    """The appointment under which a person proposes and approves: the truth owner's before who answers for it."""
    return authority.appointment_of(person, Role.TRUTH_OWNER) or definer_of(measure, person)


def propose_rebasing(measure: Measure, segment: Segment, *, starts_on: date, reason: str, by: Actor) -> Rebasing:
    """Propose limits of a measure's chart in a segment from the period on that begins on `starts_on`.

    It takes the place of one its proposer has waiting. PermissionDenied for anybody but who answers for the measure
    and the truth owner; Refusal while somebody else's waits; InvalidInput where it gives no reason or does not start
    with a period between two that have figures.
    """
    actor = _rebaser(measure, by)
    with audit.act():
        Measure.objects.select_for_update(of=("self",), no_key=True).get(
            pk=measure.pk
        )  # two who propose at once meet here
        if not reason.strip() or len(reason) > LONGEST_TEXT:
            hint = f"Say why, in {LONGEST_TEXT} signs at most."
            raise InvalidInput("Limits are set anew for a reason.", {"reason": hint})
        _require_start(measure, segment, starts_on)
        _make_way(measure, segment, actor)
        proposed = Rebasing.objects.create(
            measure=measure, segment=segment, starts_on=starts_on, reason=reason.strip(), proposed_by=actor.person,
            appointment=actor.appointment, proposed_at=clock.now(),
        )  # fmt: skip
        _record("rebasing.proposed", proposed, actor)
    return proposed


def approve_rebasing(rebasing: Rebasing, *, by: Actor) -> None:
    """Another person than its proposer sets the limits anew; one of the two is the truth owner."""
    actor = _rebaser(rebasing.measure, by)
    two_people.require_two(rebasing, "a change of limits", by=actor)
    with audit.act():
        two_people.approve(rebasing, by=actor)
        _record("rebasing.approved", rebasing, actor)


def withdraw_rebasing(rebasing: Rebasing, *, reason: str, by: Actor) -> None:
    """Its proposer takes it back, and says why."""
    actor = _rebaser(rebasing.measure, by)
    with audit.act():
        two_people.withdraw(rebasing, reason, by=actor)
        _record("rebasing.withdrawn", rebasing, actor)


def reject_rebasing(rebasing: Rebasing, *, reason: str, by: Actor) -> None:
    """Another person than its proposer turns it down, and says why."""
    actor = _rebaser(rebasing.measure, by)
    with audit.act():
        two_people.reject(rebasing, reason, by=actor)
        _record("rebasing.rejected", rebasing, actor)


def _rebaser(measure: Measure, by: Actor) -> Appointed:
    appointment = rebaser_of(measure, by.person) if by.person else None
    if appointment is None:
        raise PermissionDenied
    return by.acting_under(appointment)


def _require_start(measure: Measure, segment: Segment, starts_on: date) -> None:
    definition = measure.definitions.live().first()
    if definition is None:
        raise Refusal(f"{measure} has no definition yet; there are no limits to set.")
    grain = Grain(definition.grain)
    if starts_on != Period.containing(starts_on, grain).start:
        raise InvalidInput("Limits are set for whole periods.", {"starts_on": f"Choose the first day of a {grain}."})
    figures = Reading.objects.filter(series__measure=measure, series__segment=segment)
    before, after = figures.filter(period_start__lt=starts_on), figures.filter(period_start__gte=starts_on)
    if not (before.exists() and after.exists()):
        raise InvalidInput(
            "There is nothing to set anew there.", {"starts_on": "Choose a period with figures before and after it."}
        )
    if measure.rebasings.approved().filter(segment=segment, starts_on=starts_on).exists():
        raise Refusal("The limits are set anew from this period on already; choose another one.")


def _make_way(measure: Measure, segment: Segment, actor: Appointed) -> None:
    """One's own waiting proposal is replaced; somebody else's is not."""
    waiting = measure.rebasings.waiting().filter(segment=segment).first()
    if waiting and waiting.proposed_by != actor.person:
        raise Refusal(f"A proposal of {waiting.proposed_by} waits already; have it approved or rejected first.")
    if waiting:
        two_people.end(waiting, Rebasing.Status.WITHDRAWN, "Replaced by another proposal.", by=actor)
        _record("rebasing.withdrawn", waiting, actor)


def _record(code: str, rebasing: Rebasing, actor: Appointed) -> None:
    acts.note(rebasing)
    audit.record(
        code, rebasing.measure, by=actor, segment=rebasing.segment.key, starts_on=rebasing.starts_on.isoformat(),
        reason=rebasing.ended_because or rebasing.reason,
    )  # fmt: skip
