"""Figures of two measures to ask questions of, in a table as the questions want it, and the detectors' view of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from benchmarks.declaring import DECIMALS
from benchmarks.organisation import Entry
from benchmarks.rivals.figures import TABLE, Asked
from metrics.assessment.looks import Look
from metrics.detection.batch import Batch, Side, Unit, Verdict
from metrics.detection.kinds import KINDS
from truthgov.periods import Grain, Period

KPI, OUTCOME = 1, 2
FIRST, SECOND = 10, 11
SEGMENTS, MONTHS, CASES = 12, 48, 400.0
LATEST = Period.parse("2026-10", Grain.MONTH)
OF_PARTS = ("mix", "inconsistency")
UNITS = {"fraction": Unit.FRACTION, "index": Unit.MEAN, "count": Unit.COUNT}
BASES = {"fraction": 0.5, "index": 50.0, "count": 3000.0}
Question = Callable[[Asked, Sequence[Look]], str]


@dataclass
class Figures:
    """What both measures show, segments × months, by measure and source; segment 0 is the whole of the others."""

    unit: str
    values: dict[tuple[int, int], NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def of(cls, unit: str, kpi: NDArray[np.float64], outcome: NDArray[np.float64], seed: int = 1) -> "Figures":
        """Figures that lie so many deviations from where they usually are."""
        figures, random = cls(unit), np.random.default_rng(seed)
        for measure, deviations in ((KPI, kpi), (OUTCOME, outcome)):
            base, spread = BASES[unit], figures.entry(measure).spread
            values = base * np.exp(spread * deviations) if unit == "count" else base + spread * deviations
            if unit == "fraction":
                values = np.round(random.binomial(int(CASES), np.clip(values, 0.01, 0.99)) / CASES, 6)
            values[0] = values[1:].mean(axis=0)
            figures.values[measure, FIRST] = values
        figures.values[KPI, SECOND] = figures.values[KPI, FIRST].copy()
        return figures

    def entry(self, measure: int) -> Entry:
        return Entry(str(measure), self.unit, True, measure == OUTCOME, 0, 0, BASES[self.unit])

    @property
    def sizes(self) -> NDArray[np.float64]:
        """Denominators by segment, those of the whole being the sum of the others."""
        sizes = np.full(len(self.values[KPI, FIRST]), np.nan if self.unit == "count" else CASES)
        sizes[0] = sizes[1:].sum()
        return sizes

    def found(self, kind: str, question: Question) -> list[int]:
        """The segments that a question finds."""
        asked = Asked({side: self.entry(side) for side in (KPI, OUTCOME)}, FIRST, LATEST.start)
        with connection.cursor() as cursor:
            self._fill(cursor)
            cursor.execute(question(asked, looks(kind)))
            return sorted({int(segment) for (segment, *_) in cursor.fetchall()})

    def detected(self, kind: str) -> list[int]:
        """The segments that the product's detector finds, each pair by itself."""
        kpi, outcome = self._side(KPI), self._side(OUTCOME)
        parts = kind in OF_PARTS
        if kind == "source_disagreement":
            outcome = self._side(KPI, SECOND)
        if parts:
            whole = np.zeros(len(outcome.values), int)
            kpi = outcome.rows(whole)
        batch = Batch.of(kpi, outcome, np.array([MONTHS - 1]), of_parent=parts, shares_unit=True)
        flagged = KINDS[kind](batch).verdict[:, 0] == Verdict.FLAG
        return [int(segment) for segment in np.flatnonzero(flagged) if segment or not parts]

    def _side(self, measure: int, source: int = FIRST) -> Side:
        entry, values = self.entry(measure), self.values[measure, source]
        return Side.of(
            values, np.broadcast_to(self.sizes[:, None], values.shape), direction=1, unit=int(UNITS[self.unit]),
            target=entry.bound(0.8) or np.nan, red_threshold=entry.bound(1.6) or np.nan,
            min_effect=entry.spread / 2 if entry.has_target else np.nan,
            reliable_from=30 if self.unit == "fraction" else np.nan, decimals=DECIMALS[self.unit],
        )  # fmt: skip

    def _fill(self, cursor) -> None:
        months: list[date] = [LATEST.shift(number + 1 - MONTHS).start for number in range(MONTHS)]
        sizes = [None if size != size else float(size) for size in self.sizes]
        rows = [
            (measure, source, segment, months[month], float(value), sizes[segment], 0 if segment else None,
             float(values[0, month]) if segment else None, sizes[0] if segment else None)
            for (measure, source), values in self.values.items()
            for (segment, month), value in np.ndenumerate(values)
            if value == value
        ]  # fmt: skip
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"""CREATE TEMP TABLE {TABLE} AS
            SELECT measure, source, segment, month, value, value * denominator AS numerator, denominator, whole,
                whole_value, whole_denominator
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::float8[], %s::float8[], %s::bigint[],
                %s::float8[], %s::float8[]) AS told(measure, source, segment, month, value, denominator, whole,
                whole_value, whole_denominator)""",
            list(map(list, zip(*rows, strict=True))),
        )
        cursor.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (measure, source, segment, month)")
        cursor.execute(f"ANALYZE {TABLE}")


def looks(kind: str) -> list[Look]:
    """What a rule of a kind looks at, of these two measures."""
    sides = {"source_disagreement": (KPI, KPI), **dict.fromkeys(OF_PARTS, (OUTCOME, OUTCOME))}.get(kind, (KPI, OUTCOME))
    sources = (FIRST, SECOND) if kind == "source_disagreement" else None
    found = [Look(1, kind, *sides, 0, np.nan, np.nan, sources)]
    if kind == "definition_break":
        found.insert(0, Look(1, kind, KPI, KPI, 0, np.nan, np.nan, None))
    return found
