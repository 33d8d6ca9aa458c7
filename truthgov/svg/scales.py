"""From figures to places: a linear scale with round ticks, and the periods along the bottom. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map of [low, high] onto [start, end]; start may lie beyond end, as it does on a vertical axis."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Say where a figure stands on the drawing."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def spanning(values: Iterable[float], start: float, end: float, ticks: int = 4) -> tuple[Scale, list[float]]:
    """Choose a scale with round ends that holds every figure, and its ticks. Without figures it spans 0 to 1."""
    held = [value for value in values if math.isfinite(value)]
    low, high = (min(held), max(held)) if held else (0.0, 1.0)
    if math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-12):
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    step = nice_step((high - low) / ticks)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    # A tick is the nearest float to its decimal name: accumulated steps would print as 0.30000000000000004.
    places = max(0, 2 - math.floor(math.log10(step)))
    marks = [round(index * step, places) for index in range(first, last + 1)]
    return Scale(min(marks[0], low), max(marks[-1], high), start, end), marks


def nice_step(rough: float) -> float:
    """Round a step up to 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(nice * power for nice in NICE_STEPS if nice * power >= rough * (1 - 1e-9))


def columns(count: int, start: float, end: float) -> list[float]:
    """Place so many periods evenly, each in the middle of its column."""
    width = (end - start) / max(count, 1)
    return [start + (index + 0.5) * width for index in range(count)]


def thinned(labels: Sequence[str], width: float, room: float) -> list[int]:
    """Say which labels fit along an axis when each needs so much room, counted back from the last one."""
    if not labels:
        return []
    every = max(1, math.ceil(room * len(labels) / max(width, 1.0)))
    return sorted(range(len(labels) - 1, -1, -every))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart until none is nearer to the next than the gap; their order stays, the bounds where they can."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = list(wanted)
    floor = low
    for index in order:
        placed[index] = max(placed[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed
