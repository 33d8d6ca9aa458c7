"""From the words of a delivery to the records they name, in sets: a fixed number of queries for any number of rows."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple, TypeVar

from django.db.models import Q

from metrics.dictionary.holding import holding
from metrics.ingestion import periods, segments, unstorable
from metrics.ingestion.delivery import Delivery, RowError, Rows, SourceDenied
from metrics.ingestion.permission import Permission
from metrics.ingestion.serieskeys import SeriesKey, series_of
from metrics.ingestion.spellings import Spellings
from metrics.ingestion.unstorable import is_storable
from metrics.models import Definition, Measure, SeriesChunk, Source, Submission
from truthgov.periods import Grain

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Cell = tuple[str, str, str]
"""A series in the words of a row: measure, segment and source."""
NO_FUNCTION = "no function supplies them: its journey's owner does, or a feed that they or an administrator save"


class Fault(NamedTuple):
    """Why what a row names cannot be taken."""

    code: str
    message: str


class Slot(NamedTuple):
    """Where the figures of a measure in a period belong, and under which definition."""

    start: date
    ordinal: int
    first_year: int
    """Of the chunk of its series that holds it."""
    definition_id: int
    unit: str
    grain: str
    is_late: bool
    columns: str
    """Its columns of the staging table, as COPY wants them."""
    place: str
    """Its start and definition, as the digest wants them."""


class Entry(NamedTuple):
    """A measure with its approved definitions, in the order in which they were decided."""

    measure_id: int
    definitions: list[Definition]
    may_submit: bool
    has_function: bool


class Resolution(NamedTuple):
    """What each row names; None where the row is among the `refusals`.

    `standing` series were there before; those in `made` are made by this transaction, and seen by nobody else yet.
    """

    series: list[int | None]
    slots: list[Slot | None]
    refusals: dict[int, RowError]
    standing: set[int]
    made: set[int]
    source_id: int | None
    """The delivery's one source, where it has one."""


def resolve(rows: Rows, delivery: Delivery, permission: Permission, *, today: date) -> Resolution:
    """Resolve measures, periods, segments and sources, and make the series that did not exist.

    Raises SourceDenied where a row's source is not the sender's to push.
    """
    refusals = unstorable.refusals(rows, delivery.reason)
    computed = delivery.channel == Submission.Channel.COMPUTED
    sources = _sources(rows, delivery, permission, computed=computed)
    entries = _entries(set(rows.measure), permission)
    codes = Spellings(lambda: Measure.objects.values_list("code", flat=True))
    slots = _each(
        zip(rows.measure, rows.period, strict=True),
        lambda pair: _slot(entries, codes, *pair, today, computed),
        refusals,
    )
    named, faults = segments.resolve({text for text in set(rows.segment) if is_storable(text)})
    if faults:
        _each(rows.segment, lambda text: Fault("unknown_dimension", faults[text]) if text in faults else text, refusals)
    numbers: defaultdict[Cell, int] = defaultdict(count().__next__)
    cells = list(map(numbers.__getitem__, zip(rows.measure, rows.segment, rows.source, strict=True)))
    wanted = set(cells) if not refusals else {cell for row, cell in enumerate(cells) if row not in refusals}
    keys = {number: SeriesKey(entries[measure].measure_id, named[segment], sources[source])
            for (measure, segment, source), number in numbers.items() if number in wanted}  # fmt: skip
    found = series_of(set(keys.values()))
    ids = [found.ids[keys[number]] if number in wanted else None for number in numbers.values()]
    series = list(map(ids.__getitem__, cells))
    only_source = next(iter(sources.values())) if len(set(sources.values())) == 1 else None
    return Resolution(series, slots, refusals, found.standing, found.made, only_source)


class _Finding(dict[K, V | Fault]):
    """What items name, each distinct one found once."""

    def __init__(self, find: Callable[[K], V | Fault]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, item: K) -> V | Fault:
        found = self[item] = self._find(item)
        return found


def _each(column: Iterable[K], find: Callable[[K], V | Fault], refusals: dict[int, RowError]) -> list[V | None]:
    """Find what each item names; those at fault are None and refuse their rows."""
    finding = _Finding(find)
    found = list(map(finding.__getitem__, column))
    if not any(isinstance(one, Fault) for one in finding.values()):
        return found  # type: ignore[return-value]
    for row, one in enumerate(found):
        if isinstance(one, Fault):
            refusals.setdefault(row, RowError(row, *one))
    return [None if isinstance(one, Fault) else one for one in found]


def _entries(codes: set[str], permission: Permission) -> dict[str, Entry]:
    measures = list(Measure.objects.filter(code__in=[code for code in codes if is_storable(code)]))
    definitions = Definition.objects.filter(measure__in=measures).histories()
    return {
        measure.code: Entry(
            measure.pk,
            definitions.get(measure.pk, []),
            permission.covers(measure.function_id, measure.journey_id),
            measure.function_id is not None,
        )
        for measure in measures
    }


def _slot(
    entries: dict[str, Entry], codes: Spellings, code: str, text: str, today: date, computed: bool
) -> Slot | Fault:
    entry = entries.get(code)
    if entry is None:
        return Fault("unknown_measure", f"No measure {code[:80]!r} is declared.{codes.suggestion(code)}")
    if not entry.may_submit:
        does = "its own function does" if entry.has_function else NO_FUNCTION
        return Fault("not_your_function", f"You may not hand in figures of {code}; {does}.")
    if not entry.definitions:
        return Fault("unknown_measure", f"{code} has no approved definition yet; figures can come once it has.")
    try:
        period = periods.read(text, Grain(entry.definitions[0].grain))
    except ValueError as fault:
        return Fault("period_misaligned", str(fault))
    definition = holding(entry.definitions, period.start)
    if definition is None:
        return Fault("unknown_measure", f"{code} had no approved definition in {period}.")
    if definition.retires:
        return Fault("retired_measure", f"{code} is retired from {definition.starts_on} on: {definition.rationale}")
    if definition.is_derived and not computed:
        inputs = f"{code} is computed as {definition.derivation}"
        return Fault("derived_measure", f"{inputs}; hand in the figures that it is computed from, and leave this out.")
    if period.start > today:
        return Fault("future_period", f"{period} has not begun; figures are taken from its first day on.")
    ordinal, is_late = period.ordinal, period.end + timedelta(days=definition.freshness_days) < today
    first_year = SeriesChunk.first_year_of(period.start.year, definition.grain)
    columns = f"{period.start}\t{ordinal}\t{first_year}\t{definition.pk}\t{definition.unit}"
    return Slot(period.start, ordinal, first_year, definition.pk, definition.unit, definition.grain, is_late, columns,
                f"{period.start}\t{definition.pk}")  # fmt: skip


def _sources(rows: Rows, delivery: Delivery, permission: Permission, *, computed: bool) -> dict[str, int]:
    """Source ids by what rows call them: code or name; an empty one is the delivery's."""
    names = {text or delivery.source for text in set(rows.source)}
    asked = [name for name in names if is_storable(name)]
    open_to_all = Source.objects.all() if computed else Source.objects.handed_in_from()
    called = open_to_all.filter(Q(code__in=asked) | Q(name__in=asked)).order_by()
    found = list(called.values_list("code", "name", "pk"))
    known = {name: pk for _, name, pk in found} | {code: pk for code, _, pk in found}
    mine = {name: pk for name, pk in known.items() if permission.sources is None or pk in permission.sources}
    foreign = sorted(name for name in names if name not in mine)
    if foreign:
        raise SourceDenied(foreign)
    return {text: mine[text or delivery.source] for text in set(rows.source)}
