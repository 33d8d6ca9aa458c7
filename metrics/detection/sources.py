"""Source disagreement: two sources report one measure differently, beyond the tolerance its definition states.

No chance is involved: both claim to have counted the same things, so every finding stands on the two figures alone
and has no p-value. The difference is relative to the source of record, at the measure's decimals; exactly at the
tolerance is agreement. Where the record says zero, anything else disagrees.
"""

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Side, Verdict
from metrics.detection.claims import run_length
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.targets import rounded

DEFAULT_TOLERANCE = 0.05
EXACT = 1e-9
"""What binary fractions may add to a difference that is exactly the tolerance."""


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is the source of record, the `outcome` side the other."""
    answer = Judgements.empty(batch)
    for pairs, block in batch.blocks():
        tolerance = np.where(np.isnan(block.tolerance), DEFAULT_TOLERANCE, block.tolerance)
        apart = difference(block.kpi, block.outcome)
        for position, column in enumerate(answer.columns.tolist()):
            answer.write(pairs, position, block.judge[:, column], _judge_column(block, apart, tolerance, column))
    return answer


def difference(record: Side, other: Side) -> Floats:
    """How far the other source is from the record, relative to the record; NaN where either is silent."""
    ours, theirs = (rounded(side.values, record.decimals[:, None]) for side in (record, other))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ours == theirs, 0.0, np.abs(theirs - ours) / np.abs(ours))


def _judge_column(block: Batch, apart: Floats, tolerance: Floats, column: int) -> dict[str, NDArray]:
    record, other = block.kpi.values[:, column], block.outcome.values[:, column]
    beyond = apart[:, : column + 1] > tolerance[:, None] + EXACT
    nothing = np.full(len(record), np.nan)
    cells = {
        "verdict": _verdict(block, apart[:, column], beyond[:, column], column),
        "p": nothing,
        "effect": apart[:, column],
    }
    if not block.in_full:
        return cells
    margin = np.abs(record) * tolerance
    return cells | {
        "basis": np.where(beyond[:, column], Basis.LEVEL, Basis.NONE),
        "kpi_value": record,
        "value": other,
        "size": block.kpi.sizes_at(column),
        "reference": record,
        "baseline": record,
        "lower": record - margin,
        "upper": record + margin,
        "dispersion": nothing,
        "history": (~np.isnan(apart[:, :column])).sum(axis=1).astype(float),
        "run": run_length(beyond),
        "seasonal": np.zeros(len(record), bool),
    }


def _verdict(block: Batch, apart: Floats, beyond: Bools, column: int) -> NDArray[np.int64]:
    small = block.kpi.sizes_at(column) < block.kpi.reliable_from
    conditions = [
        (np.isnan(apart), Verdict.MISSING),
        (apart == 0, Verdict.QUIET),
        (~beyond, Verdict.WITHIN_TOLERANCE),
        (small, Verdict.TOO_SMALL),
    ]
    return first_true(conditions, Verdict.FLAG)
