"""What a contradiction has to do with others: joined, split, linked by hand, or alike by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from forums.cases.titles import title_of
from metrics.models import CaseJoining, CaseLink, CaseSplit, Contradiction

MOST_ALIKE = 8


@dataclass(frozen=True, slots=True)
class Relation:
    """Another case, how the two belong together, and why, where somebody said so."""

    case: Contradiction
    title: str
    how: str
    why: str = ""
    by: str = ""


def relations_of(case: Contradiction) -> list[Relation]:
    """Those that were joined to it or split off first, then those linked by hand, then those alike.

    Four queries, and where there are such, those that read their parties.
    """
    told = [*_joined(case), *_split(case), *_linked(case)]
    named = {case.pk, *(each.case.pk for each in told)}
    return [*told, *(each for each in _alike(case) if each.case.pk not in named)]


def _joined(case: Contradiction) -> Iterator[Relation]:
    for joining in case.joinings.prefetch_related("person", *_parties("contradiction")):
        yield _relation(joining.contradiction, "is the same, and was joined to this one", joining)
    if case.status == Contradiction.Status.JOINED:
        yield _relation(case.joining.into, "is the same, and stays", case.joining)


def _split(case: Contradiction) -> Iterator[Relation]:
    for split in case.splits.prefetch_related("person", *_parties("contradiction")):
        yield _relation(split.contradiction, "was split off: its facts differ", split)
    if own := getattr(case, "split", None):
        yield _relation(own.parent, "is the whole that this one was split off", own)


def _linked(case: Contradiction) -> Iterator[Relation]:
    links = CaseLink.objects.filter(Q(contradiction=case) | Q(other=case))
    for link in links.prefetch_related("person", *_parties("contradiction"), *_parties("other")):
        yield _relation(link.contradiction if link.other_id == case.pk else link.other, "was linked by hand", link)


def _alike(case: Contradiction) -> Iterator[Relation]:
    """One cause, one conversation: open cases about the same outcome in the same segment whose periods overlap."""
    if case.first_period is None or case.last_period is None:
        return
    outcome = case.other_measure_id or case.measure_id
    about = Q(other_measure=outcome) | Q(measure=outcome, other_measure=None)
    overlapping = Q(first_period__lte=case.last_period, last_period__gte=case.first_period)
    alike = Contradiction.objects.live().filter(about, overlapping, segment=case.segment_id).exclude(pk=case.pk)
    for other in alike.by_severity().select_related("measure", "other_measure", "segment")[:MOST_ALIKE]:
        kind = other.get_kind_display().lower()
        yield Relation(other, title_of(other), f"is a case of {kind} about the same outcome at the same time")


def _relation(other: Contradiction, how: str, said: CaseJoining | CaseLink | CaseSplit) -> Relation:
    return Relation(other, title_of(other), how, said.reason, said.person.name)


def _parties(name: str) -> list[str]:
    return [f"{name}__{part}" for part in ("measure", "other_measure", "segment")]
