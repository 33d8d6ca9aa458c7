"""Whom a form may name: who comes and goes, presents, stands in, or is given something to do."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from forums.models import Meeting
from truthgov import clock
from truthgov.models import STANDING_APART, Appointment, Person, Role


def people_of(meeting: Meeting) -> QuerySet[Person]:
    """Whoever may be recorded as coming or going."""
    in_the_room = meeting.attendances.filter(left_at=None).values("person")
    return Person.objects.filter(Q(pk__in=meeting.may_come(clock.today())) | Q(pk__in=in_the_room))


def people_to_present(meeting: Meeting) -> QuerySet[Person]:
    """Whoever may be named to present an item: who holds an appointment on that day, and does not stand apart."""
    held = Appointment.objects.in_force(on=meeting.slot)
    return people_to_act(STANDING_APART, on=meeting.slot).filter(pk__in=held.values("person"))


def people_to_act(but: Collection[str] = (Role.AUDITOR,), *, on: date | None = None) -> QuerySet[Person]:
    """Whoever may be given something to do: nobody who audits, since they change nothing."""
    apart = Appointment.objects.in_force(on=on or clock.today()).filter(role__in=but)
    return Person.objects.active().exclude(pk__in=apart.values("person"))


def people_to_send(meeting: Meeting) -> QuerySet[Person]:
    """Whoever may be sent in somebody's place: those without a seat of their own; nobody where no charter lets them."""
    able = people_to_present(meeting) if meeting.charter.allows_delegates else Person.objects.none()
    return able.exclude(pk__in=meeting.seat_holders(meeting.slot))
