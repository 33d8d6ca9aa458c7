"""Sums and means along the rows of an array, missing cells left out.

Nearly always nothing is missing, and to see that takes a tenth of the time that leaving it out does. `einsum` adds a
short row three to four times faster than `sum(axis=1)`, and, unlike a matrix product, in an order that does not depend
on the other rows: a pair judged alone gets the same bits as in a batch.
"""

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints


def total(values: Floats) -> Floats:
    """Sum of each row."""
    return np.einsum("ij->i", values)


def count(chosen: Bools) -> Floats:
    """How many cells of each row are chosen."""
    if chosen.all():
        return np.full(len(chosen), float(chosen.shape[1]))
    return np.einsum("ij->i", chosen.astype(float))


def counts_within(chosen: Bools, columns: Ints, length: int) -> Floats:
    """How many cells of each row are chosen among the `length` that end with each of some columns."""
    ends = (columns + 1).tolist()
    return np.stack([count(chosen[:, max(0, end - length) : end]) for end in ends], axis=1)


def filled(values: Floats, known: Bools) -> Floats:
    """The values with zeros where unknown: for sums only."""
    return values if known.all() else np.where(known, values, 0.0)


def kept(values: Floats, known: Bools) -> Floats:
    """The values with NaN where unknown."""
    return values if known.all() else np.where(known, values, np.nan)


def preceded(values: Floats, lacking: int) -> Floats:
    """The values with so many periods before them that are missing."""
    return np.pad(values, ((0, 0), (lacking, 0)), constant_values=np.nan) if lacking else values


def mean(values: Floats, chosen: Bools) -> Floats:
    """Mean of each row's chosen cells, NaN where none is."""
    if chosen.shape[1] and chosen.all():
        return total(values) / chosen.shape[1]
    number = count(chosen)
    return np.where(number > 0, total(filled(values, chosen)) / np.maximum(number, 1), np.nan)


def level(values: Floats, weights: Floats, mass: Floats) -> Floats:
    """Weighted mean of each row, unknown cells weighing nothing and `mass` being the sum of the weights.

    Taken about one of its figures: of figures that are all the same it is that very figure, and none lies off it.
    """
    about = np.fmax.reduce(values, axis=1, initial=np.nan)
    apart = values - about[:, None]
    return about + total(weights * filled(apart, ~np.isnan(apart))) / mass


def placed(values: Floats, chosen: Bools) -> Floats:
    """One value for each chosen row, in their order, at its place among all rows; NaN for the others."""
    spread = np.full(len(chosen), np.nan)
    spread[chosen] = values
    return spread


def products(first: Floats, other: Floats) -> Floats:
    """Sum of products of each row."""
    return np.einsum("ij,ij->i", first, other)
