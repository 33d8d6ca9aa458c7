from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models

from forums.agendas import drafting as agenda
from forums.agendas import order as agenda_order
from forums.agendas.order import Line
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Person

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from forums.models.agenda import AgendaItem
    from forums.models.meeting import Meeting

LONGEST_ITEM = 480
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an item stands, how many minutes it is given, who presents it (None: the chair)."""

    item: int
    section: str
    minutes: int
    presenter: Person | None = None


class Arranging(models.Model):
    """How chair and secretary arrange the agenda of a meeting to come: its order, its sections, who presents what.

    Nothing is taken off by hand: what stands on it is open, and is put off by the meeting or not at all.
    """

    arranged_at = models.DateTimeField(null=True, help_text="When somebody put the agenda in an order of their own.")

    if TYPE_CHECKING:  # what the meeting itself brings
        pk: int
        Status: type["Meeting.Status"]
        status: str
        items: "RelatedManager[AgendaItem]"

        def lock(self) -> "Meeting": ...
        def note_change(self) -> None: ...
        def is_recorded_by(self, person: Person | None) -> bool: ...

    class Meta:
        abstract = True

    def move_item(self, item: "AgendaItem", *, down: bool, by: Actor) -> None:
        """One place up or down, over the edge of its section into the next."""
        self._arrange(lambda lines: agenda_order.moved(lines, item.pk, down=down), [item], by)

    def place_item(
        self, item: "AgendaItem", *, before: "AgendaItem | None" = None, section: str = "", by: Actor
    ) -> None:
        """Directly before another item; without one, last in a section."""
        named = _named(section or item.section)
        at = before.pk if before else None
        items = [item, before] if before else [item]
        self._arrange(lambda lines: agenda_order.placed(lines, item.pk, before=at, section=named), items, by)

    def move_section(self, section: str, *, down: bool, by: Actor) -> None:
        """A section with all its items, one place up or down."""
        self._arrange(lambda lines: agenda_order.section_moved(_with(lines, section), section, down=down), [], by)

    def rename_section(self, section: str, name: str, *, by: Actor) -> None:
        """A section under another name; under that of another one, the two become one."""
        named = _named(name)
        self._arrange(lambda lines: agenda_order.renamed(_with(lines, section), section, named), [], by)

    def plan_item(
        self, item: "AgendaItem", *, section: str, minutes: int, presenter: Person | None, by: Actor
    ) -> None:  # fmt: skip
        """In which section an item stands, how many minutes it is given, who presents it (None: the chair)."""
        _require_minutes(minutes)
        with audit.act():
            meeting = self._to_arrange(by)
            if not meeting.items.filter(pk=item.pk).update(minutes=minutes, presenter=presenter):
                raise Refusal("This item stands on this agenda no more; reload the page.")
            if section != item.section:
                self.place_item(item, section=section, by=by)
            self.note_change()
            audit.record("item.planned", item, by=by, minutes=minutes, presenter=presenter.pk if presenter else None)

    def arrange(self, plans: Sequence[Plan], *, by: Actor) -> None:
        """The whole agenda anew: each of its items once, in the order in which they are to be taken."""
        with audit.act():
            meeting = self._to_arrange(by)
            items = meeting.items.in_bulk()
            if sorted(plan.item for plan in plans) != sorted(items):
                raise InvalidInput("An agenda is arranged whole.", {"items": "Name each item of it, once."})
            for plan in plans:
                _require_minutes(plan.minutes)
                items[plan.item].minutes, items[plan.item].presenter = plan.minutes, plan.presenter
            meeting.items.bulk_update(items.values(), ["minutes", "presenter"])
            agenda.reorder(meeting, agenda_order.gathered([Line(plan.item, _named(plan.section)) for plan in plans]))
            self._note_order(meeting, by)

    def keep_order(self) -> None:
        """In the act under way: from now on drafting leaves the order as it is."""
        type(self)._default_manager.filter(pk=self.pk, arranged_at=None).update(arranged_at=clock.now())

    def _arrange(self, change: Callable[[list[Line]], list[Line]], items: list["AgendaItem"], by: Actor) -> None:
        with audit.act():
            meeting = self._to_arrange(by)
            lines = agenda.lines_of(meeting)
            if not {item.pk for item in items} <= {line.item for line in lines}:
                raise Refusal("This item stands on this agenda no more; reload the page.")
            if agenda.reorder(meeting, change(lines)):
                self._note_order(meeting, by)

    def _note_order(self, meeting: "Meeting", by: Actor) -> None:
        type(meeting).objects.filter(pk=self.pk).update(arranged_at=clock.now())
        self.note_change()
        order = list(meeting.items.values_list("pk", "section", "minutes", "presenter"))
        audit.record("meeting.agenda_arranged", meeting, by=by, order=order)

    def _to_arrange(self, by: Actor) -> "Meeting":
        meeting = self.lock()
        if not meeting.is_recorded_by(by.person):
            raise PermissionDenied
        if meeting.status != self.Status.SCHEDULED:
            raise Refusal("This meeting has begun; the chair takes its items up in any order.")
        return meeting


def _named(section: str) -> str:
    name = " ".join(section.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput("A section has a name.", {"section": f"Name it, in at most {LONGEST_NAME} characters."})
    return name


def _require_minutes(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST_ITEM:
        raise InvalidInput("An item takes a while.", {"minutes": f"Give it 1 to {LONGEST_ITEM} minutes."})


def _with(lines: list[Line], section: str) -> list[Line]:
    """The lines, of which some stand in the section."""
    if section not in agenda_order.sections(lines):
        raise Refusal("There is no such section on this agenda any more; reload the page.")
    return lines
