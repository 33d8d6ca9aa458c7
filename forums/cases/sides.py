"""The two sides of a contradiction, at equal weight: what each shows, who answers for it, what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from forums.measures.charts import word
from metrics.figures.courses import Course, Point
from metrics.models import Challenge, Contradiction, Measure, Position, Source
from truthgov.figures import NO_FIGURE, Figure
from truthgov.models import Appointment, Scope
from truthgov.periods import Period

TITLES = {
    Contradiction.Kind.DIVERGENCE: ("What is claimed", "What the customer meets"),
    Contradiction.Kind.HANDOFF: ("What is passed on", "What arrives"),
    Contradiction.Kind.SOURCE_DISAGREEMENT: ("One source", "The other source"),
    Contradiction.Kind.OVERCOMMITMENT: ("What is promised", "What can be kept"),
    Contradiction.Kind.INCONSISTENCY: ("What is not alike everywhere", "What it is compared with"),
    Contradiction.Kind.MIX: ("The total that hides it", "The part that fails"),
    Contradiction.Kind.GAMING: ("What got better", "What gave way"),
    Contradiction.Kind.DEFINITION_BREAK: ("What changed its level", "What did not change with it"),
    Contradiction.Kind.BROKEN_LINK: ("What is supposed to serve", "What it is supposed to serve"),
    Contradiction.Kind.INTEGRITY: ("What cannot be right", "What it is held against"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure held against its target, in words: `tone` is good, bad or muted."""

    figure: Figure = NO_FIGURE
    period: Period | None = None
    words: str = "no figure has come in"
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class Side:
    """A party: its measure (as one source reports it, where the sources disagree), its figure, its answer."""

    title: str
    measure: Measure
    source: Source | None
    standing: Standing
    scope: Scope | None
    holder: Appointment | None
    positions: Sequence[Position] = ()
    asked: Sequence[Challenge] = field(default=())

    @property
    def position(self) -> Position | None:
        """What they say now: their latest."""
        return self.positions[-1] if self.positions else None

    @property
    def earlier(self) -> Sequence[Position]:
        """What they said before, latest first."""
        return self.positions[-2::-1]


def sides_of(
    case: Contradiction, courses: dict[int, Course], holders: dict[int, Appointment], scopes: dict[int, Scope]
) -> list[Side]:
    """The sides, the accused one first. `courses` are by measure, `holders` (who answers) and `scopes` by scope."""
    titles = TITLES.get(Contradiction.Kind(case.kind), ("One side", "The other side"))
    told: list[tuple[Measure, Source | None]] = [(case.measure, case.source)]
    if case.other_measure or case.other_source:
        told.append((case.other_measure or case.measure, case.other_source))
    sides = []
    for title, (measure, source) in zip(titles, told, strict=False):
        scope = measure.answering_scope_id
        sides.append(
            Side(
                title=title,
                measure=measure,
                source=source,
                standing=stand(courses.get(measure.pk), source=source, on=case.last_period),
                scope=scopes.get(scope),
                holder=holders.get(scope),
                positions=[each for each in case.positions.all() if each.scope_id == scope],
                asked=[each for each in case.challenges.all() if each.scope_id == scope],
            )
        )
    return sides


def stand(course: Course | None, *, source: Source | None = None, on: date | None = None) -> Standing:
    """A measure's figure of the period that begins on `on`, or its latest, against the target of that period."""
    if course is None:
        return Standing()
    points = course.of_source.get(source, ()) if source else course.points
    point = next((point for point in points if point.period.start == on and point.value is not None), None)
    point = point or next((point for point in reversed(points) if point.value is not None), None)
    return judge(point) if point else Standing()


def judge(point: Point) -> Standing:
    """A figure in words against the target of its own definition; a period without one is said to lack it."""
    definition, value = point.definition, point.value
    if value is None:
        return Standing(period=point.period)
    words, tone = {
        True: (f"on target, {_target(point)}", "good"),
        False: (f"off target, {_target(point)}", "bad"),
        None: ("no target", "muted"),
    }[definition.meets_target(value)]
    return Standing(word(value, definition), point.period, words, tone)


def _target(point: Point) -> str:
    definition = point.definition
    bound = "at least" if definition.direction == definition.Direction.HIGHER else "at most"
    return f"{bound} {word(Decimal(definition.target or 0), definition)}"
