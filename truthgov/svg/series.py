"""What a chart is given: figures by period, with what is known about them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from truthgov.figures import Figure, word_figure

Plotted = Decimal | float | int | None


class Mark(StrEnum):
    """What is remarkable about a figure. Each has a shape of its own, beside its colour."""

    SIGNAL = "signal"
    RESTATED = "restated"
    BREAK = "definition changed"
    REBASED = "limits set anew"
    OUTSIDE = "outside the limits"
    TWO_OF_THREE = "two of three near a limit"
    RUN = "run on one side of the mean"
    TREND = "trend"


EDGES = (Mark.BREAK, Mark.REBASED)
"""Marks that stand before a period, through the whole panel, and not on its figure."""


class Special(NamedTuple):
    """A figure that chance does not explain: the rule that marks it, and whether it is for the better or the worse."""

    at: int
    rule: Mark
    tone: str = ""

    @property
    def words(self) -> str:
        """How it is called in a legend and a table."""
        told = {"good": "for the better", "bad": "for the worse"}.get(self.tone)
        return f"{self.rule.value}, {told}" if told else self.rule.value


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a panel: a figure or None for each of the chart's periods, and the marks on them by index.

    `special` are the points that are special-cause variation, each at most once.
    """

    name: str
    values: tuple[Plotted, ...]
    marks: tuple[tuple[int, Mark], ...] = ()
    special: tuple[Special, ...] = ()

    def indices(self, mark: Mark) -> list[int]:
        """Say which periods carry a mark."""
        return [index for index, kind in self.marks if kind is mark]


@dataclass(frozen=True, slots=True)
class Limits:
    """Natural limits by period (None where there are none): what chance alone explains lies between them."""

    lower: tuple[Plotted, ...]
    upper: tuple[Plotted, ...]
    centre: tuple[Plotted, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines of one unit on one vertical axis, with what they are judged by. `better` is "higher", "lower" or "".

    `targets` are those that held in each period, where it was not the same `target` in all of them.
    """

    title: str
    unit: str
    lines: tuple[Line, ...]
    target: Plotted = None
    limits: Limits | None = None
    better: str = ""
    targets: tuple[Plotted, ...] = ()

    @property
    def is_targeted(self) -> bool:
        """Is there a target to draw?"""
        return self.target is not None or any(target is not None for target in self.targets)

    def word(self, value: Plotted) -> Figure:
        """Word a figure in the panel's unit."""
        return word_figure(None if value is None else as_decimal(value), self.unit)

    def heights(self) -> Iterator[float]:
        """Give everything the vertical axis must hold."""
        for line in self.lines:
            yield from present(line.values)
        if self.limits:
            yield from present((*self.limits.lower, *self.limits.upper, *self.limits.centre))
        yield from present((self.target, *self.targets))


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels one above the other over the same periods.

    `periods` are full names (for titles and the table), `ticks` their short forms for the axis. `highlighted` are
    the periods under discussion: they are shaded through all panels, so that the eye carries one onto the other.
    `decided` are the periods in which something was decided on it, with what.
    """

    title: str
    description: str
    periods: tuple[str, ...]
    ticks: tuple[str, ...]
    panels: tuple[Panel, ...]
    highlighted: tuple[int, ...] = ()
    decided: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The same figures as text: one row a period, for whoever cannot or does not want to read a drawing."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(default=())


def tabulate(chart: Chart) -> Table:
    """Lay a chart's figures out as a table, with limits and marks in words."""
    columns, cells = ["Period"], []
    for panel in chart.panels:
        for line in panel.lines:
            columns.append(panel.title if len(panel.lines) == 1 else f"{panel.title}: {line.name}")
            cells.append([_cell(panel, line, index) for index in range(len(chart.periods))])
        if panel.limits:
            columns.append(f"Limits of {panel.title}")
            cells.append([_limits_cell(panel, panel.limits, index) for index in range(len(chart.periods))])
    decided = {index for index, _ in chart.decided}
    names = [f"{name} (decision)" if index in decided else name for index, name in enumerate(chart.periods)]
    rows = tuple((name, *(column[index] for column in cells)) for index, name in enumerate(names))
    return Table(chart.title, tuple(columns), rows)


def _cell(panel: Panel, line: Line, index: int) -> str:
    told = [kind.value for at, kind in line.marks if at == index]
    marks = ", ".join([*told, *(each.words for each in line.special if each.at == index)])
    worded = panel.word(line.values[index]).text
    return f"{worded} ({marks})" if marks else worded


def _limits_cell(panel: Panel, limits: Limits, index: int) -> str:
    lower, upper = limits.lower[index], limits.upper[index]
    if lower is None or upper is None:
        return panel.word(None).text
    return f"{panel.word(lower).text} to {panel.word(upper).text}"


def as_decimal(value: Decimal | float | int) -> Decimal:
    """Take a plotted figure back to a decimal for wording; it was already exact, or is a statistic."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def present(values: Iterable[Plotted]) -> Iterator[float]:
    """Give the figures that exist, as floats for placing."""
    return (float(value) for value in values if value is not None)


def runs(values: Iterable[Plotted]) -> Iterator[list[tuple[int, float]]]:
    """Cut a series at what is missing, so that a gap is drawn as a gap."""
    run: list[tuple[int, float]] = []
    for index, value in enumerate(values):
        if value is not None:
            run.append((index, float(value)))
        elif run:
            yield run
            run = []
    if run:
        yield run


def absences(values: Sequence[Plotted]) -> list[int]:
    """Say which periods lack a figure between the first and the last one that have one."""
    held = [index for index, value in enumerate(values) if value is not None]
    return [index for index in range(held[0], held[-1]) if values[index] is None] if held else []
