"""What followers of a meeting are shown when it changed: rendered once for all who are shown the same.

A change reaches everybody within the same moment, so what one of them costs is what it costs all. Who may do nothing
but follow, come, go and stand aside sees what others like them see; who chairs, keeps the record or decides has a
screen of their own. What is kept is kept in this process, under the meeting's version. The token that a form is sent
with is each reader's own, and stands in none of this: `TOKEN` is where it goes.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Protocol, TypeVar

from django.core.cache import caches
from django.template.loader import render_to_string

from forums.meetings.room_forms import acts_in
from forums.meetings.room_page import meeting_page
from forums.models import AgendaItem, DecisionType, Meeting, Question
from truthgov import clock
from truthgov.models import Person

KEPT_SECONDS = 60
TOKEN = "a-token-of-its-own-for-each-reader"  # noqa: S105 - what stands where each reader's own goes
LOCKS = [Lock() for _ in range(64)]
MOST_SHARED = 8
"""Screens that are rendered for several at a time; whoever is shown another asks for it by themselves."""
T = TypeVar("T")


class Follows(Protocol, Hashable):
    """Somebody's page: `item` is the one that it shows, None where that is the one in hand."""

    @property
    def item(self) -> int | None: ...


F = TypeVar("F", bound=Follows)


def once(key: str, make: Callable[[], T]) -> T:
    """A value made for the first who asks and kept for the others; whoever asks meanwhile waits for that one."""
    here = caches["process"]
    with LOCKS[hash(key) % len(LOCKS)]:
        kept: T | None = here.get(key)
        if kept is None:
            kept = make()
            here.set(key, kept, KEPT_SECONDS)
    return kept


@dataclass(frozen=True)
class Standing:
    """Who is in the room at one version of a meeting, who sits in it, who has voted, and who has more to do there."""

    present: frozenset[int]
    recused: frozenset[int]
    sitting: frozenset[int]
    acting: frozenset[int]
    voted: frozenset[int]

    @classmethod
    def of(cls, meeting: Meeting) -> "Standing":
        today = clock.today()
        live = Question.objects.live().filter(item__meeting=meeting)
        answers = set(live.values_list("item", "objections__person", "votes__person"))
        items = AgendaItem.objects.filter(pk__in={item for item, _, _ in answers}).select_related("subject")
        accused = {who for item in items for who in item.barred(meeting)} if answers else set()
        recusals = meeting.items.filter(recusals__isnull=False).values_list("recusals__person", flat=True)
        return cls(
            present=frozenset(meeting.attendances.filter(left_at=None).values_list("person", flat=True)),
            recused=frozenset(recusals),
            sitting=frozenset(meeting.may_come(today)),
            acting=frozenset(
                meeting.people_acting(today) | accused | {objects for _, objects, _ in answers if objects}
            ),
            voted=frozenset(votes for _, _, votes in answers if votes),
        )

    def has_own_screen(self, person: Person) -> bool:
        """Is there more, or less, on theirs than on that of who only follows?"""
        return person.pk in self.acting or person.pk in self.recused

    def kind_of(self, person: Person) -> str:
        """The same for all who are shown the same."""
        if self.has_own_screen(person):
            return f"person-{person.pk}"
        return "-".join(str(person.pk in some) for some in (self.sitting, self.present, self.voted))


@dataclass(frozen=True)
class Changed:
    """The parts of the screen at a version: those above and beside the item in hand, the item with its key, and in it
    what the room was asked with its own."""

    around: str
    hand: str
    hand_key: str
    question: str
    question_key: str

    def since(self, hand: str | None, question: str | None) -> dict[str, str]:
        """What is new to somebody who has seen the item under a key, and the question under another: the parts of the
        screen, of which the item holds the question."""
        if hand != self.hand_key:
            return {"around": self.around, "hand": self.hand, "question": self.question}
        return {"around": self.around} | ({} if question == self.question_key else {"question": self.question})


def changed(meeting: Meeting, person: Person, *, item: int | None, chosen: str = "") -> Changed:
    """What a person is shown of a meeting as it stands; `chosen` is the type of decision that they have before them.

    Seats and rights are asked for anew each second, so that nobody is shown longer what they may no longer see.
    """
    return _shown(meeting, person, item, _standing(meeting).kind_of(person), chosen)


def shared(meeting: Meeting, readers: Mapping[F, Person]) -> dict[F, Changed]:
    """What is shown to each of many who follow, of those who are shown the same as others are."""
    standing, alike = _standing(meeting), defaultdict(list)
    for each, person in readers.items():
        if not standing.has_own_screen(person):
            alike[standing.kind_of(person), each.item].append(each)
    most = sorted(alike.items(), key=lambda group: len(group[1]), reverse=True)[:MOST_SHARED]
    return {
        each: shown
        for (kind, item), group in most
        for shown in [_shown(meeting, readers[group[0]], item, kind)]
        for each in group
    }


def _shown(meeting: Meeting, person: Person, item: int | None, kind: str, chosen: str = "") -> Changed:
    chosen = chosen if chosen in DecisionType.values else ""
    return once(f"{_seen(meeting)}:{item}:{kind}:{chosen}", lambda: _rendered(meeting, person, item, chosen))


def _seen(meeting: Meeting) -> str:
    opened = meeting.opened_at and meeting.opened_at.timestamp()
    return f"meeting:{meeting.pk}:{opened}:{meeting.version}"


def _standing(meeting: Meeting) -> Standing:
    return once(f"{_seen(meeting)}:standing:{int(monotonic())}", lambda: Standing.of(meeting))


def _rendered(meeting: Meeting, person: Person, item: int | None, chosen: str) -> Changed:
    page = meeting_page(meeting, person, item=item, chosen=chosen)
    told = {"page": page, "asked": item, "oob": True, "csrf_token": TOKEN, **acts_in(meeting)}
    hand = render_to_string("forums/meetings/_hand.html", told)
    around = render_to_string("forums/meetings/_changed.html", told)
    asked = page.hand.asked if page.hand else None
    question = render_to_string("forums/questions/_asked.html", told | {"asked": asked}) if asked else ""
    return Changed(around, hand, page.hand.key if page.hand else "", question, asked.key if asked else "")
