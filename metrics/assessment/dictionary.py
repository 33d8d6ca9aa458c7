"""What rules look at, and under which definitions and sources of record: in stretches of periods without a change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from django.db import connection

from metrics.assessment.calendar import ONE_IS_ENOUGH
from metrics.assessment.looks import Look
from metrics.assessment.terms import AS_DECLARED, JUDGING, State, Terms
from metrics.detection.batch import Unit
from metrics.detection.comparing import EVER, EVERYTHING, NEVER, Change, Comparable, comparable
from metrics.detection.handoff import judged_as_share
from metrics.detection.kinds import DELAYED
from metrics.dictionary.holding import succession
from metrics.models import Definition, Rule
from metrics.prepared import Prepared
from truthgov.periods import Grain, Period

T = TypeVar("T")
UNITS: dict[str, Unit] = {Definition.Unit.FRACTION: Unit.FRACTION, Definition.Unit.COUNT: Unit.COUNT}
DEFINITIONS = Prepared("definitions", """
    SELECT measure_id, grain, starts_on, id, version, coalesce(nullif(currency, ''), unit), unit, direction,
        coalesce(target::float8, 'NaN'), coalesce(red_threshold::float8, 'NaN'), coalesce(min_effect::float8, 'NaN'),
        coalesce(reliable_from::float8, 'NaN'), decimals, source_tolerance::float8, retires,
        changes_counting, coalesce(bridge_factor::float8, 'NaN'), bridge_offset::float8
    FROM metrics_definition WHERE status = 'approved' AND measure_id = ANY(%(measures)s::bigint[])
    ORDER BY measure_id, version""",
    measures="bigint[]",
)  # fmt: skip
RECORDS = Prepared("sources_of_record", """
    SELECT measure_id, starts_on, source_id, settles_id FROM metrics_sourceofrecord
    WHERE measure_id = ANY(%(measures)s::bigint[]) ORDER BY measure_id, id""",
    measures="bigint[]",
)  # fmt: skip


class Meaning(NamedTuple):
    """What detection needs of a definition, as plain numbers; NaN where it is silent."""

    pk: int
    version: int
    unit_name: str
    unit: int
    direction: float
    target: float
    red_threshold: float
    min_effect: float
    reliable_from: float
    decimals: int
    source_tolerance: float
    retires: bool = False
    change: Change | None = None
    """Its change of counting, if it is one."""
    compared: Comparable = EVERYTHING
    tuned: int = 0
    """The version of a rule that says some of this instead."""

    @property
    def is_changed(self) -> bool:
        """Do figures counted otherwise lie before or after it?"""
        return self.compared is not EVERYTHING

    def under(self, terms: Terms) -> "Meaning":
        """What it is for a rule whose version says otherwise."""
        if terms is AS_DECLARED:
            return self
        said = {name: getattr(terms, name) for name in ("min_effect", "reliable_from")}
        said = {name: value for name, value in said.items() if value == value}
        return self._replace(tuned=terms.pk, **said) if said else self


class Record(NamedTuple):
    """The source of record of a measure, None where none was named, and the other source which that settles."""

    source: int | None = None
    settles: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A rule over the periods `first` to `last` (ordinals of `grain`), in which nothing it is judged by changes.

    `kpi_source` and `outcome_source` are the sources to be read, None for the first that reported; `terms` say how it
    judges there.
    """

    look: Look
    grain: Grain
    first: int
    last: int
    kpi: Meaning
    outcome: Meaning
    kpi_source: int | None
    outcome_source: int | None
    terms: Terms = AS_DECLARED

    @property
    def is_monitored(self) -> bool:
        """Does it judge without opening or feeding cases?"""
        return self.terms.state == State.MONITOR

    @property
    def lag(self) -> int:
        """Periods by which the outcome follows the kpi."""
        return self.look.lag if self.terms.lag is None else self.terms.lag

    @property
    def delay(self) -> int:
        """Periods from a figure of the kpi to the first that it bears on."""
        return self.lag if self.look.kind in DELAYED else 0

    @property
    def tolerance(self) -> float:
        """Relative: what the rule says, else, of two sources, the definition, else the link; NaN: all are silent."""
        if self.terms.tolerance == self.terms.tolerance:
            return self.terms.tolerance
        return self.kpi.source_tolerance if self.look.sources else self.look.tolerance

    @property
    def shares_unit(self) -> bool:
        """Can one side be held against the other, figure by figure?"""
        return self.kpi.unit_name == self.outcome.unit_name

    @property
    def of_parent(self) -> bool:
        """Is a part held against its whole though no link says so?"""
        return self.look.of_whole and not self.look.is_declared

    @property
    def one_is_enough(self) -> bool:
        """May a single period make a finding?"""
        needed = self.terms.periods_needed
        return ONE_IS_ENOUGH[self.grain] if needed is None else needed == 1

    @property
    def is_share(self) -> bool:
        """Is this a handoff that is judged by the share of what was passed on that arrived?"""
        as_share = judged_as_share(self.shares_unit, self.look.expected, self.outcome.red_threshold)
        return self.look.kind == Rule.Kind.HANDOFF and bool(as_share)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Definitions and sources of record of some measures, each history in the order in which it was decided."""

    grains: dict[int, Grain]
    meanings: dict[int, list[tuple[int, Meaning]]]
    records: dict[int, list[tuple[int, Record]]]

    def spans(self, look: Look) -> Iterable[Span]:
        """The stretches in which a rule judges; none while a side is not defined, or the sides differ in grain."""
        grain = self.grains.get(look.outcome)
        if grain is None or self.grains.get(look.kpi) is not grain:
            return ()
        if not look.versions:
            return self._spans_under(look, look.initial, grain, EVER, NEVER) if look.initial.state in JUDGING else ()
        return self._spans_by_version(look, grain)

    def _spans_by_version(self, look: Look, grain: Grain) -> Iterator[Span]:
        decided = [(_first_ordinal(starts_on, grain), terms) for starts_on, terms in look.versions]
        for first, last, (terms,) in stretches([succession([(EVER, look.initial), *decided])]):
            if terms.state in JUDGING:
                yield from self._spans_under(look, terms, grain, first, last)

    def _spans_under(self, look: Look, terms: Terms, grain: Grain, begin: int, end: int) -> list[Span]:
        """The stretches between two periods, under the same version of the rule."""
        lag = look.lag if terms.lag is None else terms.lag
        histories = (
            _delayed(self.meanings[look.kpi], lag),
            self.meanings[look.outcome],
            _delayed(self.records[look.kpi], lag),
            self.records[look.outcome],
        )
        spans = []
        for first, last, (kpi, outcome, *records) in stretches(histories):
            sources = _sources(look, *records)
            first, last = max(first, begin), min(last, end)
            if sources is not None and first <= last and not (kpi.retires or outcome.retires):
                spans.append(Span(look, grain, first, last, kpi.under(terms), outcome.under(terms), *sources, terms))
        return spans


def _delayed(history: list[tuple[int, T]], lag: int) -> list[tuple[int, T]]:
    return [(start + lag, what) for start, what in history] if lag else history


def dictionary_of(measures: Iterable[int]) -> Dictionary:
    """What is defined for some measures, in two queries."""
    wanted = sorted(set(measures))
    grains: dict[int, Grain] = {}
    decided: dict[int, list[tuple[int, Meaning]]] = defaultdict(list)
    named: dict[int, list[tuple[int, Record]]] = defaultdict(lambda: [(EVER, Record())])
    with connection.cursor() as cursor:
        DEFINITIONS.ask(cursor, {"measures": wanted})
        for measure, grain, starts_on, *said in cursor.fetchall():
            grains[measure] = Grain(grain)
            decided[measure].append((_first_ordinal(starts_on, grains[measure]), _meaning(*said)))
        RECORDS.ask(cursor, {"measures": list(grains)})
        for measure, starts_on, *sources in cursor.fetchall():
            named[measure].append((_first_ordinal(starts_on, grains[measure]), Record(*sources)))
    meanings = {measure: _compared(succession(versions)) for measure, versions in decided.items()}
    records: dict[int, list[tuple[int, Record]]] = defaultdict(lambda: [(EVER, Record())])
    records |= {measure: succession(sources) for measure, sources in named.items()}
    return Dictionary(grains, meanings, records)


def _compared(history: list[tuple[int, Meaning]]) -> list[tuple[int, Meaning]]:
    """Each version with what it may be compared with."""
    if not any(meaning.change for _, meaning in history):
        return history
    told = comparable([(start, meaning.change) for start, meaning in history])
    return [(start, meaning._replace(compared=each)) for (start, meaning), each in zip(history, told, strict=True)]


def stretches(histories: Sequence[Sequence[tuple[int, Any]]]) -> Iterable[tuple[int, int, list[Any]]]:
    """First and last ordinal of each stretch in which all histories stand still, with what is in force of each.

    A history lists (from which ordinal, what) in the order decided; the latest decided of those begun is in force.
    """
    if max(map(len, histories)) == 1:  # most of them, and a thousand rules are asked at once
        starts, in_force = zip(*(history[0] for history in histories), strict=True)
        return ((max(starts), NEVER - 1, list(in_force)),)
    return _stretches(histories)


def _stretches(histories: Sequence[Sequence[tuple[int, Any]]]) -> Iterator[tuple[int, int, list[Any]]]:
    starts = sorted({start for history in histories for start, _ in history})
    for first, following in pairwise([*starts, NEVER]):
        in_force = [[what for start, what in history if start <= first] for history in histories]
        if all(in_force):
            yield first, following - 1, [history[-1] for history in in_force]


def _sources(look: Look, kpi: Record, outcome: Record) -> tuple[int | None, int | None] | None:
    """The sources a rule reads; None where a pair of sources is settled, or neither of it is of record."""
    if look.sources is None:
        return kpi.source, outcome.source
    first, other = look.sources
    record = first if kpi.source is None else kpi.source
    if record not in look.sources:
        return None
    compared = other if record == first else first
    return None if kpi.settles == compared else (record, compared)


def _meaning(pk: int, version: int, name: str, unit: str, direction: str, target: float, red: float, least: float,
             reliable: float, decimals: int, tolerance: float, retires: bool, counting: bool, factor: float,
             offset: float) -> Meaning:  # fmt: skip
    sign = 1.0 if direction == Definition.Direction.HIGHER else -1.0
    kind, change = UNITS.get(unit, Unit.MEAN), Change(factor, offset) if counting else None
    return Meaning(
        pk, version, name, int(kind), sign, target, red, least, reliable, decimals, tolerance, retires, change
    )


def _first_ordinal(starts_on: date | None, grain: Grain) -> int:
    """The first period that starts on or after a day."""
    if starts_on is None:
        return EVER
    period = Period.containing(starts_on, grain)
    return period.ordinal + (period.start < starts_on)
