"""A meeting's agenda by itself, as chair and secretary arrange it and everybody reads it."""

from dataclasses import dataclass
from itertools import groupby

from forums.agendas.families import following
from forums.agendas.proposals import IF_TIME
from forums.agendas.publishing import changes_since
from forums.invitations.expected import Coming, coming_to
from forums.models import AgendaItem, Meeting, Publication
from forums.models.publication import SENT_WITHIN
from truthgov import clock
from truthgov.models import Person


@dataclass(frozen=True)
class Entry:
    """An item with its number on the agenda, counted from 1 through all sections; `short` says in what it differs from
    the case above it, where that is its segment alone."""

    number: int
    item: AgendaItem
    is_first: bool
    is_last: bool
    short: str = ""


@dataclass(frozen=True)
class Section:
    name: str
    entries: list[Entry]
    is_first: bool
    is_last: bool

    @property
    def minutes(self) -> int:
        return sum(entry.item.minutes for entry in self.entries)


@dataclass(frozen=True)
class AgendaPage:
    meeting: Meeting
    sections: list[Section]
    may_record: bool
    publications: list[Publication]
    changes: list[str]
    """What differs from the latest publication."""
    coming: Coming | None
    """Who is expected at a meeting that has not begun."""

    @property
    def published(self) -> Publication | None:
        """The latest publication; None while the agenda is a draft."""
        return next(iter(self.publications), None)

    @property
    def is_being_sent(self) -> bool:
        """Is the latest pack, which nobody has yet, about to go out?"""
        if self.meeting.status == Meeting.Status.SCHEDULED and not self.is_late:
            return True
        begins = self.is_late or self.meeting.status == Meeting.Status.IN_SESSION
        return begins and self.published is not None and self.published.published_at >= clock.now() - SENT_WITHIN

    @property
    def is_late(self) -> bool:
        return self.meeting.is_late

    @property
    def may_arrange(self) -> bool:
        """Chair and secretary, until the meeting begins."""
        return self.may_record and self.meeting.status == Meeting.Status.SCHEDULED

    @property
    def minutes(self) -> int:
        """Of what the meeting is to take up."""
        return sum(section.minutes for section in self.sections if section.name != IF_TIME)

    @property
    def minutes_if_time(self) -> int:
        """Of what is taken up if time allows."""
        return sum(section.minutes for section in self.sections if section.name == IF_TIME)

    @property
    def is_too_long(self) -> bool:
        return self.minutes > self.meeting.lasts_minutes and self.meeting.status == Meeting.Status.SCHEDULED

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([*(section.name for section in self.sections), IF_TIME]))


def agenda_page(meeting: Meeting, person: Person) -> AgendaPage:
    """The agenda as a person sees it; a fixed number of queries."""
    publications = list(meeting.publications.with_sendings().select_related("published_by").order_by("-number"))
    scheduled = meeting.status == Meeting.Status.SCHEDULED
    return AgendaPage(
        meeting=meeting,
        sections=sections_of(meeting),
        may_record=meeting.is_recorded_by(person),
        publications=publications,
        changes=changes_since(publications[0]) if publications and scheduled else [],
        coming=coming_to(meeting, person) if scheduled else None,
    )


def sections_of(meeting: Meeting) -> list[Section]:
    items = list(meeting.items.select_related("subject", "presenter").prefetch_related("recusals__person"))
    short = following(items)
    entries = [
        Entry(number, item, number == 1, number == len(items), short.get(item.pk, ""))
        for number, item in enumerate(items, start=1)
    ]
    grouped = [(name, list(found)) for name, found in groupby(entries, key=lambda entry: entry.item.section)]
    return [
        Section(name, found, is_first=place == 0, is_last=place == len(grouped) - 1)
        for place, (name, found) in enumerate(grouped)
    ]
