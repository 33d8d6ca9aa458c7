"""Derived figures, computed anew from what was touched: before it is judged, and through the one door.

A level of formulas at a time, each in a transaction of its own: what is stored touches in its turn what is computed
from it. May run twice, at once, or die in between: the touched sets stay until they are judged, and what is computed
again says nothing new.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import structlog
from django.db import connection

from metrics.formulas import Figure, FormulaError, compute, read_formula, why_not
from metrics.formulas.grammar import codes_in
from metrics.holding import holding, shown_source
from metrics.ingestion import Delivery, Rows, ingest
from metrics.known import Known, figures
from metrics.ledger import plain
from metrics.models import (
    Definition,
    Measure,
    Observation,
    Provenance,
    Segment,
    Series,
    Source,
    SourceOfRecord,
    Submission,
    TouchedSet,
)
from metrics.models.source import DERIVED
from metrics.withdrawing import Unknown, make_unknown
from truthgov import audit
from truthgov.actor import Actor
from truthgov.periods import Grain, Period

log = structlog.get_logger(__name__)

CLOCKWORK = Actor(clockwork="formulas")
TOUCHED = """
    SELECT series.measure_id, series.segment_id, min(touched.first)
    FROM metrics_touchedset each CROSS JOIN LATERAL unnest(each.series, each.first_periods) AS touched(series, first)
    JOIN metrics_series series ON series.id = touched.series
    WHERE each.id = ANY(%s) AND series.measure_id = ANY(%s) GROUP BY series.measure_id, series.segment_id"""

FAILURES = (ArithmeticError, LookupError, ValueError)
"""What a formula may raise: it leaves one figure unknown, and takes no other with it."""
Asked = dict[tuple[int, int], date]
"""A derived measure in a segment, and the first day from which it is computed anew."""


def recompute(touched: Collection[int]) -> list[int]:
    """Compute what is derived, at any remove, from what these touched sets touch; the sets that this noted."""
    noted: list[int] = []
    level = list(touched)
    while level := _recompute_level(level):
        noted += level
    return noted


def _recompute_level(touched: list[int]) -> list[int]:
    derived = Definition.objects.approved().exclude(derivation="").values_list("measure", "derivation")
    inputs: dict[int, set[str]] = defaultdict(set)
    for measure, derivation in derived:
        inputs[measure].update(_codes(derivation))
    asked = _asked(touched, inputs) if inputs else {}
    if not asked:
        return []
    with audit.act():
        # Whoever holds a measure sees every figure that was stored before: read after it, nothing stale is written.
        measures = Measure.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        derived_measures = list(measures.filter(pk__in={measure for measure, _ in asked}))
        return _store([cell for cell in _Computing(derived_measures, inputs, asked).cells() if cell.differs])


def _codes(derivation: str) -> tuple[str, ...]:
    """The codes that a formula names; none where it cannot be read, so that the others are computed all the same."""
    try:
        return codes_in(derivation)
    except FormulaError as error:
        log.warning("a formula in force cannot be read", formula=derivation, why=str(error))
        return ()


def _asked(touched: list[int], inputs: dict[int, set[str]]) -> Asked:
    codes = set().union(*inputs.values())
    numbers = dict(Measure.objects.filter(code__in=codes).values_list("pk", "code"))
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [touched, list(numbers)])
        rows = cursor.fetchall()
    asked: Asked = {}
    for number, segment, first in rows:
        for measure, codes in inputs.items():
            if numbers[number] in codes:
                asked[measure, segment] = min(first, asked.get((measure, segment), first))
    return asked


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


class _Computing:
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
                 for code in _codes(version.derivation)}  # fmt: skip
        shelves = [self.shelves.get((self.numbers[code], segment)) for code in codes if code in self.numbers]
        held = [pk for shelf in shelves if shelf for pk, _ in shelf.series]
        own = self.standing.get((measure, segment), 0)
        return {start for pk in (*held, own) for start in self.figures[pk] if start >= first}

    def _cell(self, measure: Measure, segment: Segment, definition: Definition, start: date) -> Iterator[Cell]:
        codes = _codes(definition.derivation)
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


def _store(cells: list[Cell]) -> list[int]:
    """Send figures through the door, and say of the others that they are unknown; the touched sets that this noted."""
    computed = [cell for cell in cells if cell.figure]
    unknown = [cell.unknown(cell.why) for cell in cells if not cell.figure]
    noted, refused = _send(computed) if computed else ([], [])
    return noted + make_unknown([*unknown, *refused], by=CLOCKWORK)


def _send(cells: list[Cell]) -> tuple[list[int], list[Unknown]]:
    """Figures with what they were computed from; the touched set that this noted, if any, and what cannot be."""
    Source.derived()
    rows = Rows.of({**cell.row, "reason": reason} for cell, reason in zip(cells, _reasons(cells), strict=True))
    outcome = ingest(rows, Delivery(Submission.Channel.COMPUTED, source=DERIVED, lenient=True), by=CLOCKWORK)
    refused = [cells[each.row].unknown(each.message) for each in outcome.refusals]
    if outcome.submission is None:
        return [], refused
    of_cell = {(cell.measure.pk, cell.segment.pk, cell.period.start): cell for cell in cells}
    stored = Observation.objects.filter(submission=outcome.submission)
    Provenance.objects.bulk_create(
        Provenance(observation_id=pk, inputs=sorted(of_cell[measure, segment, start].inputs))
        for pk, measure, segment, start in stored.values_list(
            "pk", "series__measure", "series__segment", "period_start"
        )
    )
    return list(TouchedSet.objects.filter(submission=outcome.submission).values_list("pk", flat=True)), refused


def _reasons(cells: Iterable[Cell]) -> Iterator[str]:
    """Why each figure changes, where one stands already: which of its inputs were given anew."""
    kept = list(cells)
    standing = {cell.standing.observation for cell in kept if cell.standing}
    before = {each.observation_id: set(each.inputs) for each in Provenance.objects.filter(pk__in=standing)}
    cited = {pk for cell in kept if cell.standing for pk in cell.inputs}
    said = dict(Observation.objects.filter(pk__in=cited, restates__isnull=False).values_list("pk", "reason"))
    for cell in kept:
        yield _reason(cell, before.get(cell.standing.observation, set()), said) if cell.standing else ""


def _reason(cell: Cell, before: set[int], said: dict[int, str | None]) -> str:
    news = [
        f"{code} was restated ({said[pk]})" if pk in said else f"{code} has another figure of record"
        for pk, code in cell.inputs.items() if pk not in before
    ]  # fmt: skip
    return f"recomputed: {'; '.join(news) or f'version {cell.version} of the definition holds'}"
