"""The figures of a delivery that were resolved: columns in key order (series, then period)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Self, TypeVar

import numpy as np

from metrics.ingestion import quotients
from metrics.ingestion.delivery import Delivery, RowError, Rows
from metrics.ingestion.notation import canonical_column
from metrics.ingestion.reasons import reasons_of
from metrics.ingestion.reasons import refusals as too_long
from metrics.ingestion.resolution import Resolution, Slot
from metrics.ingestion.staging import escaped

T = TypeVar("T")
COLUMNS = ("row", "series", "slot", "value", "numerator", "denominator", "reason")
ORDINAL = attrgetter("ordinal")
NAMED = 3
"""How many rows that contradict it the refusal of a row names: thousands may give the same cell."""


@dataclass(frozen=True)
class Figures:
    """Index i of each column belongs to one figure; `row` is its place in the delivery.

    Of the rows in `computed` the value was not given: it follows from their parts.
    """

    row: list[int]
    series: list[int]
    slot: list[Slot]
    value: list[str]
    numerator: list[str]
    denominator: list[str]
    reason: list[str]
    computed: frozenset[int]

    @classmethod
    def of(cls, rows: Rows, resolution: Resolution, delivery: Delivery) -> Self:
        """Those rows that no fault refuses, with canonical figures and their reasons.

        Faults of notation, and reasons that are too long, join the refusals.
        """
        refusals, numbers = resolution.refusals, []
        for column in (rows.value, rows.numerator, rows.denominator):
            canonical, faults = canonical_column(column)
            numbers.append(canonical)
            for row, message in faults.items():
                refusals.setdefault(row, RowError(row, "not_a_number", message))
        computed = frozenset[int]()
        if delivery.by_hand and "" in numbers[0]:
            value, numerator, denominator = numbers
            numbers[0], computed, faults = quotients.fill(value, numerator, denominator, resolution.slots)
            refusals |= {row: RowError(row, "not_a_number", why) for row, why in faults.items() if row not in refusals}
        reasons = reasons_of(rows, delivery.reason)
        for row, refused in too_long(reasons, delivery.reason).items():
            refusals.setdefault(row, refused)
        order = _key_order(resolution)
        columns = (range(len(rows)), resolution.series, resolution.slots, *numbers, reasons)
        ordered: dict[str, Any] = {
            name: list(map(column.__getitem__, order)) for name, column in zip(COLUMNS, columns, strict=True)
        }
        return cls(**ordered, computed=computed)

    def __len__(self) -> int:
        return len(self.row)

    def only(self, keep: Sequence[bool]) -> Self:
        """The figures at whose index `keep` is true."""
        left: dict[str, Any] = {
            name: [item for item, kept in zip(getattr(self, name), keep, strict=True) if kept] for name in COLUMNS
        }
        return replace(self, **left)

    def without(self, rows: set[int]) -> Self:
        return self.only([row not in rows for row in self.row]) if rows else self

    def repeats(self) -> tuple[set[int], dict[int, RowError]]:
        """Rows that say again what another row says, and refusals of those that contradict another row."""
        keys = list(zip(self.series, map(ORDINAL, self.slot), strict=True))
        if len(set(keys)) == len(keys):
            return set(), {}
        again: set[int] = set()
        refusals: dict[int, RowError] = {}
        for _, group in groupby(range(len(keys)), keys.__getitem__):
            said: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
            for i in group:
                said[self.value[i], self.numerator[i], self.denominator[i]].append(self.row[i])
            if len(said) == 1:
                again.update(*(rows[1:] for rows in said.values()))
            else:
                refusals |= _contradictions(list(said.values()))
        return again, refusals

    def lines(self) -> Iterator[str]:
        """The figures as COPY wants them."""
        escapes = {reason: escaped(reason) for reason in set(self.reason)}
        reasons = map(escapes.__getitem__, self.reason)
        slots = (slot.columns for slot in self.slot)
        return map("\t".join, zip(map(str, self.row), self._series, slots, self._parts, reasons, strict=True))

    def digest(self, restated: set[int]) -> str:
        """What the audit keeps of a delivery's figures: SHA-256, in hexadecimal, over a line a figure in key order.

        A line has series, first day, definition, value, numerator, denominator and, of a restatement, its reason, with
        tabs between; figures in their shortest plain notation.
        """
        places = (slot.place for slot in self.slot)
        reasons = [reason if row in restated else "" for row, reason in zip(self.row, self.reason, strict=True)]
        lines = map("\t".join, zip(self._series, places, self._parts, reasons, strict=True))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def first_slots(self) -> dict[int, Slot]:
        """Each series once, with the slot of its first period."""
        last_first = dict(zip(reversed(self.series), reversed(self.slot), strict=True))
        return dict(reversed(last_first.items()))

    def touched(self) -> tuple[list[int], list[date]]:
        """Each series once, with the start of its first period."""
        first = self.first_slots()
        return list(first), [slot.start for slot in first.values()]

    @cached_property
    def _series(self) -> list[str]:
        return list(map(str, self.series))

    @cached_property
    def _parts(self) -> list[str]:
        """Value, numerator and denominator, as both COPY and the digest want them."""
        return list(map("\t".join, zip(self.value, self.numerator, self.denominator, strict=True)))


def _key_order(resolution: Resolution) -> list[int]:
    """The indexes of rows that are not refused, by series and period; identical keys stay as delivered."""
    series = np.array([pk or 0 for pk in resolution.series], np.int64)
    ordinals = np.array([slot.ordinal if slot else 0 for slot in resolution.slots], np.int64)
    order = np.lexsort((ordinals, series)).tolist()
    if not resolution.refusals:
        return order
    return [row for row in order if row not in resolution.refusals]


def _contradictions(said: list[list[int]]) -> dict[int, RowError]:
    """Refusals of the rows of one cell, which come by the figure that they give: each names a few of the others."""
    first = sorted(row for rows in said[: NAMED + 1] for row in rows[:NAMED])
    total = sum(map(len, said))
    refusals: dict[int, RowError] = {}
    for rows in said:
        others = [row for row in first if row not in rows[:NAMED]][:NAMED]
        sentence = _contradicted([f"{row + 1}" for row in others], total - len(rows) - len(others))
        refusals |= {row: RowError(row, "duplicate_in_batch", sentence) for row in rows}
    return refusals


def _contradicted(others: list[str], left: int) -> str:
    *before, last = [*others, f"{left} more"] if left else others
    named = f"Rows {', '.join(before)} and {last} give" if before else f"Row {last} gives"
    return f"{named} another figure for the same cell; send one."
