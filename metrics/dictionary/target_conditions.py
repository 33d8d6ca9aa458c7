"""The target condition: which outcomes a journey must hold to count as working."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from django.db.models import Max, Q

from journeys.models import Journey
from metrics.dictionary.deriving import lock_formulas
from metrics.models import Definition, Measure, RequiredOutcome, TargetCondition
from metrics.trust import DEMANDED
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.authority import acting_as
from truthgov.errors import Refusal
from truthgov.knowledge import Moment
from truthgov.models import Person, Role


def approve_target_condition(
    journey: Journey, outcomes: Mapping[Measure, int], *, starts_on: date, proposed_by: Person, by: Actor
) -> TargetCondition:
    """A new version, holding from a day: the outcomes with the trust (0 to 100) that each one's figures need.

    The journey's owner proposes, the truth owner or the sponsor approves. Refusal where these are one person, where an
    outcome is retired or of another journey, or where the version would change what held on earlier days.
    """
    actor = acting_as(by, Role.TRUTH_OWNER, Role.SPONSOR)
    acting_as(Actor(person=proposed_by), Role.JOURNEY_OWNER, scope=journey.scope)
    if actor.person == proposed_by:
        raise Refusal("A target condition is approved by somebody other than who proposed it.")
    with audit.act():
        lock_formulas()  # an import locks journeys and measures the other way round, under this
        require_measured(outcomes)
        return set_target_condition(journey, outcomes, starts_on=starts_on, proposed_by=proposed_by, by=actor)


def set_target_condition(
    journey: Journey, outcomes: Mapping[Measure, int], *, starts_on: date, proposed_by: Person, by: Actor
) -> TargetCondition:
    """Record a condition that was approved, of now or of a history, within the act under way.

    Refusal where an outcome belongs to another journey, or where it would change what held on earlier days.
    """
    # Versions are numbered without gaps: two approvals for one journey come one after the other.
    Journey.objects.select_for_update(no_key=True).get(pk=journey.pk)
    last = journey.target_conditions.order_by("-version").first()
    _require_sound(journey, outcomes, starts_on, last)
    condition = TargetCondition.objects.create(
        journey=journey, version=last.version + 1 if last else 1, starts_on=starts_on, proposed_by=proposed_by,
        approved_by=cast("Person", by.person), set_at=clock.now(),
    )  # fmt: skip
    RequiredOutcome.objects.bulk_create(
        RequiredOutcome(condition=condition, measure=measure, trust_needed=trust) for measure, trust in outcomes.items()
    )
    named = {measure.code: trust for measure, trust in outcomes.items()}
    audit.record("target_condition.approved", condition, by=by, journey=journey.pk, outcomes=named)
    return condition


def require_measured(outcomes: Iterable[Measure]) -> None:
    """Refusal where one of these outcomes is retired; none can be until commit."""
    named = Measure.objects.filter(pk__in=[measure.pk for measure in outcomes]).order_by("pk")
    list(
        named.select_for_update(of=("self",), no_key=True)
    )  # who retires one of them waits, and then sees what demands it
    if ended := list(named.filter(pk__in=Definition.objects.retiring().values("measure"))):
        raise Refusal(f"{', '.join(map(str, ended))} is retired; a journey demands what is still measured.")


def trust_needed(measures: Iterable[int], *, on: date, known_at: int | None = None) -> dict[int, int]:
    """By measure the trust (0 to 100) that its figures need on a day: the most that a target condition asks of it.

    With `known_at` (an audit entry) by the conditions that were set by then.
    """
    conditions = TargetCondition.objects.all()
    if known_at is not None:
        conditions = conditions.filter(Moment.of(known_at).knew("set_at"))
    in_force = conditions.in_force(on=on).values("pk")
    demanded = RequiredOutcome.objects.filter(condition__in=in_force, measure__in=measures)
    most = dict(demanded.order_by().values_list("measure").annotate(Max("trust_needed")))
    return {measure: most.get(measure, DEMANDED) for measure in measures}


def trust_needed_of(measure: Measure, days: Iterable[date]) -> dict[date, int]:
    """The trust (0 to 100) that the figures of one measure need, on each of these days."""
    asked = Max("required__trust_needed", filter=Q(required__measure=measure))
    versions = TargetCondition.objects.filter(journey=measure.journey_id).annotate(asked=asked).order_by("-version")
    told = list(versions.values_list("starts_on", "asked"))
    in_force = {day: next((needed for starts_on, needed in told if starts_on <= day), None) for day in days}
    return {day: DEMANDED if needed is None else needed for day, needed in in_force.items()}


def _require_sound(
    journey: Journey, outcomes: Mapping[Measure, int], starts_on: date, last: TargetCondition | None
) -> None:
    strangers = [measure.code for measure in outcomes if not measure.is_outcome or measure.journey_id != journey.pk]
    if strangers or not outcomes:
        raise Refusal(f"Name outcomes of {journey}; these are not: {', '.join(strangers) or 'none were named'}.")
    if last and starts_on < last.starts_on:
        raise Refusal(f"Version {last.version} holds from {last.starts_on}; a later one begins on that day or after.")
