"""An organisation's figures as deliveries: rows of texts as senders write them, in batches of ten thousand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from benchmarks.organisation import Organisation
from metrics.ingestion import Rows
from truthgov.periods import Grain, Period

BATCH = 10_000
FIRST_SOURCE, SECOND_SOURCE = "ledger", "survey"
DRIFT = 1.01
"""What the second source reports of the first one's figure."""


@dataclass(frozen=True)
class Batch:
    """One delivery from one source."""

    source: str
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def as_json(self) -> bytes:
        """The body of the request that delivers it."""
        rows = self.rows
        columns = zip(
            rows.measure, rows.period, rows.segment, rows.value, rows.numerator, rows.denominator, strict=True
        )
        lines = (_line(*row) for row in columns)
        return ('{"source": "%s", "rows": [\n%s\n]}' % (self.source, ",\n".join(lines))).encode()  # noqa: UP031


def batches(organisation: Organisation, *, before: date, which: slice = slice(None)) -> Iterator[Batch]:
    """Some months of all figures (`which`, else all), series by series; the last one is complete before a day."""
    size = organisation.size
    cells = np.arange(size.measures * size.segments * size.months)
    cells = cells.reshape(size.measures, size.segments, size.months)[:, :, which]
    places = cells.ravel()
    for start in range(0, len(places), BATCH):
        yield Batch(FIRST_SOURCE, _rows(organisation, places[start : start + BATCH], before))
    whole = cells[: size.two_sources, 0].ravel()
    yield Batch(SECOND_SOURCE, _rows(organisation, whole, before, factor=DRIFT))


def months(count: int, before: date) -> list[Period]:
    """The last complete months before a day, in order."""
    now = Period.containing(before, Grain.MONTH)
    return [now.shift(number - count) for number in range(count)]


def _rows(organisation: Organisation, places: NDArray[np.int64], before: date, factor: float = 1.0) -> Rows:
    size = organisation.size
    measure, segment, month = np.unravel_index(places, (size.measures, size.segments, size.months))
    values, numerators, denominators = (column.ravel()[places] for column in organisation.figures)
    codes, periods = [entry.code for entry in organisation.entries], [each.code for each in months(size.months, before)]
    empty = [""] * len(places)
    return Rows(
        [codes[number] for number in measure], [periods[number] for number in month],
        [organisation.spoken[number] for number in segment],
        [f"{value:.6f}" for value in np.minimum(values * factor, np.where(np.isnan(numerators), np.inf, 1.0))],
        _whole(numerators) if factor == 1.0 else empty, _whole(denominators) if factor == 1.0 else empty, empty, empty,
    )  # fmt: skip


def _whole(parts: NDArray[np.float64]) -> list[str]:
    return ["" if part != part else f"{part:.0f}" for part in parts.tolist()]


def _line(measure: str, period: str, segment: str, value: str, numerator: str, denominator: str) -> str:
    parts = f', "numerator": {numerator}' if numerator else ""
    parts += f', "denominator": {denominator}' if denominator else ""
    return f'{{"measure": "{measure}", "period": "{period}", "segment": {segment}, "value": {value}{parts}}}'
