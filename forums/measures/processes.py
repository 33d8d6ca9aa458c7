"""A course as a process: natural limits of each stretch that is counted alike and not re-based, special causes.

Limits rest on all figures of their stretch, however few of its periods are drawn: they are not set anew by time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from math import isfinite

import numpy as np

from metrics.detection.statistics.limits import Kind
from metrics.detection.statistics.process import Cause, Process, process
from metrics.figures.courses import Course, Point
from metrics.models import Definition
from truthgov.periods import Period, ordinal
from truthgov.svg import Limits, Mark, Special

FEWEST_FOR_LIMITS = 6
KINDS: dict[str, Kind] = {Definition.Unit.FRACTION: Kind.PROPORTION, Definition.Unit.COUNT: Kind.COUNT}
ROUNDED = 0.005
"""How far a ratio of two decimals may lie from its numerator over its denominator."""
RULES = {Cause.OUTSIDE: Mark.OUTSIDE, Cause.TWO_OF_THREE: Mark.TWO_OF_THREE, Cause.RUN: Mark.RUN,
         Cause.TREND: Mark.TREND}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charted:
    """A course as a process from its first figure on: `periods` by running number, `stretches` of them by index."""

    periods: range
    stretches: list[range]
    found: Process

    def over(self, periods: Sequence[Period]) -> Process:
        """What is drawn of it: the limits and marks that some of its periods have among all of them."""
        return self.found.at(np.array([period.ordinal - self.periods.start for period in periods], int))

    def reaching(self, period: Period) -> list[range]:
        """The stretches that end with a period or after it."""
        return [each for each in self.stretches if self.periods[each[-1]] >= period.ordinal]


def charted(course: Course, periods: Sequence[Period]) -> Charted:
    """A course over some periods and all of its own; a stretch with too few figures has no limits or special causes."""
    history = course.history
    first = min(history.periods.start, periods[0].ordinal)
    axis = range(first, max(history.periods.stop, periods[-1].ordinal + 1))
    values, numerators, denominators = history.over(axis)
    anew = {*history.breaks, *(ordinal(each.starts_on, history.grain) for each in course.rebasings)}
    begins = sorted(at - first for at in anew if at in history.periods[1:])
    stretches = [range(*bounds) for bounds in pairwise([0, *begins, len(axis)])]
    kind = _kind(course.definition, values, numerators, denominators)
    return Charted(axis, stretches, _told(process(values, denominators, kind=kind, since=begins), stretches))


def process_of(course: Course, periods: Sequence[Period]) -> Process:
    """The process behind a course in some periods; nothing in periods of another grain."""
    if periods[0].grain is not course.history.grain:
        return process(np.full(len(periods), np.nan))
    return charted(course, periods).over(periods)


def rebased(course: Course, points: Sequence[Point]) -> list[int]:
    """The indices of points before which limits are set anew."""
    starts = {each.starts_on for each in course.rebasings}
    return [at for at, point in enumerate(points) if at and point.period.start in starts]


def _kind(definition: Definition, *parts: np.ndarray) -> Kind:
    """What figures are to their denominators; a ratio is a rate only where it is its numerator over them."""
    if definition.unit != Definition.Unit.RATIO:
        return KINDS.get(definition.unit, Kind.MEAN)
    values, numerators, denominators = (part[np.isfinite(parts[0])] for part in parts)
    is_rate = (abs(values * denominators - numerators) <= ROUNDED * denominators).all()
    return Kind.RATE if is_rate else Kind.MEAN


def _told(found: Process, stretches: Sequence[range]) -> Process:
    told = np.zeros(len(found.values), bool)
    for each in stretches:
        told[each.start : each.stop] = np.isfinite(found.values[each.start : each.stop]).sum() >= FEWEST_FOR_LIMITS
    centre, lower, upper = (np.where(told, each, np.nan) for each in (found.centre, found.lower, found.upper))
    marks = type(found.marks)({cause: np.where(told, signs, 0) for cause, signs in found.marks.items()})
    floor = 0.0 if (found.values[np.isfinite(found.values)] >= 0).all() else -np.inf
    lower, lowest = np.maximum(lower, floor), np.maximum(found.lowest, floor)
    return replace(found, centre=centre, lower=lower, upper=upper, lowest=lowest, marks=marks)


def limits_of(found: Process) -> Limits | None:
    """Its limits as a chart is given them; None where it has none at all."""
    if not np.isfinite(found.upper).any():
        return None
    return Limits(_known(found.lower), _known(found.upper), _known(found.centre))


def special_of(found: Process, direction: float) -> tuple[Special, ...]:
    """Its special causes as a chart is given them, each by the first rule that marks it."""
    causes = [(at, found.cause(at)) for at in range(len(found.values))]
    return tuple(
        Special(at, RULES[cause[0]], "good" if cause[1] * direction > 0 else "bad") for at, cause in causes if cause
    )


def signs_of(found: Process, definition: Definition) -> tuple[str, str]:
    """What a process says of its variation and of its assurance, by what its definition calls good."""
    sign, target = sign_of(definition), _number(definition.target)
    return found.variation(sign).value, found.assurance(target, sign, definition.decimals).value


def sign_of(definition: Definition) -> float:
    """+1 where higher is better, −1 where lower is."""
    return 1.0 if definition.direction == Definition.Direction.HIGHER else -1.0


def _number(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def _known(values: np.ndarray) -> tuple[float | None, ...]:
    return tuple(float(value) if isfinite(value) else None for value in values)
