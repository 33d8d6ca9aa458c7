"""A new version of a definition: proposed by one person, reviewed and approved by another or by a forum, then frozen.

The approved version holds while another waits; one waits at a time. What becomes of one that is not approved stands in
`metrics.dictionary.reviewing`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from metrics import wake
from metrics.dictionary.bounds import require_bounds
from metrics.dictionary.deriving import (
    fault_in,
    lock_formulas,
    put_in_force,
    require_derivable,
    require_not_computed_with,
)  # fmt: skip
from metrics.dictionary.following import have_followed
from metrics.dictionary.guarding import require_guard, require_guards_nothing_alone
from metrics.dictionary.on_record import digests
from metrics.dictionary.starting import require_not_begun_before, require_start
from metrics.dictionary.terms import FIXED, TERMS
from metrics.models import Definition, Measure, TargetCondition, TouchedSet
from metrics.models.decided import named_in
from metrics.models.measure import MeasureQuerySet
from truthgov import acts, audit, authority, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance
from truthgov.models import Appointment, Person, Role, Scope
from truthgov.periods import Grain

ACROSS: dict[str, Any] = {"max_digits": 24, "decimal_places": 12}
"""Digits that the figures of a bridge may have."""
COUNTING = ("wording", "formula", "derivation", "roll_up")
"""Terms whose change usually means that things are counted differently."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """How a figure from before a change of counting compares with those after it: × factor + offset, and why so.

    `offset` is in the measure's unit.
    """

    factor: Decimal
    reason: str
    offset: Decimal = Decimal(0)


def definer_of(measure: Measure, person: Person) -> Appointment | None:
    """The appointment under which a person proposes and approves versions: who answers for it, or the truth owner."""
    scope = Scope.objects.get(pk=measure.answering_scope_id)
    answering = authority.appointment_of(person, authority.answering_role(scope), scope=scope)
    return answering or authority.appointment_of(person, Role.TRUTH_OWNER)


def defined_by(person: Person) -> MeasureQuerySet:
    """The measures whose `definer_of` a person is today."""
    if authority.holds_any(person, Role.TRUTH_OWNER):
        return Measure.objects.all()
    exercised = Appointment.objects.exercised_by(person, on=clock.today())
    answering = exercised.filter(role__in=[Role.FUNCTION_LEAD, Role.JOURNEY_OWNER]).values_list("scope", flat=True)
    return Measure.objects.answered_for_by(list(answering))


def definer(measure: Measure, by: Actor) -> Appointed:
    """The actor under the appointment that lets them define a measure; PermissionDenied for anybody else."""
    appointment = definer_of(measure, by.person) if by.person else None
    if appointment is None:
        raise PermissionDenied
    return by.acting_under(appointment)


def counts_differently(current: Definition, terms: dict[str, Any]) -> bool:
    """Do new terms suggest that figures from before can no longer be compared with those after?"""
    return any(name in terms and terms[name] != getattr(current, name) for name in COUNTING)


def propose_definition(
    measure: Measure,
    terms: dict[str, Any],
    *,
    starts_on: date,
    rationale: str,
    by: Actor,
    changes_counting: bool | None = None,
    bridge: Bridge | None = None,
) -> Definition:
    """Propose a version that differs in `terms` (see TERMS) from the one in force, for periods from `starts_on`.

    Unless said, it changes the counting where its terms suggest so. It takes the place of one its proposer has waiting.
    PermissionDenied for anybody but a definer; Refusal while somebody else's version waits; InvalidInput where the
    version changes nothing, gives no reason, has a target that nothing guards, a formula that cannot compute it, more
    decimals than a target has or a share above 1, or does not start with a period that is yet to end.
    """  # fmt: skip
    actor = definer(measure, by)
    with audit.act():
        current = _last_approved(measure)
        if changes_counting is None:
            changes_counting = counts_differently(current, terms)
        _require_reason(rationale)
        require_start(starts_on, Grain(current.grain), after=current.starts_on)
        _require_change(current, terms, counting=changes_counting)
        require_bounds(_terms_after(current, terms))
        require_guard(measure, _terms_after(current, terms))
        _require_formula(measure, _terms_after(current, terms))
        bridged = _bridged(changes_counting, bridge)
        return _propose(current, {**terms, **bridged}, starts_on, rationale, actor)


def propose_retirement(measure: Measure, *, starts_on: date, reason: str, by: Actor) -> Definition:
    """Propose that a measure ends: no figures of periods from `starts_on` on are taken, and its rules go quiet.

    It is a version like any other: another person approves it, and a later version takes the measure up again.
    """
    actor = definer(measure, by)
    with audit.act():
        current = _last_approved(measure)
        _require_reason(reason)
        require_start(starts_on, Grain(current.grain), after=current.starts_on)
        if current.retires:
            raise Refusal(f"{measure} is retired from {current.starts_on:%-d %B %Y} on already.")
        require_unneeded(measure)
        return _propose(current, {"retires": True}, starts_on, reason, actor)


def approve_definition(definition: Definition, *, by: Actor, authority: str = "") -> None:
    """Put a waiting version in force: by another definer, or by the decision that `authority` names."""
    actor = by if authority else definer(definition.measure, by)
    if actor.person == definition.proposed_by:
        raise Refusal("Whoever proposes a definition cannot approve it; let another person approve it.")
    with audit.act():
        if not authority:
            _require_undecided(definition)
        if definition.starts_on:
            require_not_begun_before(definition.starts_on, Grain(definition.grain))
        lock_formulas()  # nor is a guard retired meanwhile
        if definition.retires:
            Measure.objects.select_for_update(of=("self",), no_key=True).get(pk=definition.measure_id)
            require_unneeded(definition.measure)
        else:
            terms = _terms_after(definition, {})
            require_bounds(terms)
            require_guard(definition.measure, terms)
        require_derivable(definition)
        if definition.status == Definition.Status.PROPOSED:  # reading it to the end was its review
            advance(definition, Definition.Status.PROPOSED, Definition.Status.IN_REVIEW)
            audit.record("definition.review_begun", definition, by=actor, version=definition.version)
        advance(
            definition, Definition.Status.IN_REVIEW, Definition.Status.APPROVED,
            approved_by=actor.person, approved_at=clock.now(), act=acts.name.get(), authority=authority,
        )  # fmt: skip
        code = "measure.retired" if definition.retires else "definition.approved"
        says = digests([definition.pk])[definition.pk]
        audit.record(code, definition, by=actor, version=definition.version, authority=authority, says=says)
        have_assessed(definition.measure, since=definition.starts_on)
        put_in_force([definition])
        have_followed(definition, by=actor)


def decided_before(definition: Definition) -> Definition | None:
    """The approved version that this one would succeed, where a forum's decision approved it: another decides anew."""
    before = definition.measure.definitions.approved().exclude(pk=definition.pk).order_by("-version").first()
    return before if before and before.authority else None


