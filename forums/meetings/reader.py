"""What somebody is to a meeting: chair, secretary, member, in the room or not."""

from dataclasses import dataclass

from forums.models import Attendance, Meeting
from truthgov import clock
from truthgov.models import Appointment, Mandate, Person, Role


@dataclass(frozen=True)
class Reader:
    """What the reader is to this meeting."""

    person: Person
    chairs: bool
    records: bool
    sits: bool
    has_seat: bool
    is_present: bool
    roles: frozenset[str]
    may_force: bool
    may_escalate: bool

    @property
    def leads(self) -> bool:
        """Chairs, and from within the room: what the forum itself does is done there."""
        return self.chairs and self.is_present


def reader_of(meeting: Meeting, person: Person, present: list[Attendance]) -> Reader:
    on, charter = clock.today(), meeting.charter
    chairs = charter.chair_of(person, on=on) is not None
    keeps = charter.secretary_of(person, on=on) is not None
    has_seat = charter.seat_of(person, on=on) is not None
    roles = frozenset(Appointment.objects.exercised_by(person, on=on).values_list("role", flat=True))
    mandate = Mandate.objects.in_force(on=on) if Role.TRUTH_OWNER in roles else None
    return Reader(
        person=person,
        chairs=chairs,
        records=chairs or keeps,
        sits=has_seat or keeps or meeting.seat_for(person) is not None,
        has_seat=has_seat,
        is_present=any(attendance.person_id == person.pk for attendance in present),
        roles=roles,
        may_force=mandate is not None and mandate.may_force,
        may_escalate=mandate is not None and mandate.may_escalate,
    )
