"""A meeting in session that many follow: its forum, its people, and what stands on its agenda."""

from dataclasses import dataclass
from datetime import date

from benchmarks.declaring import FIRST_DAY, LONG_AGO
from forums.charters.terms import steering
from forums.meetings.schedule import schedule_meeting
from forums.models import Forum, Meeting
from truthgov import audit
from truthgov.actor import Actor
from truthgov.models import Appointment, Person, Role, Scope


@dataclass(frozen=True)
class Sitting:
    """The meeting, who chairs it, who follows it, and its items in their order."""

    meeting: Meeting
    chair: Person
    followers: list[Person]
    items: list[int]


def sit(today: date, followers: int) -> Sitting:
    """A steering forum with so many members, of whom none has come yet; its meeting of the day, opened by the chair."""
    whole = Scope.organisation()
    sponsor, chair = _person("sponsor"), _person("chair")
    for person, role in ((sponsor, Role.SPONSOR), (chair, Role.TRUTH_OWNER)):
        _appoint(person, role, whole, sponsor, chair)
    forum = Forum.objects.found(code="steering", name="Steering", kind=Forum.Kind.STEERING, by=Actor(person=chair))
    charter = forum.propose_charter(steering(FIRST_DAY), by=Actor(person=chair))
    charter.approve(by=Actor(person=sponsor))
    members = [_person(f"member-{number}") for number in range(followers)]
    for member in members:
        _appoint(member, Role.FORUM_MEMBER, forum.scope, sponsor, chair)
    meeting = schedule_meeting(forum, charter, today)
    if meeting is None:
        raise RuntimeError("the day's meeting was set already")
    meeting.open(by=Actor(person=chair))
    return Sitting(meeting, chair, members, list(meeting.items.values_list("pk", flat=True)))


def _person(name: str) -> Person:
    return Person.objects.create_user(f"{name}@bench.example", name=name)


def _appoint(person: Person, role: Role, scope: Scope, proposer: Person, confirmer: Person) -> None:
    with audit.act():
        Appointment.objects.create(
            person=person, role=role, scope=scope, holds=(FIRST_DAY, None), status=Appointment.Status.CONFIRMED,
            proposed_by=proposer, confirmed_by=confirmer, confirmed_at=LONG_AGO,
        )  # fmt: skip
