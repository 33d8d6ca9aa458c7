"""A new version of a definition: proposed by one person, approved by another or by a forum, frozen from then on."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from metrics import wake
from metrics.models import Definition, Measure, TouchedSet
from truthgov import audit, authority, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Appointment, Person, Role, Scope
from truthgov.periods import Grain, Period

TERMS = (
    "wording", "formula", "direction", "decimals", "target", "red_threshold", "min_effect", "reliable_from",
    "source_tolerance", "restatement_threshold", "freshness_days", "roll_up",
)  # fmt: skip
"""What a version may change. Another unit or grain is another measure: figures could not be read on across it."""


def definer_of(measure: Measure, person: Person) -> Appointment | None:
    """The appointment under which a person proposes and approves versions: who answers for it, or the truth owner."""
    scope = Scope.objects.get(pk=measure.answering_scope_id)
    answering = authority.appointment_of(person, authority.answering_role(scope), scope=scope)
    return answering or authority.appointment_of(person, Role.TRUTH_OWNER)


def propose_definition(
    measure: Measure, terms: dict[str, Any], *, starts_on: date, rationale: str, by: Actor
) -> Definition:
    """Propose a version that differs in `terms` (see TERMS) from the one in force, for periods from `starts_on`.

    PermissionDenied for anybody but a definer; Refusal while another version waits; InvalidInput where the version
    changes nothing, gives no reason, or does not start with a period that is yet to end.
    """
    actor = _definer(measure, by)
    with audit.act():
        # Versions are numbered without gaps: of two who propose at once, the second is told of the first.
        Measure.objects.select_for_update().get(pk=measure.pk)
        current = measure.definitions.approved().order_by("-version").first()
        if current is None:
            raise Refusal("The first version of a definition comes with the import of the dictionary.")
        _require_sound(current, terms, starts_on, rationale)
        waiting = measure.definitions.filter(status=Definition.Status.PROPOSED).first()
        if waiting:
            raise Refusal(f"Version {waiting.version} is proposed already; have it approved or withdrawn first.")
        last = measure.definitions.order_by("-version").values_list("version", flat=True)[0]
        kept = {name: getattr(current, name) for name in (*TERMS, "unit", "currency", "grain")}
        proposed = Definition.objects.create(
            measure=measure, version=last + 1, starts_on=starts_on, rationale=rationale, proposed_by=actor.person,
            proposed_at=clock.now(), **{**kept, **terms},
        )  # fmt: skip
        audit.record("definition.proposed", proposed, by=actor, measure=measure.code, version=proposed.version)
    return proposed


def approve_definition(definition: Definition, *, by: Actor, authority: str = "") -> None:
    """Put a proposed version in force: by another definer, or by the decision that `authority` names."""
    actor = by if authority else _definer(definition.measure, by)
    if actor.person == definition.proposed_by:
        raise Refusal("Whoever proposes a definition cannot approve it; let another person approve it.")
    with audit.act():
        advance(
            definition, Definition.Status.PROPOSED, Definition.Status.APPROVED,
            approved_by=actor.person, approved_at=clock.now(), authority=authority,
        )  # fmt: skip
        audit.record("definition.approved", definition, by=actor, version=definition.version, authority=authority)
        _have_assessed(definition)


def withdraw_definition(definition: Definition, *, by: Actor) -> None:
    """Its proposer, or another definer, takes a proposed version back."""
    actor = _definer(definition.measure, by)
    with audit.act():
        advance(definition, Definition.Status.PROPOSED, Definition.Status.WITHDRAWN)
        audit.record("definition.withdrawn", definition, by=actor, version=definition.version)


def _definer(measure: Measure, by: Actor) -> Appointed:
    appointment = definer_of(measure, by.person) if by.person else None
    if appointment is None:
        raise PermissionDenied
    return by.acting_under(appointment)


def _require_sound(current: Definition, terms: dict[str, Any], starts_on: date, rationale: str) -> None:
    grain = Grain(current.grain)
    under_way = Period.containing(clock.today(), grain)
    if unknown := set(terms) - set(TERMS):
        raise InvalidInput(f"A version cannot change {', '.join(sorted(unknown))}; declare a new measure.")
    if starts_on != Period.containing(starts_on, grain).start:
        raise InvalidInput("A version starts with a period.", {"starts_on": f"Choose the first day of a {grain}."})
    if starts_on < under_way.start or (current.starts_on and starts_on <= current.starts_on):
        earliest = max(under_way.start, Period.containing(current.starts_on or date.min, grain).shift(1).start)
        raise InvalidInput(
            "A version cannot change what held before.", {"starts_on": f"Choose {earliest} or a later start."}
        )
    if not rationale.strip():
        raise InvalidInput("A version gives its reason.", {"rationale": "Say why the definition changes."})
    if all(getattr(current, name) == value for name, value in terms.items()):
        raise InvalidInput("This version changes nothing; change at least one term.")


def _have_assessed(definition: Definition) -> None:
    """What rests on the measure is judged again, from the version's first period on."""
    since = definition.starts_on or date.min
    TouchedSet.objects.note((series, since) for series in definition.measure.series.values_list("pk", flat=True))
    transaction.on_commit(wake.assessment)
