"""The figures of a folder, looked through once before they are loaded, and handed over in deliveries. No database."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from operator import itemgetter
from typing import Any

from benchmarks.folder import Notes, Row, code_of, name_of
from metrics.ingestion import segments
from metrics.ingestion.periods import from_inclusive, read
from metrics.ingestion.unstorable import is_storable
from truthgov.periods import Grain

ROWS_A_DELIVERY = 50_000
EMPTY = {"nan", "null", "none", "n/a", "na", "-"}
"""How an optional part is written that is not there."""
UNNAMED = "source not named"
LONGEST_NAME, LONGEST_VALUE, LONGEST_KEY = 80, 200, 500
"""What the database holds of a dimension, its value, and a segment."""
LEAST_SHARE, NEAR, NEARLY_ALL = 0.02, 0.01, 0.95
"""Shares below the first say nothing of their scale; from there on the second tells the scales apart. The third is how
many rows have to agree: a figure that cannot be so hides no scale."""

Record = dict[str, str]


@dataclass
class Seen:
    """What the figures of a measure look like: how often each source, and which spans, scales and least value."""

    sources: Counter[str] = field(default_factory=Counter)
    spans: set[str] = field(default_factory=set)
    scales: Counter[int] = field(default_factory=Counter)
    lowest: float = 0.0

    def take(self, row: Row) -> None:
        value, part, whole = (_number(row.get(name, "")) for name in ("value", "numerator", "denominator"))
        self.spans.add(from_inclusive(row["period_start"], row["period_end"]))
        if value is None:
            return
        self.lowest = min(self.lowest, value)
        if part is not None and whole and whole > 0 and part / whole >= LEAST_SHARE:
            self.scales[_scale(value, part / whole)] += 1

    @property
    def scale(self) -> int | None:
        """What its values are multiples of their parts' share by: 1, 100, or neither in all but a few."""
        scale, rows = max(self.scales.items(), key=itemgetter(1), default=(0, 0))
        return scale if scale and rows >= NEARLY_ALL * self.scales.total() else None

    @property
    def grain(self) -> Grain | None:
        """The one grain of which all its spans are periods."""
        return next((grain for grain in Grain if self.spans and all(_is_one(span, grain) for span in self.spans)), None)


