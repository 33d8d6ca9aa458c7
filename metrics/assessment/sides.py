"""One side of many pairs, as a detector reads it: figures under the definitions in force."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from metrics.assessment.dictionary import Meaning
from metrics.assessment.figures import Figures
from metrics.assessment.joins import numbered
from metrics.detection.batch import Ints, Side, in_a_row
from metrics.detection.comparing import EVERYTHING

MEANINGS = ("unit", "direction", "target", "red_threshold", "min_effect", "reliable_from", "decimals")
STATED = attrgetter(*MEANINGS)
WHOLE = {"unit": np.int64, "decimals": np.int64}


def side_of(
    figures: Figures, window: slice, series: Ints, meanings: Sequence[Meaning], which: Ints
) -> tuple[Side, Ints]:
    """Each series under each definition once, as far as its figures compare, and which of them every pair has."""
    numbers: dict[tuple[int, int], int] = {}
    definitions = np.array([numbers.setdefault((each.pk, each.tuned), len(numbers)) for each in meanings])[which]
    once, rows = _once((series << 32) + definitions)
    place, meant = in_a_row(figures.rows_of(series[once])), which[once]
    said = np.array([STATED(meaning) for meaning in meanings], float).T
    stated: dict[str, Any] = {
        name: told[meant].astype(WHOLE.get(name, np.float64), copy=False)
        for name, told in zip(MEANINGS, said, strict=True)
    }
    values, changes = figures.values[place, window], [each.compared is not EVERYTHING for each in meanings]
    if any(changes):
        values = values.copy()
        for index in np.flatnonzero(changes).tolist():
            alike = meant == index
            values[alike] = meanings[index].compared.taken(values[alike], figures.start + window.start)
    return Side(values, figures.denominators[place, window], **stated), rows


def _once(keys: Ints) -> tuple[slice | Ints, Ints]:
    """Where each key stands first, and which of them each row has; they come in order."""
    if (keys[1:] > keys[:-1]).all():
        return slice(None), np.arange(len(keys))
    distinct, rows = numbered(keys)
    first = np.empty(len(distinct), np.int64)
    first[rows[::-1]] = np.arange(len(keys))[::-1]  # written last, the first stands
    return first, rows
