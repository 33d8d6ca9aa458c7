"""For which measures and from which sources somebody may hand in figures."""

from dataclasses import dataclass
from typing import Self

from journeys.models import Journey
from metrics.ingestion.delivery import Delivery
from metrics.models import KeySource
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Appointment, Function, Person, Role
from truthgov.models.appointment import AppointmentQuerySet

SUPPLYING = (Role.FUNCTION_LEAD, Role.PREPARER)
"""Who hands in a function's figures; only its lead attests them."""


@dataclass(frozen=True)
class Permission:
    """None stands for all. A measure without a function is supplied by whoever holds its journey or its source."""

    functions: frozenset[int] | None
    journeys: frozenset[int] | None
    sources: frozenset[int] | None

    @classmethod
    def of(cls, actor: Actor, delivery: Delivery) -> Self:
        """A key's functions and sources, a person's appointments in force, or what the clockwork delivers for."""
        if actor.key:
            functions = actor.key.functions.values_list("pk", flat=True)
            sources = KeySource.objects.filter(key=actor.key).values_list("source_id", flat=True)
            return cls(frozenset(functions), None, frozenset(sources))
        if actor.person:
            return cls._of_person(actor.person, actor.appointment)
        if delivery.function_id:
            return cls(frozenset({delivery.function_id}), delivery.journeys, None)
        return cls(None, None, None)

    @classmethod
    def _of_person(cls, person: Person, appointment: Appointment | None) -> Self:
        exercised = Appointment.objects.exercised_by(person, on=clock.today())
        if appointment:
            exercised = exercised.filter(pk=appointment.pk)
        led = Function.objects.filter(scope__in=exercised.filter(role__in=SUPPLYING).values("scope"))
        return cls(frozenset(led.values_list("pk", flat=True)), _journeys_owned(exercised), None)

    def covers(self, function_id: int | None, journey_id: int | None) -> bool:
        """Whether figures of a measure of this function and journey may be handed in."""
        if function_id is not None and (self.functions is None or function_id in self.functions):
            return True
        if self.journeys is None:
            return function_id is None
        return journey_id in self.journeys


def journeys_let_in_by(person: Person | None) -> frozenset[int] | None:
    """Whose outcomes a feed may bring that this person has described: of all (None) by an administrator's word, else of
    the journeys that they own today."""
    if person is None:
        return frozenset()
    exercised = Appointment.objects.exercised_by(person, on=clock.today())
    return None if exercised.filter(role=Role.ADMINISTRATOR).exists() else _journeys_owned(exercised)


def _journeys_owned(exercised: AppointmentQuerySet) -> frozenset[int]:
    owned = Journey.objects.filter(scope__in=exercised.filter(role=Role.JOURNEY_OWNER).values("scope"))
    return frozenset(owned.values_list("pk", flat=True))
