"""Joins of sorted arrays: no loop over rows."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Bools, Ints

Value = TypeVar("Value", bound=np.generic)


def once(values: Ints) -> Ints:
    """Each value once, in order."""
    ordered = np.sort(values)
    return ordered[changes(ordered)]


def numbered(values: Ints) -> tuple[Ints, Ints]:
    """Each value once, in order, and which of them every value is."""
    distinct = once(values)
    return distinct, distinct.searchsorted(values)


def least(keys: Ints, values: NDArray[Value]) -> tuple[Ints, NDArray[Value]]:
    """Each key once, in order, with the least of its values."""
    order = np.argsort(keys)
    ordered = keys[order]
    leads = np.flatnonzero(changes(ordered))
    return ordered[leads], np.minimum.reduceat(values[order], leads) if len(leads) else values[:0]


def together(records: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """Records of one layout, one after the other; numpy would compare their layouts, which takes longer."""
    return np.concatenate([np.ascontiguousarray(each).view(np.uint8) for each in records]).view(records[0].dtype)


def changes(values: NDArray) -> Bools:
    """Where each value differs from the one before it; the first does."""
    leads = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=leads[1:])
    return leads


def find(ordered: NDArray, wanted: NDArray) -> tuple[Ints, Bools]:
    """Where each wanted value stands in an ordered array, and whether it is there at all."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    place = np.minimum(ordered.searchsorted(wanted), len(ordered) - 1)
    return place, ordered[place] == wanted


def expand(ordered: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Each wanted value joined with every row of an ordered array that equals it: index of wanted, index of row."""
    begins = ordered.searchsorted(wanted)
    counts = ordered.searchsorted(wanted, "right") - begins
    index = np.arange(len(wanted)).repeat(counts)
    return index, np.arange(len(index)) + (begins - counts.cumsum() + counts)[index]
