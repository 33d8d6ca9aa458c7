"""What approving a waiting version would touch, told before anybody approves it. Pure: records in, sentences out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from metrics.figures.courses import Point
from metrics.models import Contradiction, Definition, Link, RequiredOutcome, Rule
from truthgov.figures import plain

FIGURES_TRIED = 12


@dataclass(frozen=True, slots=True)
class Dependants:
    """Who relies on a measure."""

    links: Sequence[Link]
    rules: Sequence[Rule]
    required_by: Sequence[RequiredOutcome]
    contradictions: Sequence[Contradiction]
    decisions: int
    derived: Sequence[Definition] = ()
    """The definitions in force that are computed from it."""


def impact(
    now: Definition | None, then: Definition, points: Sequence[Point], rely: Dependants
) -> list[tuple[str, str]]:
    """What a version touches, as (term, sentence) pairs; what it leaves alone is not told."""
    told = [("Counting", _counting(then)), ("Target", _target(now, then, points)), *_touched(rely)]
    return [(term, sentence) for term, sentence in told if sentence]


def bridge_in_words(definition: Definition) -> str:
    """How figures from before are compared, if they are: "figures before are taken × 0.9 + 12"."""
    if definition.bridge_factor is None:
        return ""
    offset = definition.bridge_offset
    plus = f" {'+' if offset > 0 else '−'} {plain(abs(offset))}" if offset else ""
    return f"figures before are taken × {plain(definition.bridge_factor)}{plus}"


def _counting(then: Definition) -> str:
    if then.retires:
        return "The measure ends: no figures of later periods are taken, and what is on record stays."
    if not then.changes_counting:
        return "Its proposer says that it counts as before: figures go on being compared."
    if bridge := bridge_in_words(then):
        return f"It counts differently: a break in every chart; for comparisons {bridge}, because: {then.bridge_reason}"
    return "It counts differently: a break in every chart, and no comparison of figures across it."


def _target(now: Definition | None, then: Definition, points: Sequence[Point]) -> str:
    """How the latest figures stand under both; figures that are missing are not counted."""
    values = [point.value for point in points if point.value is not None][-FIGURES_TRIED:]
    if now is None or not values or then.retires or _bar(now) == _bar(then):
        return ""
    return f"Of the last {len(values)} figures, {_met(now, values)} now, and {_met(then, values)} under this version."


def _bar(definition: Definition) -> tuple[Decimal | None, str, int]:
    return definition.target, definition.direction, definition.decimals


def _met(definition: Definition, values: Sequence[Decimal]) -> str:
    if definition.target is None:
        return "none has a target to meet"
    met = sum(bool(definition.meets_target(value)) for value in values)
    return f"{met} {'meets' if met == 1 else 'meet'} the target"


def _touched(rely: Dependants) -> Iterable[tuple[str, str]]:
    yield "Links", _listed(f"{link.from_measure} {link.get_kind_display()} {link.to_measure}" for link in rely.links)
    yield "Computed from it", _listed(str(each.measure) for each in rely.derived)
    yield "Rules judged anew", _listed(rule.get_kind_display().lower() for rule in rely.rules)
    yield "Target conditions", _listed(str(required.condition.journey) for required in rely.required_by)
    yield "Journeys reached", _listed(str(link.to_measure.journey) for link in rely.links if link.to_measure.journey)
    yield "Open cases", _listed(str(case) for case in rely.contradictions)
    if rely.decisions:
        yield "Decisions that leaned on it", f"{rely.decisions}, listed below; they stand, under the version they knew."


def _listed(names: Iterable[str]) -> str:
    """Each name once, with how often it comes."""
    told = list(names)
    return "; ".join(f"{name} ({told.count(name)})" if told.count(name) > 1 else name for name in dict.fromkeys(told))
