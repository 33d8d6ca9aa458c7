"""The contradictions of the reconciled view: one line for the same parties of a journey, in however many segments."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from forums.cases.titles import name_parties
from forums.reconciliation.records import OpenCase
from metrics.cases.known import severities_at, states_at
from metrics.models import Contradiction, Measure, Segment
from truthgov.clock import local_day
from truthgov.knowledge import Moment

SEGMENTS_NAMED = 3
SHOWN = (
    "pk", "kind", "measure__kind", "measure__code", "measure__name", "measure__function__name",
    "measure__journey__name", "other_measure__code", "other_measure__name", "source", "journey__code",
)  # fmt: skip


class Member(NamedTuple):
    """A case, as far as it is put in order and with its siblings."""

    pk: int
    kind: str
    measure_id: int
    other_measure_id: int | None
    source_id: int | None
    other_source_id: int | None
    journey_id: int | None
    status: str
    severity: str
    severity_rank: float
    recurrences: int
    opened_at: datetime

    @property
    def family(self) -> tuple:
        """Siblings contradict each other in the same way about the same parties of a journey, and stand alike."""
        return self[1:8]

    @property
    def order(self) -> tuple:
        """The most severe first, then the oldest."""
        return -self.severity_rank, self.opened_at, self.pk


@dataclass(frozen=True, slots=True)
class Group:
    """Siblings, the worst first."""

    members: tuple[Member, ...]


def open_groups(moment: Moment) -> list[Group]:
    """The contradictions that were not settled at a moment, siblings together, the most severe first."""
    families: dict[tuple, list[Member]] = defaultdict(list)
    for member in sorted(_members(moment), key=lambda each: each.order):
        families[member.family].append(member)
    return [Group(tuple(members)) for members in families.values()]


def _members(moment: Moment) -> Iterable[Member]:
    """One query; as known at an entry, three more, which tell what the case was then."""
    known = Contradiction.objects.filter(moment.knew("opened_at")).order_by()
    if moment.entry is None:
        return map(Member._make, known.live().values_list(*Member._fields))
    states = {case: state for case, state in states_at(moment).items() if state.status in Contradiction.LIVE}
    if not states:
        return []
    graded = severities_at(states, moment)
    members = map(Member._make, known.filter(pk__in=states).values_list(*Member._fields))
    return [_as_known(member, states[member.pk].status, states[member.pk].recurrences, graded) for member in members]


def _as_known(member: Member, status: str, recurrences: int, graded: dict[int, tuple[str, float]]) -> Member:
    severity, rank = graded.get(member.pk, (member.severity, member.severity_rank))
    return member._replace(status=status, recurrences=recurrences, severity=severity, severity_rank=rank)


def worded_cases(groups: Sequence[Group]) -> list[OpenCase]:
    """Each group as its line; one query."""
    if not groups:
        return []
    named = [member.pk for group in groups for member in group.members[:SEGMENTS_NAMED]]
    found = Contradiction.objects.filter(pk__in=named).order_by().values_list(*SHOWN, "segment__values")
    rows = {row[0]: row[:-1] for row in found}
    segments = {row[0]: row[-1] for row in found}
    return [_worded(group.members, rows[group.members[0].pk], segments) for group in groups]


def _worded(members: Sequence[Member], row: tuple, segments: dict[int, dict]) -> OpenCase:
    pk, kind, of_measure, measure, name, function, journey, other, other_name, source, code = row
    parties = name_parties(name, other_name or "", between_sources=source is not None)
    worst, values = members[0], segments[pk]
    is_part = len(members) == 1 and values
    return OpenCase(
        pk=pk, title=f"{parties} ({Segment(values=values)})" if is_part else parties, kind=kind,
        severity=worst.severity, status=worst.status, opened_on=local_day(min(each.opened_at for each in members)),
        recurrences=max(each.recurrences for each in members), journey=code or "",
        answers=(journey if of_measure == Measure.Kind.JOURNEY_OUTCOME else function) or "",
        measures=(measure, other) if other else (measure,),
        segments=tuple(str(Segment(values=segments[each.pk])) for each in members[:SEGMENTS_NAMED]),
        siblings=tuple(each.pk for each in members[1:]),
    )  # fmt: skip
