"""Cases that differ by their segment alone: heard together, and each decided or carried over by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from forums.models.agenda import AgendaItem, Subject
from metrics.models import Contradiction

Family = tuple[object, ...]
"""What the cases share: their kind and their parties."""


@dataclass(frozen=True, slots=True)
class Member:
    """A case of a family, by its segment in words."""

    family: Family
    segment: str


def family_of(case: Contradiction) -> Family:
    return case.kind, case.measure_id, case.other_measure_id, case.source_id, case.other_source_id


def members(items: Iterable[AgendaItem]) -> dict[int, Member]:
    """By item, its case as one of a family; items about something else are left out. One query; `subject` is read."""
    cases = {item.subject.reference: item.pk for item in items if item.subject.kind == Subject.Kind.CONTRADICTION}
    found = Contradiction.objects.filter(pk__in=cases).select_related("segment")
    return {
        cases[case.pk]: Member(family_of(case), str(case.segment) if case.segment.values else "")
        for case in found.order_by()
    }


def following(items: Iterable[AgendaItem]) -> dict[int, str]:
    """By item that stands directly behind another of its family and section: in what the two differ, in words."""
    items = list(items)
    known, found = members(items), {}
    for before, item in pairwise(items):
        one, other = known.get(before.pk), known.get(item.pk)
        if one and other and one.family == other.family and before.section == item.section:
            found[item.pk] = f"The same in {other.segment}" if other.segment else "The same in the whole"
    return found
