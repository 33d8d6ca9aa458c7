"""What a decision leans on, how far that can be relied on, and what the charter and target conditions demand of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.dictionary.target_conditions import trust_needed
from metrics.models import Contradiction, Measure, Observation, Segment, Signal
from metrics.trust import Axis, Radar, radars
from truthgov import clock
from truthgov.periods import Grain, Period

if TYPE_CHECKING:
    from forums.models.deciding import Deciding


@dataclass(frozen=True)
class Held:
    """A figure that is leaned on: how far it can be relied on (0 to 100), what is demanded, what costs it most."""

    measure: Measure
    segment: Segment
    period: Period
    trust: int
    needed: int
    words: str

    @property
    def is_doubted(self) -> bool:
        return self.trust < self.needed

    def __str__(self) -> str:
        scene = f"{self.segment}, {self.period}" if self.segment.values else f"{self.period}"
        return f"{self.measure}, {scene}: trust {self.trust} %, {self.needed} % demanded. {self.words}"


@dataclass(frozen=True)
class Leaning:
    """The observations that a case's standing signals cite, and the figures of its segment in the last period."""

    observations: list[int]
    definitions: list[int]
    figures: tuple[Held, ...]

    @property
    def doubts(self) -> list[Held]:
        """Those that can be relied on less than is demanded."""
        return [figure for figure in self.figures if figure.is_doubted]

    @property
    def weakest(self) -> Held | None:
        """The one that falls furthest short of what is demanded of it, or comes nearest to."""
        return min(self.figures, key=lambda figure: figure.trust - figure.needed, default=None)


def leaning_of(item: "Deciding") -> Leaning:
    """What a decision on an agenda item leans on, as it stands now; nothing where it is about no contradiction."""
    case = item.subject.case
    if case is None:
        return Leaning([], [], ())
    cited = Signal.objects.filter(contradiction=case, withdrawal=None).values_list("observations", flat=True)
    numbers = sorted({number for row in cited for number in row})
    if not numbers:
        return Leaning([], [], ())
    rows = Observation.objects.filter(pk__in=numbers).order_by("period_start")
    told = list(rows.values_list("series__measure", "period_start", "definition__grain", "definition", "pk"))
    last = {measure: Period.containing(start, Grain(grain)) for measure, start, grain, *_ in told}
    observations, definitions = sorted({row[4] for row in told}), sorted({row[3] for row in told})
    return Leaning(observations, definitions, _held(case, last, item.meeting.charter.trust_needed))


def _held(case: Contradiction, last: dict[int, Period], charter: int) -> tuple[Held, ...]:
    found = radars(list(last), set(last.values()), segment=case.segment)
    demanded = trust_needed(last, on=clock.today())
    measures = Measure.objects.in_bulk(list(last))
    return tuple(
        _figure(measures[measure], case.segment, period, _about(case, found.get((measure, period.start))),
                max(demanded[measure], charter))
        for measure, period in sorted(last.items())
    )  # fmt: skip


def _figure(measure: Measure, segment: Segment, period: Period, radar: Radar | None, needed: int) -> Held:
    worst = radar.worst if radar else None
    words = worst.words if worst else "Its figure is not there to be judged."
    return Held(measure, segment, period, worst.percent or 0 if worst else 0, needed, words)


def _about(case: Contradiction, radar: Radar | None) -> Radar | None:
    """That two sources disagree is what a case between them decides: it casts no doubt on its own decision."""
    if radar and case.kind == Contradiction.Kind.SOURCE_DISAGREEMENT:
        return radar.without(Axis.CONSISTENT)
    return radar
