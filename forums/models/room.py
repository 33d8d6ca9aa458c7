from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from forums.models.presence import Attendance, Delegation
from truthgov import acts, audit, clock
from truthgov.actor import Actor, Appointed
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import STANDING_APART, Appointment, Person, Role

# Every act in a meeting asks it: composing it anew took longer than answering it.
OUT_OF_OFFICE = """
    SELECT seated.id FROM forums_attendance seated
    WHERE seated.meeting_id = %s AND seated.left_at IS NULL AND NOT EXISTS (
        SELECT FROM truthgov_appointment held
        WHERE held.id = seated.appointment_id AND held.status = 'confirmed' AND held.holds @> %s::date
          AND (held.person_id = seated.person_id
               OR EXISTS (SELECT FROM truthgov_deputy deputy
                          WHERE deputy.appointment_id = held.id AND deputy.person_id = seated.person_id
                            AND deputy.holds @> %s::date)
               OR EXISTS (SELECT FROM forums_delegation sent
                          WHERE sent.meeting_id = seated.meeting_id AND sent.appointment_id = held.id
                            AND sent.person_id = seated.person_id)))
"""


if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.charter import Charter
    from forums.models.forum import Forum
    from forums.models.meeting import Meeting


class Room(models.Model):
    """Who is in a meeting's room, who counts, and who keeps its record.

    Each change holds the meeting's row, so that a quorum is exact at the moment of a decision.
    """

    if TYPE_CHECKING:  # what the meeting itself brings
        forum: models.ForeignKey[Any, "Forum"]
        charter: models.ForeignKey[Any, "Charter"]
        attendances: "RelatedManager[Attendance]"
        delegations: "RelatedManager[Delegation]"

        def sit(self) -> "Meeting": ...
        def in_session(self) -> "Meeting": ...
        def lock(self) -> "Meeting": ...
        def note_change(self) -> None: ...

    class Meta:
        abstract = True

    def arrive(self, person: Person, *, is_remote: bool = False, by: Actor) -> Attendance:
        """Somebody who has a seat is there, in the room or from elsewhere: said by themselves, or by who records it."""
        with audit.act():
            meeting = self.sit()
            meeting.require_recorder(by, person)
            seat = meeting.seat_for(person)
            if seat is None:
                raise Refusal(f"{person} is neither a member of {self.forum}, nor its secretary, nor a delegate.")
            if is_remote and not meeting.charter.allows_remote:
                raise Refusal(f"The charter of {self.forum} does not count whoever joins from elsewhere.")
            attendance = meeting._seat(person, seat, is_remote=is_remote)
            self.note_change()
            audit.record("meeting.arrived", self, by=by, person=person.pk, appointment=seat.pk, remote=is_remote,
                         arrived_at=audit.instant(attendance.arrived_at))  # fmt: skip
        return attendance

    def seat_for(self, person: Person) -> Appointment | None:
        """The appointment under which a person sits today: their own, one they stand in for, or a member's whose
        delegate they are."""
        today = clock.today()
        own = self.charter.seat_of(person, on=today) or self.charter.secretary_of(person, on=today)
        if own is not None or not self.charter.allows_delegates:
            return own
        named = self.delegations.filter(person=person).select_related("appointment").first()
        return named.appointment if named else None

    def delegate(self, person: Person, *, by: Actor) -> Delegation:
        """A member names who sits for them at this meeting; once, and not somebody who has a seat already."""
        with audit.act():
            meeting = self.lock()
            if meeting.status not in meeting.BEFORE_CLOSING:
                raise Refusal("This meeting is over; nobody is sent to it.")
            seat = meeting.charter.seat_of(by.person, on=clock.today()) if by.person else None
            if by.person is None or seat is None:
                raise PermissionDenied
            if not meeting.charter.allows_delegates:
                raise Refusal(f"The charter of {self.forum} lets nobody sit for a member.")
            if not person.is_active or person.pk in meeting.seat_holders(clock.today()):
                raise Refusal(f"{person} cannot sit for you: choose somebody without a seat of their own.")
            apart = Appointment.objects.exercised_by(person, on=clock.today()).filter(role__in=STANDING_APART)
            if apart.exists():
                raise Refusal("Whoever administers or audits neither decides nor sits for who does; choose another.")
            with only_once("You have named a delegate already, or they sit for another member."):
                delegation = self.delegations.create(person=person, appointment=seat, named_at=clock.now())
            self.note_change()
            audit.record("meeting.delegated", self, by=by, person=person.pk, appointment=seat.pk)
        return delegation

    def _seat(self, person: Person, appointment: Appointment, *, is_remote: bool = False) -> Attendance:
        with only_once(f"{person}, or who holds the same appointment, is already recorded as present."):
            seated = self.attendances.create(
                person=person, appointment=appointment, is_remote=is_remote, arrived_at=clock.now()
            )
        acts.note(seated)
        return seated

    def leave(self, person: Person, *, by: Actor) -> None:
        """Out of the room: from now on not counted."""
        with audit.act():
            meeting = self.in_session()
            meeting.require_recorder(by, person)
            at = clock.now()
            if not meeting.attendances.filter(person=person, left_at=None).update(left_at=at):
                raise Refusal(f"{person} is not recorded as present.")
            acts.note(*meeting.attendances.filter(person=person))
            self.note_change()
            audit.record("meeting.left", self, by=by, person=person.pk, left_at=audit.instant(at))

    def see_out(self) -> None:
        """Within an act that holds the row: whoever's office ended, in mid-meeting or at midnight, is in the room no
        more, and the record says so. The offices of the others do not end before the act does."""
        present = self.attendances.filter(left_at=None).order_by()
        theirs = Q(pk__in=present.values("appointment")) | Q(person__in=present.values("person"))
        # In the order of their numbers: two meetings of the same people hold them one after the other. Not what waits
        # to be confirmed: who confirms it holds the person first, whom a row of ours names after this.
        in_force = Appointment.objects.in_force(on=clock.today()).filter(theirs)
        list(in_force.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        at = clock.now()
        for attendance in self.attendances.filter(pk__in=self._out_of_office(clock.local_day(at))):
            self.attendances.filter(pk=attendance.pk).update(left_at=at)
            acts.note(attendance)
            audit.record("meeting.left", self, by=Actor(clockwork="office"), person=attendance.person_id,
                         left_at=audit.instant(at))  # fmt: skip

    def members_present(self) -> set[int]:
        """The people in the room who count for a quorum: members by the charter, not the secretary alone, nor whoever
        holds their seat no more."""
        member = self.charter.seated("appointment")
        counted = self.attendances.filter(member, left_at=None).exclude(pk__in=self._out_of_office(clock.today()))
        return set(counted.values_list("person_id", flat=True))

    def _out_of_office(self, on: date) -> RawSQL:
        """Those in the room whose appointment is not in force on a day, or who sit in it in nobody's stead any more."""
        return RawSQL(OUT_OF_OFFICE, (self.pk, on, on))  # noqa: S611 - it is our own

    def may_come(self, on: date) -> set[int]:
        """Whoever may be recorded as arriving on a day: who holds or lends a seat, and the delegates."""
        sent = self.delegations.values_list("person_id", flat=True) if self.charter.allows_delegates else ()
        return self.seat_holders(on) | set(sent)

    def seat_holders(self, on: date) -> set[int]:
        """Who holds, or stands in for, a seat of the charter or the secretary's office on a day."""
        seats = Appointment.objects.in_force(on=on).filter(
            self.charter.seated() | Q(role=Role.SECRETARY, scope=self.forum.scope_id)
        )
        return seats.people(on=on)

    def people_acting(self, on: date) -> set[int]:
        """Who chairs, keeps the record, or holds or lends out a right that the charter grants, on a day."""
        deciding = self.charter.rights.values("decider_role")
        offices = Appointment.objects.in_force(on=on).filter(
            Q(role__in=[self.charter.chair_role, Role.TRUTH_OWNER])
            | Q(role__in=deciding)
            | Q(role=Role.SECRETARY, scope=self.forum.scope_id)
        )
        return offices.people(on=on)

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
