"""Who may act, and under which appointment: what doors and verbs ask before anything is done."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import PermissionDenied

from truthgov import clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import Refusal
from truthgov.models import STANDING_APART, Appointment, Mandate, Person, Role, Scope
from truthgov.models.appointment import AppointmentQuerySet


def appointment_of(
    person: Person, *roles: str, scope: Scope | int | None = None, on: date | None = None
) -> Appointment | None:
    """The appointment in one of `roles` (over `scope`, where given) which a person exercises on a day, or None."""
    exercised = _exercised(person, roles, on)
    if scope is not None:
        exercised = exercised.filter(scope=scope)
    return exercised.select_related("scope", "person").order_by("pk").first()


def holds_any(person: Person, *roles: str, on: date | None = None) -> bool:
    """Does a person exercise one of `roles` on a day, over whatever it is?"""
    return _exercised(person, roles, on).exists()


def _exercised(person: Person, roles: Collection[str], on: date | None) -> AppointmentQuerySet:
    return Appointment.objects.exercised_by(person, on=on or clock.today()).filter(role__in=roles)


def stands_apart(person: Person, *, on: date | None = None) -> bool:
    """Does a person administer or audit on a day, and so neither decide nor sign?"""
    held = Appointment.objects.in_force(on=on or clock.today()).of(person)
    return held.filter(role__in=STANDING_APART).exists()


def acting_as(actor: Actor, *roles: str, scope: Scope | int | None = None) -> Appointed:
    """The actor under the appointment that entitles them; PermissionDenied when they hold none."""
    appointment = appointment_of(actor.person, *roles, scope=scope) if actor.person else None
    if appointment is None:
        raise PermissionDenied
    return actor.acting_under(appointment)


def holder(role: str, scope: Scope | int, *, on: date | None = None) -> Appointment | None:
    """Who holds an accountable role over a scope on a day, or None."""
    in_force = Appointment.objects.in_force(on=on or clock.today())
    return in_force.filter(role=role, scope=scope).select_related("person", "scope").first()


def truth_owner(*, on: date | None = None) -> Appointment | None:
    return holder(Role.TRUTH_OWNER, Scope.organisation(), on=on)


def answering_role(scope: Scope) -> str:
    """The role that answers for a scope: a function's lead, a journey's owner, the truth owner otherwise."""
    return {Scope.Kind.FUNCTION: Role.FUNCTION_LEAD, Scope.Kind.JOURNEY: Role.JOURNEY_OWNER}.get(
        Scope.Kind(scope.kind), Role.TRUTH_OWNER
    )


def require_mandate(power: str, *, on: date | None = None) -> Mandate:
    """The mandate in force, if it grants `power` (`challenge`, `escalate`, `force`); a Refusal otherwise."""
    mandate = Mandate.objects.in_force(on=on or clock.today())
    if mandate is None or not getattr(mandate, f"may_{power}"):
        raise Refusal(f"The truth owner's mandate does not grant the power to {power}; the sponsor can grant it.")
    return mandate
