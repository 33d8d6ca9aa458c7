"""One side of many pairs, as a detector reads it: figures under the definitions in force."""

from typing import Any

import numpy as np

from metrics.assessment.figures import Figures
from metrics.assessment.joins import numbered
from metrics.assessment.spans import Spans
from metrics.detection.batch import Ints, Side, in_a_row

STATED = {
    "unit": np.int64, "direction": np.float64, "target": np.float64, "red_threshold": np.float64,
    "min_effect": np.float64, "reliable_from": np.float64, "decimals": np.int64,
}  # fmt: skip
"""What a definition says of a side."""


def side_of(figures: Figures, window: slice, series: Ints, spans: Spans, span: Ints, name: str) -> tuple[Side, Ints]:
    """Each series under each definition once, as far as its figures compare, and which of them every pair has.

    `name` is that of the side, `kpi` or `outcome`, `span` the span of each pair.
    """
    _, definition = spans.named(f"{name}.pk", f"{name}.tuned")
    once, rows = _once((series << 32) + definition[span])
    place, meant = in_a_row(figures.rows_of(series[once])), span[once]
    stated: dict[str, Any] = {each: spans.column(f"{name}.{each}", kind)[meant] for each, kind in STATED.items()}
    values, changed = figures.values[place, window], spans.where(f"{name}.is_changed")[meant]
    if changed.any():
        values = values.copy()
        for index in np.unique(meant[changed]).tolist():
            alike, meaning = meant == index, getattr(spans[index], name)
            values[alike] = meaning.compared.taken(values[alike], figures.start + window.start)
    return Side(values, figures.denominators[place, window], **stated), rows


def _once(keys: Ints) -> tuple[slice | Ints, Ints]:
    """Where each key stands first, and which of them each row has; they come in order."""
    if (keys[1:] > keys[:-1]).all():
        return slice(None), np.arange(len(keys))
    distinct, rows = numbered(keys)
    first = np.empty(len(distinct), np.int64)
    first[rows[::-1]] = np.arange(len(keys))[::-1]  # written last, the first stands
    return first, rows
