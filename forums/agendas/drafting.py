"""An agenda: drafted from what stands, added to by hand, and kept in its order."""

from typing import TYPE_CHECKING

from django.db.models import Max

from forums.agendas.carrying import Named, carried_to
from forums.agendas.fitting import within
from forums.agendas.order import Line, gathered
from forums.agendas.proposals import IF_TIME, ORDER, SECTIONS, Proposal, proposals
from forums.agendas.standing import find_open, name_of
from forums.models.agenda import AgendaItem, Subject
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Person

if TYPE_CHECKING:
    from forums.models.meeting import Meeting

Kind = Subject.Kind
SHORT = (Kind.MINUTES, Kind.ESCALATION, Kind.CHALLENGE, Kind.ACTION)
"""What a meeting has time for before anything else: somebody waits for it, and it is soon said."""


def draft(meeting: "Meeting") -> bool:
    """Put on what is missing, and of a meeting that has not begun take off what has settled. Did anything change?"""
    on_it = {(item.subject.kind, item.subject.reference): item for item in meeting.items.select_related("subject")}
    wanted = proposals(meeting)
    dropped = _drop_settled(meeting, on_it, {proposal.named for proposal in wanted})
    missing = [proposal for proposal in wanted if proposal.named not in on_it]
    for position, proposal in enumerate(missing, start=_last_position(meeting) + 1):
        _put_on(meeting, position, proposal)
    told = _tell_anew(meeting, on_it, wanted)
    ordered = reorder(meeting, _as_arranged(meeting, wanted))
    return bool(missing or dropped or told or ordered)


def put_on(meeting: "Meeting", kind: str, reference: int, why: str, person: Person) -> AgendaItem:
    """Put a subject on by hand, last in its section; a Refusal where it is settled, or stands there already."""
    record = find_open(kind, reference)
    if record is None:
        raise Refusal("This is settled: only what is still open is put on an agenda.")
    put_off = carried_to(meeting).get((kind, reference), [None])
    proposal = Proposal(kind, reference, name_of(record), why[:400], carried_from=put_off[-1])
    with only_once(f"This stands on the agenda of {meeting} already."):
        item = _put_on(meeting, _last_position(meeting) + 1, proposal, person)
    reorder(meeting, gathered(lines_of(meeting)))
    return item


def lines_of(meeting: "Meeting") -> list[Line]:
    """The agenda in its order."""
    return [Line(*row) for row in meeting.items.order_by("position", "pk").values_list("pk", "section")]


def reorder(meeting: "Meeting", lines: list[Line]) -> bool:
    """Have the items stand as the lines say. Does any of them stand elsewhere now?"""
    standing = {item.pk: item for item in meeting.items.all()}
    changed = []
    for position, line in enumerate(lines, start=1):
        item = standing[line.item]
        if (item.position, item.section) != (position, line.section):
            item.position, item.section = position, line.section
            changed.append(item)
    AgendaItem.objects.bulk_update(changed, ["position", "section"])
    return bool(changed)


def _as_arranged(meeting: "Meeting", wanted: list[Proposal]) -> list[Line]:
    """By weight until somebody has arranged it; what is new afterwards comes last in its section."""
    if meeting.arranged_at is not None:
        return gathered(lines_of(meeting))
    return _by_weight(meeting, {proposal.named: (place, proposal) for place, proposal in enumerate(wanted)})


def _by_weight(meeting: "Meeting", wanted: dict[Named, tuple[int, Proposal]]) -> list[Line]:
    """In the usual sections; what the meeting has no time for comes last."""
    items = list(meeting.items.select_related("subject").order_by("position", "pk"))
    named = {item: (item.subject.kind, item.subject.reference) for item in items}
    items.sort(key=lambda item: wanted[named[item]][0] if named[item] in wanted else len(wanted))
    usual = {
        item: wanted[named[item]][1].section if named[item] in wanted else SECTIONS[Kind(item.subject.kind)]
        for item in items
    }
    items.sort(key=lambda item: ORDER.index(usual[item]))
    first = sorted(items, key=lambda item: not _comes_first(item))
    fits = within(((item.pk, item.minutes) for item in first), meeting.lasts_minutes)
    return gathered([Line(item.pk, usual[item] if item.pk in fits else IF_TIME) for item in items], ORDER)


def _comes_first(item: AgendaItem) -> bool:
    """Is it settled already, put on by hand, or soon said?"""
    is_settled = item.status != AgendaItem.Status.PENDING
    return is_settled or item.put_on_by_id is not None or item.subject.kind in SHORT


def _tell_anew(meeting: "Meeting", on_it: dict[Named, AgendaItem], wanted: list[Proposal]) -> bool:
    """What the drafted items of a meeting to come say of themselves, as matters stand. Does any say something new?"""
    if meeting.status != meeting.Status.SCHEDULED:
        return False
    changed = []
    for proposal in wanted:
        item = on_it.get(proposal.named)
        if item and item.put_on_by_id is None and (item.title, item.why) != (proposal.title, proposal.why):
            item.title, item.why = proposal.title, proposal.why
            changed.append(item)
    AgendaItem.objects.bulk_update(changed, ["title", "why"])
    return bool(changed)


def _last_position(meeting: "Meeting") -> int:
    return meeting.items.aggregate(last=Max("position"))["last"] or 0


def _drop_settled(meeting: "Meeting", on_it: dict[Named, AgendaItem], wanted: set[Named]) -> bool:
    if meeting.status != meeting.Status.SCHEDULED:
        return False
    settled = [item.pk for named, item in on_it.items() if named not in wanted]
    droppable = meeting.items.filter(
        pk__in=settled, status=AgendaItem.Status.PENDING, recusals=None, escalations=None, put_on_by=None
    )
    return bool(droppable.delete()[0])


def _put_on(meeting: "Meeting", position: int, proposal: Proposal, person: Person | None = None) -> AgendaItem:
    subject, _ = Subject.objects.get_or_create(kind=proposal.kind, reference=proposal.reference)
    before = proposal.carried_from
    return meeting.items.create(
        position=position, subject=subject, title=proposal.title, why=proposal.why, section=proposal.section,
        minutes=proposal.minutes, put_on_by=person or (before.put_on_by if before else None),
        presenter_id=before.presenter_id if before else proposal.presenter,
    )  # fmt: skip