class Observed:
    """What a look through the figures finds: their measures, segments as spelled, and cells that come again.

    `declared` are the sources of record by measure, as the sheet of measures names them.
    """

    def __init__(self, rows: Callable[[], Iterator[Row]], declared: dict[str, str], notes: Notes) -> None:
        self.rows, self.declared, self.notes = rows, declared, notes
        self.measures: defaultdict[str, Seen] = defaultdict(Seen)
        self.divisors: dict[str, int] = {}
        self.own: dict[str, dict[str, tuple[str, Any]]] = {}
        self._segments: dict[str, str] = {}
        self._again: set[int] = set()
        self._survey()

    @property
    def segments(self) -> set[str]:
        """Those that can be stored, as JSON of texts."""
        return set(self.own)

    @property
    def sources(self) -> set[str]:
        return {source for seen in self.measures.values() for source in seen.sources}

    def deliveries(self) -> Iterator[list[Record]]:
        """The figures in deliveries of which none names a cell twice: the n-th figure of a cell comes in round n.

        Where rows say when they were received, the last one received of a cell comes last.
        """
        again: defaultdict[int, list[Row]] = defaultdict(list)
        yield from _batches(self.record(row) for row in self._once(again))
        rounds: list[list[Row]] = []
        for rows in again.values():
            for number, row in enumerate(_as_received(rows)):
                if number == len(rounds):
                    rounds.append([])
                rounds[number].append(row)
        for rows in rounds:
            yield from _batches(map(self.record, rows))

    def record(self, row: Row) -> Record:
        """A row of the sheet as one of a delivery."""
        code = code_of(row["measure_code"])
        period = from_inclusive(row["period_start"], row["period_end"])
        value = _divided(row["value"], self.divisors.get(code, 1))
        parts = {name: self._part(row.get(name, ""), name) for name in ("numerator", "denominator")}
        return {"measure": code, "segment": self.segment_of(row), "period": period, "value": value,
                **parts, "source": self.source_of(code, row)}  # fmt: skip

    def source_of(self, code: str, row: Row) -> str:
        """Where a row's figure comes from: where it does not say, its measure's source of record."""
        return name_of(row.get("source", "")) or self.declared.get(code) or UNNAMED

    def segment_of(self, row: Row) -> str:
        """A row's segment, as JSON of trimmed texts; as it stands where intake has to refuse it."""
        text = row.get("segment_json", "")
        if text not in self._segments:
            self._segments[text] = self._fit_segment(text)
        return self._segments[text]

    def as_spelled(self, values: dict[str, str]) -> dict[str, Any]:
        """Dimension values as the folder spells them."""
        own = self.own.get(segments.key_of(values), {})
        return dict(own.get(name, (name, value)) for name, value in values.items())

    def _survey(self) -> None:
        known: set[int] = set()
        for row in self.rows():
            code = code_of(row["measure_code"])
            seen = self.measures[code]
            seen.sources[self.source_of(code, row)] += 1
            seen.take(row)
            cell = self._cell(row)
            (self._again if cell in known else known).add(cell)

    def _cell(self, row: Row) -> int:
        """Tells cells apart, if by chance not always: then a figure comes in a later round, which changes nothing."""
        code = code_of(row["measure_code"])
        period = from_inclusive(row["period_start"], row["period_end"])
        return hash((code, self.segment_of(row), period, self.source_of(code, row)))

    def _once(self, again: defaultdict[int, list[Row]]) -> Iterator[Row]:
        """The rows whose cell comes once; the others are put with their cell."""
        for row in self.rows():
            cell = self._cell(row) if self._again else 0
            if cell in self._again:
                again[cell].append(row)
            else:
                yield row

    def _fit_segment(self, text: str) -> str:
        try:
            values = json.loads(text.strip() or segments.WHOLE) or {}
            own = {str(name).strip(): (name, value) for name, value in values.items()}
            key = segments.key_of({name: _worded(value) for name, (_, value) in own.items()})
        except (ValueError, AttributeError, RecursionError):
            return text
        if len(key) > LONGEST_KEY or any(map(_is_long, own.items())):
            return f"too long: {text}"
        if not is_storable(key):
            return text
        self.own.setdefault(key, own)
        return key

    def _part(self, text: str, name: str) -> str:
        if text.strip().casefold() not in EMPTY:
            return text
        self.notes.count(f"{name} {text.strip()!r} is read as empty.")
        return ""


def _as_received(rows: list[Row]) -> list[Row]:
    """The figures of a cell in the order in which they were received, or as they stand where not all say when."""
    try:
        return sorted(rows, key=lambda row: _moment(row["received_at"]))
    except (KeyError, ValueError):
        return rows


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    left = iter(records)
    while batch := list(islice(left, ROWS_A_DELIVERY)):
        yield batch


def _worded(value: Any) -> str:
    """A dimension value as intake words it, and a number with a point as it stands; ValueError for what is none."""
    if value is None or isinstance(value, dict | list):
        raise ValueError(value)
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _is_long(named: tuple[str, tuple[str, Any]]) -> bool:
    name, (_, value) = named
    return len(name) > LONGEST_NAME or len(_worded(value)) > LONGEST_VALUE


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _scale(value: float, share: float) -> int:
    if abs(value - share) <= NEAR:
        return 1
    return 100 if abs(value / 100 - share) <= NEAR else 0


def _divided(text: str, divisor: int) -> str:
    if divisor == 1:
        return text
    try:
        return f"{Decimal(text.strip()) / divisor:f}"
    except InvalidOperation:
        return text


def _is_one(span: str, grain: Grain) -> bool:
    try:
        return bool(read(span, grain))
    except ValueError:
        return False