def _require_undecided(definition: Definition) -> None:
    if before := decided_before(definition):
        raise Refusal(
            f"Version {before.version} of {before.measure} was approved by {named_in(before.authority)}, and only a "
            "decision approves another: let a forum that holds the right decide on this one."
        )


def end_waiting(definition: Definition, ending: Definition.Status, *, by: Appointed, reason: str) -> None:
    """A waiting version comes to nothing: withdrawn or rejected, with the reason why."""
    if not reason.strip():
        raise InvalidInput("A version ends with a reason.", {"reason": "Say why."})
    if not definition.is_waiting:
        raise Refusal(f"This version is {definition.get_status_display().lower()} already; reload the page.")
    advance(definition, definition.status, ending, ended_by=by.person, ended_because=reason.strip())
    code = "definition.withdrawn" if ending == Definition.Status.WITHDRAWN else "definition.rejected"
    audit.record(code, definition, by=by, version=definition.version)


def _last_approved(measure: Measure) -> Definition:
    """The version that a new one starts from; its measure stays locked until commit."""
    # Versions are numbered without gaps: of two who propose at once, the second is told of the first.
    Measure.objects.select_for_update(of=("self",), no_key=True).get(pk=measure.pk)
    current = measure.definitions.approved().order_by("-version").first()
    if current is None:
        raise Refusal("The first version of a definition comes with the import of the dictionary.")
    return current


