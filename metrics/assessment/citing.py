"""The ledger rows that findings lean on: what stood in a window, and whatever was reported of a cell."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.columns import fetch

LEANED_ON = """
    SELECT wanted.number, r.period_start, r.observation_id
    FROM unnest(%s::int[], %s::bigint[], %s::date[], %s::date[]) AS wanted(number, series, first, last)
    JOIN metrics_reading r ON r.series_id = wanted.series AND r.period_start BETWEEN wanted.first AND wanted.last"""
EVER_REPORTED = """
    SELECT wanted.number, o.period_start, o.id
    FROM unnest(%s::int[], %s::bigint[], %s::date[]) AS wanted(number, series, start)
    JOIN metrics_observation o ON o.series_id = wanted.series AND o.period_start = wanted.start"""
COLUMNS = {"number": "i4", "start": "day", "observation": "i8"}


def cited(
    windows: Sequence[tuple[int, int, date, date]], cells: Sequence[tuple[int, int, date]]
) -> Iterator[tuple[int, int]]:
    """Numbers of findings, each with the ledger rows it leans on, once each and oldest first.

    `windows` are (number, series, first, last day): the readings that begin in between. `cells` are (number, series,
    day): all that was ever reported of the period, since a restatement is told by what it restates.
    """
    rows = np.unique(np.concatenate([*_rows(LEANED_ON, windows), *_rows(EVER_REPORTED, cells), _none()]))
    return zip(rows["number"].tolist(), rows["observation"].tolist(), strict=True)


def _rows(select: str, wanted: Sequence[tuple[Any, ...]]) -> Iterator[NDArray[np.void]]:
    if wanted:
        yield fetch(select, [list(column) for column in zip(*wanted, strict=True)], **COLUMNS)


def _none() -> NDArray[np.void]:
    return np.empty(0, [("number", "i4"), ("start", "M8[D]"), ("observation", "i8")])
