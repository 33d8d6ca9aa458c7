from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from truthgov.authority import appointment_of
from truthgov.models import Appointment, Person, Role, Scope

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.forum import Forum
    from forums.models.seat import StandingSeat


class Membership(models.Model):
    """Who sits in a forum under a charter: appointments, not names."""

    if TYPE_CHECKING:  # what the charter itself brings
        forum: models.ForeignKey[Any, "Forum"]
        chair_role: models.CharField[str, str]
        member_roles: list[str]
        seats: "RelatedManager[StandingSeat]"

    class Meta:
        abstract = True

    @cached_property
    def standing_seats(self) -> "list[StandingSeat]":
        """Read once: the clauses of a charter never change."""
        return list(self.seats.all())

    def seated(self, appointment: str = "") -> Q:
        """Of appointments, those whose holder counts for a quorum; `appointment` is how a query gets to one.

        The chair's role, the members' roles, the standing seats, and every forum member of this forum.
        """
        to = f"{appointment}__" if appointment else ""
        counted = Q(**{f"{to}role__in": [self.chair_role, *self.member_roles]})
        for seat in self.standing_seats:
            counted |= Q(**{f"{to}role": seat.role, f"{to}scope": seat.scope_id})
        return counted | Q(**{f"{to}role": Role.FORUM_MEMBER, f"{to}scope": self.forum.scope_id})

    def seats_held(self, *, on: date) -> int:
        """How many seats of it somebody is appointed to on a day: no more than so many are ever present."""
        return Appointment.objects.in_force(on=on).filter(self.seated()).count()

    @property
    def members_in_words(self) -> str:
        return ", ".join(str(Role(role).label) for role in self.member_roles)

    def seat_of(self, person: Person, *, on: date) -> Appointment | None:
        """The appointment that makes a person a member on a day (their own, or one they stand in for), or None."""
        held = Appointment.objects.exercised_by(person, on=on).filter(self.seated())
        return min(held, key=lambda each: (each.role == Role.FORUM_MEMBER, each.pk), default=None)

    def chair_of(self, person: Person, *, on: date) -> Appointment | None:
        """The appointment under which a person may chair on a day, or None."""
        return appointment_of(person, self.chair_role, scope=Scope.organisation(), on=on)

    def secretary_of(self, person: Person, *, on: date) -> Appointment | None:
        return appointment_of(person, Role.SECRETARY, scope=self.forum.scope_id, on=on)
