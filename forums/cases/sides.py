"""The two sides of a contradiction, at equal weight: what each shows, who answers for it, what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from forums.cases.shown import Shown
from forums.measures.charts import word
from metrics.figures.courses import Course, Point
from metrics.models import Challenge, Contradiction, Measure, Position, PositionFile, Segment, Source
from truthgov.figures import NO_FIGURE, Figure
from truthgov.models import Appointment, Scope
from truthgov.periods import Period


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure held against its target, in words: `tone` is good, bad or muted."""

    figure: Figure = NO_FIGURE
    period: Period | None = None
    words: str = "no figure has come in"
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was asked and said on a case, and on those that were joined to it."""

    challenges: list[Challenge]
    positions: list[Position]

    @classmethod
    def on(cls, case: Contradiction) -> "Heard":
        """Four queries, files and answers included."""
        asked = case.every_challenge().select_related("scope", "asked_by").prefetch_related("positions")
        files = Prefetch("files", PositionFile.objects.defer("content"))
        said = case.every_position().select_related("scope", "taken_by").prefetch_related(files)
        return cls(list(asked), list(said))

    def of_others(self, case: Contradiction) -> list[Position]:
        """Of who is no side of the case itself, latest first."""
        return [each for each in reversed(self.positions) if each.scope_id not in case.party_scope_ids]


@dataclass(frozen=True, slots=True)
class Side:
    """A measure in a segment (as one source reports it, where the sources disagree), its figure, its party's answer.

    `within` is the segment in words where the sides differ in it. What stands there for comparison has no `scope`.
    """

    title: str
    measure: Measure
    segment: Segment
    within: str
    source: Source | None
    course: Course | None
    standing: Standing
    scope: Scope | None
    holder: Appointment | None
    positions: Sequence[Position] = ()
    asked: Sequence[Challenge] = field(default=())

    @property
    def name(self) -> str:
        return f"{self.measure.name}, {self.within}" if self.within else self.measure.name

    @property
    def position(self) -> Position | None:
        """What they say now: their latest."""
        return self.positions[-1] if self.positions else None

    @property
    def earlier(self) -> Sequence[Position]:
        """What they said before, latest first."""
        return self.positions[-2::-1]


def sides_of(
    case: Contradiction,
    shown: Mapping[Shown, Course | None],
    holders: dict[int, Appointment],
    scopes: dict[int, Scope],
    heard: Heard,
) -> list[Side]:
    """The sides with their courses; `holders` (who answers) and `scopes` are by scope."""
    differ = len({each.segment.pk for each in shown}) > 1
    sides = []
    for each, course in shown.items():
        scope = each.measure.answering_scope_id if each.is_party else None
        sides.append(
            Side(
                title=each.title,
                measure=each.measure,
                segment=each.segment,
                within=str(each.segment) if differ else "",
                source=each.source,
                course=course,
                standing=stand(course, source=each.source, on=case.last_period),
                scope=scopes.get(scope) if scope else None,
                holder=holders.get(scope) if scope else None,
                positions=[said for said in heard.positions if said.scope_id == scope],
                asked=[asked for asked in heard.challenges if asked.scope_id == scope],
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
