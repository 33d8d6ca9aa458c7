"""A steering forum that sits: members, charter, a meeting with a contradiction on its agenda."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from forums.charters.terms import everywhere, left_open_by, steering
from forums.meetings.schedule import schedule_meeting
from forums.models import AgendaItem, Cell, Charter, DecisionType, Forum, Meeting, Minutes, Way
from forums.motions.acts import Resolution
from forums.motions.motion import Motion
from metrics.models import Contradiction, Measure
from tests.factories.metrics import MeasureFactory, OutcomeFactory, SegmentFactory
from tests.factories.people import AppointmentFactory, PersonFactory
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Person, Role

LONG_AGO = date(2015, 1, 1)
RESOLVE = "Cancellations count against booked revenue from now on."


class ContradictionFactory(DjangoModelFactory):
    """An open divergence between a KPI of Sales and an outcome of Book to stay."""

    class Meta:
        model = Contradiction

    kind = Contradiction.Kind.DIVERGENCE
    measure = factory.SubFactory(MeasureFactory)
    other_measure = factory.SubFactory(OutcomeFactory)
    segment = factory.SubFactory(SegmentFactory)
    journey = factory.LazyAttribute(lambda case: case.other_measure.journey if case.other_measure else None)
    statement = "Bookings grow while stays do not."
    severity = Contradiction.Severity.HIGH
    severity_rank = 3.0
    opened_at = datetime(2026, 9, 1, tzinfo=UTC)
    changed_at = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass
class Steering:
    """The forum with who runs it; `sponsor` approved its charter."""

    forum: Forum
    charter: Charter
    truth_owner: Person
    secretary: Person
    members: list[Person]

    @property
    def chair(self) -> Actor:
        return Actor(person=self.truth_owner)


def steering_forum(truth_owner: Person, sponsor: Person, members: Iterable[Person], **terms: Any) -> Steering:
    """Found a steering forum by its own verbs: proposed by the truth owner, approved by the sponsor."""
    forum = Forum.objects.found(
        code="steering", name="Steering forum", kind=Forum.Kind.STEERING, by=Actor(person=truth_owner)
    )
    if "rights" in terms:
        terms["rights"] = by_cell(terms["rights"])
        terms["left_open"] = left_open_by(terms["rights"])
    charter = forum.propose_charter(steering(LONG_AGO, **terms), by=Actor(person=truth_owner))
    charter.approve(by=Actor(person=sponsor))
    secretary = PersonFactory(name="Sven Secretary", email="sven@example.org")
    AppointmentFactory(person=secretary, role=Role.SECRETARY, scope=forum.scope)
    return Steering(forum, charter, truth_owner, secretary, list(members))


def by_cell(roles: Mapping[DecisionType, str]) -> dict[Cell, str]:
    """By type the role, over everything; who owns a journey decides over journeys alone."""
    owned = {Cell(str(kind), "journey"): role for kind, role in roles.items() if role == Role.JOURNEY_OWNER}
    return owned | everywhere({kind: role for kind, role in roles.items() if role != Role.JOURNEY_OWNER})


def next_meeting(steering: Steering, slot: date | None = None) -> Meeting:
    """Its meeting of a slot; today's by default."""
    meeting = schedule_meeting(steering.forum, steering.charter, slot or clock.today())
    if meeting is None:
        raise AssertionError("the slot was scheduled already")
    return meeting


def drafted(steering: Steering, slot: date | None = None) -> Meeting:
    """Its meeting of a slot, with the agenda drafted as matters stand."""
    meeting = next_meeting(steering, slot)
    meeting.draft_agenda(by=steering.chair)
    return meeting


def in_session(steering: Steering, slot: date | None = None) -> Meeting:
    """A meeting that sits, with every member in the room."""
    meeting = next_meeting(steering, slot)
    meeting.open(by=steering.chair)
    for member in steering.members:
        meeting.arrive(member, by=Actor(person=member))
    return meeting


def asked_by(way: Way) -> dict[str, Any]:
    """The terms of a charter by which cases are resolved, and nothing else decided, in this way."""
    return {"ways": {DecisionType.RESOLVE_CONTRADICTION: way}}


def confirmed(minutes: Minutes, steering: Steering, slot: date | None = None) -> Minutes:
    """Circulated, and confirmed by the next meeting (of `slot`; a day after the last one), which is closed again."""
    minutes.circulate(by=Actor(person=steering.secretary))
    latest = steering.forum.meetings.order_by("-slot")[0].slot
    later = in_session(steering, slot or latest + timedelta(days=1))
    item = later.items.get(subject__kind="minutes", subject__reference=minutes.pk)
    minutes.confirm(item, read=minutes.text_hash, by=steering.chair)
    later.close(by=steering.chair)
    return Minutes.objects.get(pk=minutes.pk)


def sealed(minutes: Minutes, steering: Steering, slot: date | None = None) -> Minutes:
    """Confirmed by the next meeting, and signed by chair and secretary."""
    minutes = confirmed(minutes, steering, slot)
    for person in (steering.truth_owner, steering.secretary):
        minutes.sign(read=minutes.text_hash, by=Actor(person=person))
    return minutes


def item_about(meeting: Meeting, contradiction: Contradiction) -> AgendaItem:
    return meeting.items.get(subject__kind="contradiction", subject__reference=contradiction.pk)


def carried_twice(steering: Steering, case: Contradiction, slot: date | None = None) -> AgendaItem:
    """The item of a case, in a meeting that sits (today's by default), which two meetings before it put off."""
    day = slot or clock.today()
    for days_before in (2, 1):
        put_off = in_session(steering, day - timedelta(days_before))
        item_about(put_off, case).carry_over("The figures are late.", by=steering.chair)
        put_off.close(by=steering.chair)
    return item_about(in_session(steering, day), case)


def resolving(**motion: Any) -> Motion:
    """A motion that puts the case in remedy from next month on."""
    act = Resolution(remedy_from=clock.today().replace(day=1) + timedelta(days=32))
    return Motion(**{"act": act, "wording": RESOLVE, **motion})


def as_sent(**motion: Any) -> dict[str, Any]:
    """The same motion, as a form or a program sends it."""
    remedy_from = clock.today().replace(day=1) + timedelta(days=32)
    return {"type": "resolve_contradiction", "wording": RESOLVE, "remedy_from": f"{remedy_from}", **motion}


def contradiction(measure: Measure | None = None, outcome: Measure | None = None, **fields: Any) -> Contradiction:
    parties = {"measure": measure, "other_measure": outcome}
    return ContradictionFactory(**{name: party for name, party in parties.items() if party}, **fields)
