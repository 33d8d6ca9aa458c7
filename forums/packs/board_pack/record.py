"""All that a board pack says, as data: made once, when the agenda is published, and drawn from as often as asked."""

import json
from collections.abc import Collection
from typing import Any

from forums.agendas.proposals import IF_TIME
from forums.models import AgendaItem, Meeting
from forums.packs.board_pack.listing import listed, view_of
from forums.packs.board_pack.papers import papers_of
from truthgov import pdf
from truthgov.dates import day, moment
from truthgov.figures import counted
from truthgov.models import Person

Record = dict[str, Any]
WITHHELD = "You are recused from this item: its papers are not in your copy."


def agenda_told(meeting: Meeting) -> Record:
    """When and where a meeting is, and its items in their order, without their papers."""
    items = meeting.items.select_related("subject", "presenter")
    chair = f"the chair ({meeting.charter.get_chair_role_display()})"
    told = [_item(number, item, chair) for number, item in enumerate(items, start=1)]
    return {"starts": moment(meeting.starts_at), "place": meeting.place, "items": told, "together": _together(told)}


def _together(items: list[Record]) -> str:
    """How long it all takes, in a sentence."""
    if_time = sum(each["minutes"] for each in items if each["section"] == IF_TIME)
    planned = sum(each["minutes"] for each in items) - if_time
    return f"Together {counted(planned, 'minute')}" + (f", and {if_time} more if time allows." if if_time else ".")


def record_of(meeting: Meeting, reader: Person) -> Record:
    """The pack of a meeting as matters stand now, made for `reader`, who sees all of it."""
    agenda = agenda_told(meeting)
    papers = papers_of(meeting.items.select_related("subject", "meeting__charter"), reader)
    told = agenda | {
        "title": f"{meeting.forum}, {day(meeting.slot)}",
        "facts": _facts(meeting),
        "items": [each | {"papers": papers[each["item"]]} for each in agenda["items"]],
        "view": view_of(meeting),
        "listed": listed(meeting),
    }
    # As the database gives it back, so that it is the same document before it was kept and afterwards.
    kept: Record = json.loads(json.dumps(told))
    return kept


def withholding(record: Record, items: Collection[int]) -> Record:
    """The record without the papers of some items, by number of the item: for who is recused from them."""
    return record | {
        "items": [
            each | {"why": WITHHELD, "papers": None} if each["item"] in items else each for each in record["items"]
        ],
        "whole": pdf.digest(record) if items else "",
    }


def recused_from(meeting: Meeting, person: Person) -> set[int]:
    """The items of a meeting whose papers a person does not see."""
    return set(meeting.items.filter(recusals__person=person).values_list("pk", flat=True))


def _facts(meeting: Meeting) -> list[list[str]]:
    charter = meeting.charter
    facts = [
        ("Starts", moment(meeting.starts_at)),
        ("Held at", meeting.place),
        ("Month under review", str(meeting.period)),
        ("Charter", f"version {charter.version}, in force from {day(charter.starts_on)}"),
        ("Quorum", counted(charter.quorum, "member")),
    ]
    return [[label, value] for label, value in facts if value]


def _item(number: int, item: AgendaItem, chair: str) -> Record:
    return {
        "item": item.pk,
        "number": number,
        "subject": [item.subject.kind, item.subject.reference],
        "section": item.section,
        "title": item.title,
        "why": item.why,
        "minutes": item.minutes,
        "presenter": str(item.presenter or chair),
    }
