"""What becomes of a version while it waits: it is reviewed, commented on by named people, withdrawn or rejected."""

from metrics.dictionary.defining import definer, end_waiting
from metrics.models import Definition, DefinitionComment
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as, appointment_of
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Person, Role

COMMENTING = (
    Role.SPONSOR, Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER, Role.EXECUTIVE, Role.SECRETARY,
    Role.FORUM_MEMBER,
)  # fmt: skip
"""Who has a say on what is measured: whoever answers for something or sits where it is decided."""


def begin_review(definition: Definition, *, by: Actor) -> None:
    """Another definer than its proposer takes a proposed version into review."""
    actor = definer(definition.measure, by)
    if actor.person == definition.proposed_by:
        raise Refusal("Whoever proposes a definition does not review it; let another person read it.")
    with audit.act():
        advance(definition, Definition.Status.PROPOSED, Definition.Status.IN_REVIEW)
        audit.record("definition.review_begun", definition, by=actor, version=definition.version)


def may_comment(person: Person) -> bool:
    """May somebody say something of a waiting version?"""
    return appointment_of(person, *COMMENTING) is not None


def comment(definition: Definition, text: str, *, by: Actor) -> DefinitionComment:
    """Say something of a waiting version, under one's own name; it stays."""
    actor = acting_as(by, *COMMENTING)
    if not text.strip():
        raise InvalidInput("A comment says something.", {"text": "Write what is to be considered."})
    with audit.act():
        # A version is locked while it is commented on: nobody comments on what was approved a moment ago.
        standing = Definition.objects.select_for_update(of=("self",), no_key=True).get(pk=definition.pk)
        if not standing.is_waiting:
            raise Refusal(
                f"This version is {standing.get_status_display().lower()}; comments belong to the time before."
            )
        said = DefinitionComment.objects.create(
            definition=standing, person=actor.person, text=text.strip(), at=clock.now()
        )
        audit.record("definition.commented", standing, by=actor, version=standing.version)
    return said


def withdraw_definition(definition: Definition, *, by: Actor, reason: str) -> None:
    """Its proposer takes a waiting version back, and says why."""
    actor = definer(definition.measure, by)
    if actor.person != definition.proposed_by:
        raise Refusal("Only its proposer withdraws a version; you can reject it, with your reason.")
    with audit.act():
        end_waiting(definition, Definition.Status.WITHDRAWN, by=actor, reason=reason)


def reject_definition(definition: Definition, *, by: Actor, reason: str) -> None:
    """Another definer than its proposer turns a waiting version down, and says why."""
    actor = definer(definition.measure, by)
    if actor.person == definition.proposed_by:
        raise Refusal("Whoever proposes a definition withdraws it; rejecting is for another person.")
    with audit.act():
        end_waiting(definition, Definition.Status.REJECTED, by=actor, reason=reason)
