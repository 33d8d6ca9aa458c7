"""Derived figures and what they are computed from, as they stand and as they ought to: nothing is stored here."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import structlog

from metrics.dictionary.holding import holding, shown_source
from metrics.figures.known import Known, figures
from metrics.figures.withdrawing import Unknown
from metrics.formulas import Figure, compute, read_formula, why_not
from metrics.formulas.grammar import codes_read
from metrics.models import Definition, Measure, Segment, Series, SourceOfRecord
from metrics.models.source import DERIVED
from truthgov.figures import plain
from truthgov.periods import Grain, Period

log = structlog.get_logger(__name__)

FAILURES = (ArithmeticError, LookupError, ValueError)
"""What a formula may raise: it leaves one figure unknown, and takes no other with it."""
Asked = dict[tuple[int, int], date]
"""A derived measure in a segment, and the first day from which it is computed anew."""


class Cell(NamedTuple):
    """A derived figure with the observations it was computed from, and what stands in its place.

    Without a figure where there can be none, and `why`.
    """

    measure: Measure
    segment: Segment
    period: Period
    version: int
    figure: Figure | None
    inputs: dict[int, str]
    """By observation, the measure's code."""
    standing: Known | None
    series: int | None
    why: str = ""

    @property
    def differs(self) -> bool:
        if self.figure is None:
            return True
        given = (self.figure.value, self.figure.numerator, self.figure.denominator)
        return self.standing is None or self.standing[:3] != given

    @property
    def row(self) -> dict[str, str]:
        """As the door takes it, without its reason."""
        if self.figure is None:
            raise ValueError(self.why)
        return {
            "measure": self.measure.code, "period": self.period.code, "segment": self.segment.key, "source": DERIVED,
            "value": plain(self.figure.value), "numerator": plain(self.figure.numerator),
            "denominator": plain(self.figure.denominator),
        }  # fmt: skip

    def unknown(self, why: str) -> Unknown:
        """The same cell without a figure."""
        said = f"Cannot be computed: {why.rstrip('.')}."
        series, observation = (self.series, self.standing.observation) if self.standing else (None, None)
        return Unknown(self.measure, self.segment, self.period, said, series, observation)


@dataclass(slots=True)
class _Shelf:
    """A measure's series in a segment as (series, source), in the order in which they were first reported."""

    series: list[tuple[int, int]]
    named: list[SourceOfRecord]

    def shown(self, start: date) -> int | None:
        """The series that is shown for the period that starts on a day."""
        source = shown_source(self.named, [source for _, source in self.series], start)
        return next((series for series, each in self.series if each == source), None)


class Computing:
    """Derived measures in segments, from days on, with everything that they are computed from; seven queries."""

    def __init__(self, measures: list[Measure], inputs: dict[int, set[str]], asked: Asked) -> None:
        self.asked = asked
        self.measures = {measure.pk: measure for measure in measures}
        self.segments = Segment.objects.in_bulk({segment for _, segment in asked})
        codes = set().union(*(inputs[measure] for measure in self.measures))
        self.numbers = dict(Measure.objects.filter(code__in=codes).values_list("code", "pk"))
        of_all = {*self.measures, *self.numbers.values()}
        self.versions = Definition.objects.filter(measure__in=of_all).histories()
        named = SourceOfRecord.objects.filter(measure__in=of_all).histories()
        self.shelves: dict[tuple[int, int], _Shelf] = {}
        self.standing: dict[tuple[int, int], int] = {}
        series = Series.objects.filter(measure__in=of_all, segment__in=self.segments).order_by("pk")
        for pk, measure, segment, source, code in series.values_list(
            "pk", "measure", "segment", "source", "source__code"
        ):
            shelf = self.shelves.setdefault((measure, segment), _Shelf([], named.get(measure, [])))
            shelf.series.append((pk, source))
            if code == DERIVED:
                self.standing[measure, segment] = pk
        every = [pk for shelf in self.shelves.values() for pk, _ in shelf.series]
        self.figures: dict[int, dict[date, Known]] = defaultdict(dict)
        for (pk, start), known in figures(every, min(asked.values()), date.max).items():
            self.figures[pk][start] = known
        self.units = {code: self.versions[number][-1].unit for code, number in self.numbers.items()
                      if number in self.versions}  # fmt: skip

    def cells(self) -> Iterator[Cell]:
        """What can be computed, and what cannot: nothing is said where an input is missing and no figure stands."""
        for (measure, segment), first in sorted(self.asked.items()):
            for start in sorted(self._starts(measure, segment, first)):
                definition = holding(self.versions[measure], start)
                if definition and definition.is_derived and not definition.retires:
                    yield from self._cell(self.measures[measure], self.segments[segment], definition, start)

    def _starts(self, measure: int, segment: int, first: date) -> set[date]:
        """The periods in which any input, or the measure itself, has a figure."""
        codes = {code for version in self.versions[measure] if version.is_derived
                 for code in codes_read(version.derivation)}  # fmt: skip
        shelves = [self.shelves.get((self.numbers[code], segment)) for code in codes if code in self.numbers]
        held = [pk for shelf in shelves if shelf for pk, _ in shelf.series]
        own = self.standing.get((measure, segment), 0)
        return {start for pk in (*held, own) for start in self.figures[pk] if start >= first}

    def _cell(self, measure: Measure, segment: Segment, definition: Definition, start: date) -> Iterator[Cell]:
        codes = codes_read(definition.derivation)
        inputs = {code: known for code in codes if (known := self._input(code, segment.pk, start))}
        given = {code: Figure(known.value, known.numerator, known.denominator) for code, known in inputs.items()}
        figure, why = self._computed(definition.derivation, given)
        series = self.standing.get((measure.pk, segment.pk))
        standing = self.figures[series or 0].get(start)
        if figure or standing or len(given) == len(codes):
            period = Period.containing(start, Grain(definition.grain))
            cited = {known.observation: code for code, known in inputs.items()}
            yield Cell(measure, segment, period, definition.version, figure, cited, standing, series, why)

    def _computed(self, derivation: str, given: dict[str, Figure]) -> tuple[Figure | None, str]:
        """The figure, or why there is none."""
        try:
            formula = read_formula(derivation)
            figure = compute(formula, given, self.units)
            return figure, "" if figure else why_not(formula, given, self.units)
        except FAILURES as error:
            log.warning("a formula fails", formula=derivation, exc_info=True)
            return None, f"its formula fails ({error})"

    def _input(self, code: str, segment: int, start: date) -> Known | None:
        shelf = self.shelves.get((self.numbers.get(code, 0), segment))
        series = shelf.shown(start) if shelf else None
        return self.figures[series].get(start) if series else None
