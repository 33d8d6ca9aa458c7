"""The register by root cause: the list, and how the cases that were put down to each stand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from metrics.models import Contradiction, RootCause
from metrics.models.root_cause import with_causes

Status = Contradiction.Status


@dataclass(frozen=True, slots=True)
class Line:
    """A cause and its cases, by how they stand."""

    cause: RootCause
    retired: str
    open: int
    in_remedy: int
    settled: int

    @property
    def cases(self) -> int:
        return self.open + self.in_remedy + self.settled


@dataclass(frozen=True, slots=True)
class CauseRegister:
    """The causes, most of what is open first; how many open cases nobody has put down to any."""

    lines: Sequence[Line]
    unsaid: int


def register() -> CauseRegister:
    """Two queries; a retired cause is listed after those that can be named."""
    counted: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = with_causes(Contradiction.objects.exclude(status=Status.JOINED)).order_by()
    for cause, status, count in rows.values_list("root_cause", "status").annotate(Count("pk")):
        counted[cause][status] += count
    lines = [_line(cause, counted[cause.pk]) for cause in RootCause.objects.select_related("retirement")]
    ordered = sorted(lines, key=lambda line: (bool(line.retired), -line.open, -line.in_remedy, line.cause.name))
    return CauseRegister(ordered, counted[None][Status.OPEN])


def _line(cause: RootCause, cases: dict[str, int]) -> Line:
    retirement = getattr(cause, "retirement", None)
    settled = cases[Status.CLOSED] + cases[Status.FALSE_ALARM]
    return Line(cause, retirement.reason if retirement else "", cases[Status.OPEN], cases[Status.IN_REMEDY], settled)
