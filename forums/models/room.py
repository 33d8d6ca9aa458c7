from datetime import date
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from truthgov import audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Appointment, Deputy, Person, Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.forum import Charter, Forum
    from forums.models.meeting import Meeting


class Room(models.Model):
    """Who is in a meeting's room, who counts, and who keeps its record.

    Each change holds the meeting's row, so that a quorum is exact at the moment of a decision.
    """

    if TYPE_CHECKING:  # what the meeting itself brings
        forum: models.ForeignKey[Any, "Forum"]
        charter: models.ForeignKey[Any, "Charter"]
        attendances: "RelatedManager[Attendance]"

        def sit(self) -> "Meeting": ...
        def note_change(self) -> None: ...

    class Meta:
        abstract = True

    def arrive(self, person: Person, *, by: Actor) -> "Attendance":
        """A member, or the secretary, is in the room: said by themselves, or recorded by chair or secretary."""
        with audit.act():
            meeting = self.sit()
            meeting.require_recorder(by, person)
            today = clock.today()
            seat = meeting.charter.seat_of(person, on=today) or meeting.charter.secretary_of(person, on=today)
            if seat is None:
                raise Refusal(f"{person} is neither a member of {self.forum} nor its secretary.")
            attendance = meeting._seat(person, seat)
            self.note_change()
            audit.record("meeting.arrived", self, by=by, person=person.pk, appointment=seat.pk,
                         arrived_at=audit.instant(attendance.arrived_at))  # fmt: skip
        return attendance

    def _seat(self, person: Person, appointment: Appointment) -> "Attendance":
        with only_once(f"{person}, or who holds the same appointment, is already recorded as present."):
            return self.attendances.create(person=person, appointment=appointment, arrived_at=clock.now())

    def leave(self, person: Person, *, by: Actor) -> None:
        """Out of the room: from now on not counted."""
        with audit.act():
            meeting = self.sit()
            meeting.require_recorder(by, person)
            at = clock.now()
            if not meeting.attendances.filter(person=person, left_at=None).update(left_at=at):
                raise Refusal(f"{person} is not recorded as present.")
            self.note_change()
            audit.record("meeting.left", self, by=by, person=person.pk, left_at=audit.instant(at))

    def members_present(self) -> set[int]:
        """The people in the room who count for a quorum: members by the charter, not the secretary alone."""
        member = Q(appointment__role__in=[self.charter.chair_role, *self.charter.member_roles]) | Q(
            appointment__role=Role.FORUM_MEMBER, appointment__scope=self.forum.scope_id
        )
        return set(self.attendances.filter(member, left_at=None).values_list("person_id", flat=True))

    def seat_holders(self, on: date) -> set[int]:
        """Who holds, or stands in for, a seat of the charter or the secretary's office on a day."""
        seats = Appointment.objects.in_force(on=on).filter(
            Q(role__in=[self.charter.chair_role, *self.charter.member_roles])
            | Q(role__in=[Role.FORUM_MEMBER, Role.SECRETARY], scope=self.forum.scope_id)
        )
        stand_in = Deputy.objects.filter(appointment__in=seats, holds__contains=on)
        return {*seats.values_list("person_id", flat=True), *stand_in.values_list("person_id", flat=True)}

    def people_acting(self, on: date) -> set[int]:
        """Who chairs, keeps the record, or holds or lends out a right that the charter grants, on a day."""
        deciding = self.charter.rights.values("decider_role")
        offices = Appointment.objects.in_force(on=on).filter(
            Q(role__in=[self.charter.chair_role, Role.TRUTH_OWNER])
            | Q(role__in=deciding)
            | Q(role=Role.SECRETARY, scope=self.forum.scope_id)
        )
        stand_in = Deputy.objects.filter(appointment__in=offices, holds__contains=on)
        return {*offices.values_list("person_id", flat=True), *stand_in.values_list("person_id", flat=True)}

    def is_chaired_by(self, person: Person | None) -> bool:
        return person is not None and self.charter.chair_of(person, on=clock.today()) is not None

    def is_recorded_by(self, person: Person | None) -> bool:
        """Chair and secretary keep the record."""
        return person is not None and (
            self.is_chaired_by(person) or self.charter.secretary_of(person, on=clock.today()) is not None
        )

    def chaired_by(self, by: Actor) -> Appointed:
        chair = self.charter.chair_of(by.person, on=clock.today()) if by.person else None
        if chair is None:
            raise PermissionDenied
        return by.acting_under(chair)

    def require_recorder(self, by: Actor, person: Person) -> None:
        if by.person != person and not self.is_recorded_by(by.person):
            raise PermissionDenied


class Attendance(models.Model):
    """A person in the room, under an appointment, from arrival to departure."""

    meeting = models.ForeignKey("forums.Meeting", on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["arrived_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(left_at__isnull=True), name="a_person_is_present_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "appointment"], condition=Q(left_at__isnull=True), name="a_seat_is_taken_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="an_attendance_stays_on_record", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="who_has_left_stays_gone",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__left_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.meeting}"

    def as_record(self) -> list[Any]:
        """What a sealing is made over: who, under which appointment, from when to when."""
        left = audit.instant(self.left_at) if self.left_at else None
        return [self.person_id, self.appointment_id, audit.instant(self.arrived_at), left]
