"""What an item that is no contradiction is about, as the meeting's screen shows it: in the words of the board pack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from forums.models import AgendaItem, Subject
from forums.packs.board_pack.papers import told_by

Kind = Subject.Kind
PLACES: dict[Kind, Callable[[Any], str]] = {
    Kind.ACTION: lambda action: reverse("forums:action", args=[action.pk]),
    Kind.DECISION: lambda decision: reverse("forums:decision", args=[decision.pk]),
    Kind.DEFINITION: lambda definition: reverse("forums:measure", args=[definition.measure.code]),
    Kind.ESCALATION: lambda escalation: "",
    Kind.CHALLENGE: lambda challenge: "",
}
"""Where all of it stands; empty where the papers of its case do."""


@dataclass(frozen=True)
class Matter:
    """`facts` are pairs of words; a table has its title, its header, and rows whose cells name their column."""

    kind: str
    address: str
    facts: list[list[str]]
    tables: list[dict[str, Any]]


def matter_of(item: AgendaItem) -> Matter | None:
    """None where the item shows its papers otherwise: a case, a restatement, minutes."""
    kind = Kind(item.subject.kind)
    if kind not in PLACES:
        return None
    record = item.subject.record()
    told = told_by(record)
    tables = [
        part | {"rows": [list(zip(part["header"], row, strict=True)) for row in part["rows"]]}
        for part in told["tables"]
    ]
    return Matter(kind.label.lower(), PLACES[kind](record), told["facts"], tables)
