"""One side of many pairs, as a detector reads it: figures under the definitions in force."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from metrics.assessment.dictionary import Meaning
from metrics.assessment.figures import Figures
from metrics.detection.batch import Ints, Side
from metrics.detection.comparing import EVERYTHING

MEANINGS = ("unit", "direction", "target", "red_threshold", "min_effect", "reliable_from", "decimals")
WHOLE = {"unit": np.int64, "decimals": np.int64}


def side_of(
    figures: Figures, window: slice, series: Ints, meanings: Sequence[Meaning], which: Ints
) -> tuple[Side, Ints]:
    """Each series under each definition once, as far as its figures compare, and which of them every pair has."""
    numbers: dict[tuple[int, int], int] = {}
    definitions = np.array([numbers.setdefault((each.pk, each.tuned), len(numbers)) for each in meanings])[which]
    _, once, rows = np.unique((series << 32) + definitions, return_index=True, return_inverse=True)
    place, meant = figures.rows_of(series[once]), which[once]
    stated: dict[str, Any] = {
        name: np.array([getattr(meaning, name) for meaning in meanings], WHOLE.get(name, np.float64))[meant]
        for name in MEANINGS
    }
    values = figures.values[place, window]
    for index, meaning in enumerate(meanings):
        if meaning.compared is not EVERYTHING:
            alike = meant == index
            values[alike] = meaning.compared.taken(values[alike], figures.start + window.start)
    return Side(values, figures.denominators[place, window], **stated), rows
