"""A course as a process: natural limits of each stretch that is counted alike and not re-based, special causes."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from math import isfinite

import numpy as np

from metrics.detection.statistics.process import Cause, Process, process
from metrics.figures.courses import Course, Point, breaks
from metrics.models import Definition
from truthgov.svg import Limits, Mark, Special

FEWEST_FOR_LIMITS = 6
RULES = {Cause.OUTSIDE: Mark.OUTSIDE, Cause.TWO_OF_THREE: Mark.TWO_OF_THREE, Cause.RUN: Mark.RUN,
         Cause.TREND: Mark.TREND}  # fmt: skip


def rebased(course: Course, points: Sequence[Point]) -> list[int]:
    """The indices of points from which limits are set anew."""
    starts = {each.starts_on for each in course.rebasings}
    return [at for at, point in enumerate(points) if at and point.period.start in starts]


def stretches(points: Sequence[Point], anew: Sequence[int]) -> list[tuple[int, int]]:
    """Where each stretch with limits of its own begins, and the one before which it ends."""
    return list(pairwise([0, *sorted({*breaks(points), *anew}), len(points)]))


def process_of(points: Sequence[Point], anew: Sequence[int]) -> Process:
    """The process behind some points; a stretch with too few figures to tell has no limits and no special causes."""
    parts = stretches(points, anew)
    fraction = bool(points) and points[-1].definition.unit == Definition.Unit.FRACTION
    found = process(
        numbers(points), np.array([_number(point.denominator) for point in points]), fraction=fraction,
        since=[first for first, _ in parts],
    )  # fmt: skip
    told = np.zeros(len(points), bool)
    for first, end in parts:
        told[first:end] = np.isfinite(found.values[first:end]).sum() >= FEWEST_FOR_LIMITS
    centre, lower, upper = (np.where(told, each, np.nan) for each in (found.centre, found.lower, found.upper))
    marks = type(found.marks)({cause: np.where(told, signs, 0) for cause, signs in found.marks.items()})
    floor = 0.0 if (found.values[np.isfinite(found.values)] >= 0).all() else -np.inf
    return replace(found, centre=centre, lower=np.maximum(lower, floor), upper=upper, marks=marks)


def numbers(points: Sequence[Point]) -> np.ndarray:
    """The figures of points, missing ones NaN."""
    return np.array([_number(point.value) for point in points])


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