def _terms_after(current: Definition, terms: dict[str, Any]) -> dict[str, Any]:
    return {name: terms.get(name, getattr(current, name)) for name in (*TERMS, *FIXED)}


def _propose(
    current: Definition, said: dict[str, Any], starts_on: date, rationale: str, actor: Appointed
) -> Definition:
    measure = current.measure
    last = measure.definitions.order_by("-version").values_list("version", flat=True)[0]
    _make_way(measure, last + 1, actor)
    proposed = Definition.objects.create(
        measure=measure, version=last + 1, starts_on=starts_on, rationale=rationale.strip(),
        proposed_by=actor.person, proposed_at=clock.now(), **{**_terms_after(current, {}), **said},
    )  # fmt: skip
    audit.record("definition.proposed", proposed, by=actor, measure=measure.code, version=proposed.version)
    return proposed


def _make_way(measure: Measure, version: int, actor: Appointed) -> None:
    """One's own waiting version is replaced; somebody else's is not."""
    waiting = measure.definitions.waiting().first()
    if waiting and waiting.proposed_by != actor.person:
        told = f"Version {waiting.version}, proposed by {waiting.proposed_by}, waits already"
        raise Refusal(f"{told}; have it approved, rejected or withdrawn first.")
    if waiting:
        end_waiting(waiting, Definition.Status.WITHDRAWN, by=actor, reason=f"Replaced by version {version}.")


def _bridged(counting: bool, bridge: Bridge | None) -> dict[str, Any]:
    """The fields of a version that say how it counts."""
    if bridge is None:
        return {"changes_counting": counting}
    if not counting:
        raise InvalidInput("A bridge needs a break.", {"bridge_factor": "Only a change of counting has a bridge."})
    if not bridge.reason.strip():
        raise InvalidInput("A bridge gives its reason.", {"bridge_reason": "Say why figures compare like this."})
    if bridge.factor <= 0:
        raise InvalidInput("A bridge keeps directions.", {"bridge_factor": "Choose a factor above 0."})
    return {"changes_counting": True, "bridge_factor": bridge.factor, "bridge_offset": bridge.offset,
            "bridge_reason": bridge.reason.strip()}  # fmt: skip


def _require_reason(rationale: str) -> None:
    if not rationale.strip():
        raise InvalidInput("A version gives its reason.", {"rationale": "Say why the definition changes."})


def _require_change(current: Definition, terms: dict[str, Any], *, counting: bool) -> None:
    if unknown := set(terms) - set(TERMS):
        raise InvalidInput(f"A version cannot change {', '.join(sorted(unknown))}; declare a new measure.")
    same = all(getattr(current, name) == value for name, value in terms.items())
    if same and not counting and not current.retires:
        raise InvalidInput("This version changes nothing; change at least one term.")


def _require_formula(measure: Measure, terms: dict[str, Any]) -> None:
    if terms["derivation"] and (fault := fault_in(Definition(measure=measure, **terms))):
        raise InvalidInput("The formula cannot compute this measure.", {"derivation": fault})


def require_unneeded(measure: Measure) -> None:
    """Nothing can go on leaning on what nobody measures any more: no journey, no formula, no target."""
    latest = TargetCondition.objects.last_versions().values("pk")
    demanding = TargetCondition.objects.filter(pk__in=latest, required__measure=measure).first()
    if demanding:
        raise Refusal(f"The target condition of {demanding.journey} demands {measure}; set one without it first.")
    require_not_computed_with(measure)
    require_guards_nothing_alone(measure)


def have_assessed(measure: Measure, *, since: date | None) -> None:
    """What rests on a measure is judged again, from a day on (without one: all of it); the dictionary changed."""
    first = since or date.min
    TouchedSet.objects.note((series, first) for series in measure.series.values_list("pk", flat=True))
    transaction.on_commit(wake.assessment)
