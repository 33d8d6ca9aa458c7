"""Going through a batch of which each pair leans on a claim: every claim is read once, whatever leans on it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from metrics.detection.batch import BLOCK, Batch, Bools, Ints
from metrics.detection.claims import Claim, Claims, leant_on


class Look(NamedTuple):
    """A block of pairs in one judged period: their places in the answer, and what their KPIs claim for it."""

    pairs: Ints
    position: int
    column: int
    judged: Bools
    block: Batch
    claimed: Claim


def looks(batch: Batch) -> Iterator[Look]:
    """Every block of pairs and judged period in which anything is to be judged."""
    columns = batch.columns
    for season in batch.seasons:
        alike = np.flatnonzero(batch.season == season)
        leaning = leant_on(columns, batch.lag[alike], batch.kpi_of[alike], at_once=True)
        claims = Claims.of(batch.kpi, leaning, season)
        for pairs in (alike[start : start + BLOCK] for start in range(0, len(alike), BLOCK)):
            block = batch.rows(pairs)
            for position, column in enumerate(columns.tolist()):
                judged = block.judge[:, column]
                if judged.any():
                    claimed = claims.over(column, block.lag, batch.kpi_of[pairs])
                    yield Look(pairs, position, column, judged, block, claimed)
