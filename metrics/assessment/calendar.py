"""Periods by their running numbers, many at a time, and how far back a grain's past reaches."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from metrics.detection import batch
from truthgov.periods import Grain, Period

SEASON = {Grain.DAY: 7, Grain.WEEK: 52, Grain.MONTH: 12, Grain.QUARTER: 4}
"""Periods in one turn of the pattern a grain repeats: the week for days, the year for the others."""
ONE_IS_ENOUGH = {Grain.DAY: False, Grain.WEEK: False, Grain.MONTH: True, Grain.QUARTER: True}
"""Whether a single period may make a finding."""
UNIX_EPOCH_DAY = 719_163
"""1970-01-01 as Python's `date.toordinal`."""
UNIX_EPOCH_MONTH = 1970 * 12


def reach(grain: Grain) -> int:
    """Periods before a judged one that its judgement may lean on."""
    return batch.reach(SEASON[grain])


def ordinals(days: NDArray[np.datetime64], grain: Grain) -> NDArray[np.int64]:
    """The running numbers of the periods that start on given days; as `truthgov.periods.ordinal`, for arrays."""
    if grain is Grain.DAY:
        return days.astype(np.int64) + UNIX_EPOCH_DAY
    if grain is Grain.WEEK:
        return (days.astype(np.int64) + UNIX_EPOCH_DAY - 1) // 7
    months = days.astype("M8[M]").astype(np.int64) + UNIX_EPOCH_MONTH
    return months if grain is Grain.MONTH else months // 3


def days_of(dates: Sequence[date]) -> NDArray[np.datetime64]:
    """Dates as an array; several times faster than numpy takes them one by one."""
    return (np.fromiter(map(date.toordinal, dates), np.int64, len(dates)) - UNIX_EPOCH_DAY).astype("M8[D]")


def start_of(ordinal: int, grain: Grain) -> date:
    """The first day of a period."""
    return Period.from_ordinal(int(ordinal), grain).start
