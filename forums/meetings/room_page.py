"""The one screen of a meeting: who is here, what stands on the agenda, and the item in hand with what may be done."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from forums.agendas.carrying import times_carried
from forums.agendas.families import following
from forums.cases.file import CaseFile, file_of, filed
from forums.invitations.expected import Coming, Expected, coming_to
from forums.meetings.hearing import minutes_of, time_used
from forums.meetings.matter_page import Matter, matter_of
from forums.meetings.question_page import Asked, asked_on
from forums.meetings.quorum import Count
from forums.meetings.reader import Reader, reader_of
from forums.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionRight,
    DecisionRule,
    DecisionType,
    Delegation,
    Meeting,
    Minutes,
    Subject,
    TakingUp,
    Way,
)
from forums.motions.forms import MotionForm
from forums.motions.kinds import form_of
from forums.restatements.page import RestatementPapers, papers_of
from metrics.models import Contradiction
from truthgov import clock
from truthgov.models import Person


@dataclass(frozen=True)
class Offered:
    """A type of decision that the reader may take on the item in hand, or put to the room where `way` asks for it."""

    code: str
    label: str
    chosen: bool
    way: Way

    @property
    def asks_the_room(self) -> bool:
        return self.way.rule != DecisionRule.CHAIR


@dataclass(frozen=True)
class Hand:
    """The item shown: its papers unless the reader is recused, what was decided, what may be decided.

    `state` is that of its meeting, on which hangs what may be done.
    """

    item: AgendaItem
    state: str
    is_in_hand: bool
    is_hidden: bool
    count: Count
    file: CaseFile | None
    papers: RestatementPapers | None
    minutes: Minutes | None
    matter: Matter | None
    decision: Decision | None
    offered: list[Offered] = field(default_factory=list)
    form: MotionForm | None = None
    asked: Asked | None = None

    @property
    def key(self) -> str:
        """Changes when what others see of the item changes."""
        said = [*self.item.recusals.all(), *self.item.interests.all()]
        asked = self.asked.state_key if self.asked else ""
        return ".".join(map(str, [self.item.pk, self.item.status, self.state, *(each.pk for each in said), asked]))

    @property
    def chosen(self) -> Offered | None:
        return next((each for each in self.offered if each.chosen), None)

    @property
    def is_pending(self) -> bool:
        return self.item.status == AgendaItem.Status.PENDING


@dataclass(frozen=True)
class Line:
    """An item on the agenda with the time that it was in hand; `runs` while it is. `short` says in what it differs from
    the case above it, where that is its segment alone."""

    item: AgendaItem
    used: timedelta
    runs: bool
    times_carried: int
    short: str = ""

    @property
    def minutes(self) -> int:
        return minutes_of(self.used)

    @property
    def is_over(self) -> bool:
        """Has it taken longer than it was allotted?"""
        return self.minutes > self.item.minutes

    @property
    def seconds(self) -> int:
        return int(self.used.total_seconds())


@dataclass(frozen=True)
class MeetingPage:
    meeting: Meeting
    reader: Reader
    present: list[Attendance]
    members: set[int]
    count: Count
    items: list[AgendaItem]
    lines: list[Line]
    hand: Hand | None
    delegations: list[Delegation]
    has_minutes: bool
    coming: Coming | None
    """Who is expected, until the meeting closes."""

    @property
    def has_sent(self) -> bool:
        """Does somebody sit for the reader?"""
        return any(sent.appointment.person_id == self.reader.person.pk for sent in self.delegations)

    @property
    def subtitle(self) -> str:
        return f"Month under review: {self.meeting.period}. Charter, version {self.meeting.charter.version}."

    @property
    def is_followed(self) -> bool:
        """May it still change under the eyes of those who look at it?"""
        return self.meeting.status in Meeting.BEFORE_CLOSING

    @property
    def stream(self) -> str:
        """Where a browser is told that it changed; empty where nobody tells and it asks by itself."""
        return f"{settings.LIVE_ADDRESS}{self.meeting.get_absolute_url()}" if settings.LIVE_ADDRESS else ""

    @property
    def may_put_on(self) -> bool:
        """May the reader put a matter on this agenda by hand?"""
        return self.reader.records and self.meeting.status in Meeting.BEFORE_CLOSING

    @property
    def away(self) -> list[Expected]:
        """Who is expected and not in the room."""
        present = {attendance.person_id for attendance in self.present}
        return [each for each in self.coming.expected if each.person.pk not in present] if self.coming else []

    @property
    def is_early(self) -> bool:
        """Is the month under review not over yet? Opened now, the meeting looks at figures that are still to come."""
        return clock.today() < self.meeting.period.end

    @property
    def settled(self) -> int:
        return sum(item.status != AgendaItem.Status.PENDING for item in self.items)


def meeting_page(
    meeting: Meeting, person: Person, *, item: int | None = None, chosen: str = "", form: MotionForm | None = None
) -> MeetingPage:
    """The meeting as a person sees it; `item` asks for another than the one in hand, `chosen` for a decision type."""
    present = list(
        meeting.attendances.filter(left_at=None).select_related("person", "appointment__scope", "appointment__person")
    )
    reader = reader_of(meeting, person, present)
    items = list(
        meeting.items.select_related("subject", "presenter").prefetch_related("recusals__person", "interests__person")
    )
    shown = _shown(meeting, items, item)
    members = meeting.members_present()
    return MeetingPage(
        meeting=meeting,
        reader=reader,
        present=present,
        members=members,
        count=Count(len(members), 0, meeting.charter.quorum),
        items=items,
        lines=_lines(meeting, items),
        hand=_hand(meeting, shown, reader, members, chosen, form) if shown else None,
        delegations=list(meeting.delegations.select_related("person", "appointment__person")),
        coming=coming_to(meeting, person) if meeting.status in Meeting.BEFORE_CLOSING else None,
        has_minutes=meeting.status in (Meeting.Status.CLOSED, Meeting.Status.SEALED),
    )


def _lines(meeting: Meeting, items: list[AgendaItem]) -> list[Line]:
    calls = TakingUp.objects.filter(item__in=items).values_list("item_id", "taken_at")
    used = time_used(calls, until=meeting.closed_at or clock.now())
    in_hand = meeting.item_in_hand_id if meeting.status == Meeting.Status.IN_SESSION else None
    short, times = following(items), times_carried(meeting, items)
    return [
        Line(item, used.get(item.pk, timedelta()), item.pk == in_hand, times[item.pk], short.get(item.pk, ""))
        for item in items
    ]


def _shown(meeting: Meeting, items: list[AgendaItem], asked: int | None) -> AgendaItem | None:
    """The item asked for, else the one in hand, else the first that is pending."""
    by_key = {item.pk: item for item in items}
    pending = next((item for item in items if item.status == AgendaItem.Status.PENDING), None)
    in_hand = by_key.get(meeting.item_in_hand_id or 0)
    return by_key.get(asked or 0) or in_hand or pending or (items[0] if items else None)


def _hand(
    meeting: Meeting, item: AgendaItem, reader: Reader, members: set[int], chosen: str, form: MotionForm | None
) -> Hand:
    hidden = item.is_hidden_from(reader.person)
    recused = {recusal.person_id for recusal in item.recusals.all()}
    asked = None if hidden else asked_on(item, reader.person, members, leads=reader.chairs, roles=reader.roles)
    offered = [] if hidden or (asked and asked.is_live) else _offered(meeting, item, reader, chosen)
    case = None if hidden else _case(item)
    kind = next((each.code for each in offered if each.chosen), "")
    if form is None and kind:
        form = form_of(kind, item, case)(item=item, kind=kind, may_force=reader.may_force)
    decided = item.decisions.select_related("decided_by").prefetch_related("actions__owner", "dissents__person")
    return Hand(
        item=item,
        state=meeting.status,
        is_in_hand=item.pk == meeting.item_in_hand_id,
        is_hidden=hidden,
        count=Count(len(members), len(members & recused), meeting.charter.quorum),
        file=file_of(case, reader.person, on=clock.today()) if case else None,
        papers=None if hidden else _restatement(item),
        minutes=None if hidden else _minutes(item),
        matter=None if hidden else matter_of(item),
        decision=None if hidden else decided.first(),
        offered=offered,
        form=form,
        asked=asked,
    )


def _offered(meeting: Meeting, item: AgendaItem, reader: Reader, chosen: str) -> list[Offered]:
    """Of the rights that the charter grants, those the reader holds now and that fit the item."""
    sits = meeting.status == Meeting.Status.IN_SESSION and item.status == AgendaItem.Status.PENDING
    if not (sits and reader.is_present):
        return []
    held = {right.decision_type: right.way for right in item.rights() if _is_for(right, item, reader)}
    first = chosen if chosen in held else next(iter(held), "")
    return [Offered(code, DecisionType(code).label, code == first, way) for code, way in held.items()]


def _is_for(right: DecisionRight, item: AgendaItem, reader: Reader) -> bool:
    """Is it the reader's to decide, or as the chair's to put to the room? The mandate forces either."""
    if reader.may_force:
        return True
    if right.rule != DecisionRule.CHAIR:
        return reader.chairs
    return right.decider_role in reader.roles and item.is_decided_by(reader.person, right)


def _restatement(item: AgendaItem) -> RestatementPapers | None:
    return papers_of(item.subject.reference) if item.subject.kind == Subject.Kind.RESTATEMENT else None


def _minutes(item: AgendaItem) -> Minutes | None:
    """Those that the item confirms."""
    if item.subject.kind != Subject.Kind.MINUTES:
        return None
    return Minutes.objects.select_related("meeting__forum").get(pk=item.subject.reference)


def _case(item: AgendaItem) -> Contradiction | None:
    found = item.subject.contradiction()
    return filed(found) if found else None
