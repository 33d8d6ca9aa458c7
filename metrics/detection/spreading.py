"""Periods spread over rows: many periods of few pairs, judged at the cost of few periods of many pairs.

A period leans on its reach and its lag alone (`batch.reach`), and so may stand in a row by itself with what lies that
far before it. What a detector spends on each period, however few pairs it has, is then spent once for all of them: ten
years of days of one pair are judged fifty times faster.
"""

from dataclasses import replace
from functools import wraps

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from metrics.detection.batch import BLOCK, PLAIN, SILENT, Batch, Floats, Ints, Side, reach
from metrics.detection.judgements import AS_STORED, Judge, Judgements

FEW = 256
"""Pairs up to which spreading pays."""
LONG = 64
"""Periods in a row from which fewer rows are judged at a time than BLOCK."""


def spread(judge: Judge) -> Judge:
    """A detector that goes through periods one by one, given them as rows where its pairs are few.

    Not where all figures are asked for: runs are told as far back as the batch goes.
    """

    @wraps(judge)
    def spreading(batch: Batch) -> Judgements:
        if batch.in_full or len(batch.judge) > FEW or len(batch.columns) < 2:
            return judge(batch)
        return _by_rows(judge, batch)

    return spreading


def _by_rows(judge: Judge, batch: Batch) -> Judgements:
    answer = Judgements.empty(batch)
    width = 1 + reach(int(batch.season.max())) + int(batch.lag.max())
    at_once = max(1, BLOCK * LONG // (max(LONG, width) * len(batch.judge)))
    kpi, outcome = (_windows(side, width) for side in (batch.kpi, batch.outcome))
    for begin in range(0, len(answer.columns), at_once):
        columns = answer.columns[begin : begin + at_once]
        pair, position = np.nonzero(batch.judge[:, columns])
        spread_out = Batch(
            kpi=_rows(batch.kpi, kpi, columns),
            outcome=_rows(batch.outcome, outcome, columns),
            kpi_of=batch.kpi_of[pair] * len(columns) + position,
            outcome_of=batch.outcome_of[pair] * len(columns) + position,
            judge=np.broadcast_to(np.arange(width) == width - 1, (len(pair), width)),
            in_full=False,
            **{name: getattr(batch, name)[pair] for name in PLAIN},
        )
        judged = judge(spread_out)
        for name in AS_STORED:
            getattr(answer, name)[pair, begin + position] = getattr(judged, name)[:, 0]
    return answer


Windows = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Views of values and denominators, series × periods × what a row of each period holds."""


def _windows(side: Side, width: int) -> Windows:
    before = ((0, 0), (width - 1, 0))
    values, denominators = (
        sliding_window_view(np.pad(each, before, constant_values=np.nan), width, axis=1)
        for each in (side.values, side.denominators)
    )
    return values, denominators


def _rows(side: Side, windows: Windows, columns: Ints) -> Side:
    """A row for each series and period, series by series."""

    def in_rows(each: Floats) -> Floats:
        return each[:, columns].reshape(-1, each.shape[2])

    said = {name: np.repeat(getattr(side, name), len(columns)) for name in SILENT}
    return replace(side, values=in_rows(windows[0]), denominators=in_rows(windows[1]), **said)
