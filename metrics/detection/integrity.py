"""Integrity: are figures impossible, restated beyond what is let pass, contradicted at once, missing or frozen?

The `outcome` side holds the figures as they stand, the `kpi` side as they were first reported, `marks` what intake and
the calendar know of them. What is marked or impossible is so without any chance, and has no p-value.

A gap is a case at once where all there is of a measure is missing, its whole or its only segment, after a run of eight
periods that had figures (as many as make a rule elsewhere): whoever leans on it has nothing else to go by. Of a part,
the rest still says most: one period is a flaw of trust, from the second in a row on it is a case; and of a part too
small for the whole to be any less known it is none at all.

Frozen figures alone involve chance: a figure, with its denominator, that repeats for four periods and more. Its chance
is that of so many repeats in a row, by how often figures of this series repeated before or, where that is likelier, by
how often this very figure stood before (with Laplace's rule of succession), so that neither what stands still by nature
nor a small count that comes again and again is accused. None, and all of a whole, may well repeat. Figures
that have repeated for nearly all that is looked back on are no longer a finding, and no proof of anything either.
"""

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Mark, Side, Unit, Verdict, reach
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.judgements import Judgements, first_true, judged_at_once
from metrics.detection.statistics import rows

REPEATS = 3
"""Repeats in a row from which figures may be frozen: four periods with the same one."""
PAST = 12
"""Pairs of neighbours needed before them to say how often figures repeat."""
REGULAR = 8
"""Figures in a row from which the next one is to be expected."""
LONG = 2
"""Periods without a figure from which a gap in a part is a case."""
FAULTS = (
    (Mark.REFUSED, Basis.REFUSED),
    (Mark.FACTOR_OF_1000, Basis.FACTOR_OF_1000),
    (Mark.SAME_INSTANT_CONFLICT, Basis.SAME_INSTANT_CONFLICT),
    (Mark.MATERIAL_RESTATEMENT, Basis.RESTATEMENT),
)
"""What each mark says, the gravest first; the others say nothing by themselves."""


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask; a batch without marks is judged by its figures alone."""
    return judged_at_once(batch, _told)


def _told(block: Batch, columns: Ints) -> dict[str, NDArray]:
    standing, season = block.outcome, int(block.season[0])
    frozen, repeats = _frozen_in(block, columns, reach(season))
    value, first = standing.values[:, columns], block.kpi.values[:, columns]
    basis = _basis(block, columns)
    p = np.where((basis == Basis.NONE) & ~np.isnan(value), frozen, np.nan)
    basis = np.where((basis == Basis.NONE) & (p <= LIMIT_ALPHA), Basis.FROZEN, basis)
    conditions = [
        (basis != Basis.NONE, Verdict.FLAG),
        (np.isnan(value), Verdict.MISSING),
        (np.isnan(p), Verdict.NO_BASELINE),
    ]
    told = {
        "verdict": first_true(conditions, Verdict.QUIET),
        "basis": basis,
        "p": p,
        "effect": np.where(basis == Basis.RESTATEMENT, _apart(first, value), 0.0),
    }
    return told | _evidence(standing, first, repeats, columns, reach(season)) if block.in_full else told


def _evidence(standing: Side, first: Floats, repeats: Floats, columns: Ints, window: int) -> dict[str, NDArray]:
    value = standing.values[:, columns]
    nothing = np.full(value.shape, np.nan)
    before = _last_before(standing.values)[:, columns]
    return {
        "kpi_value": first,
        "value": value,
        "size": standing.sizes_in(columns),
        "reference": before,
        "baseline": before,
        "lower": nothing,
        "upper": nothing,
        "dispersion": nothing,
        "history": rows.counts_within(~np.isnan(standing.values), columns, window + 1) - ~np.isnan(value),
        "run": repeats + 1,
        "seasonal": np.zeros(value.shape, bool),
    }


def _basis(block: Batch, columns: Ints) -> NDArray[np.int64]:
    marks = np.zeros(block.judge.shape, np.int64) if block.marks is None else block.marks
    now = marks[:, columns]
    marked = [((now & mark) > 0, basis) for mark, basis in FAULTS]
    conditions = [*marked[:1], (_impossible(block.outcome, columns), Basis.IMPOSSIBLE), *marked[1:]]
    gaps, lacking = np.zeros(now.shape, bool), np.flatnonzero((now & Mark.MISSING).any(axis=1))
    if len(lacking):
        gaps[lacking] = _untold(marks[lacking], block.outcome.rows(lacking))[:, columns]
    return first_true([*conditions, (gaps, Basis.GAP)], Basis.NONE)


def _impossible(side: Side, columns: Ints) -> Bools:
    """A share below none or above all, a count below none."""
    value, fraction = side.values[:, columns], (side.unit == Unit.FRACTION)[:, None]
    counted = fraction | (side.unit == Unit.COUNT)[:, None]
    return (counted & (value < 0)) | (fraction & (value > 1))


def _untold(marks: NDArray[np.integer], standing: Side) -> Bools:
    """The periods whose missing figure is a case."""
    missing, of_all, of_a_detail = (
        (marks & mark) > 0 for mark in (Mark.MISSING, Mark.ALL_MISSING, Mark.DETAIL_MISSING)
    )
    at_once = of_all & _after_a_run(missing, standing)
    return missing & (at_once | ((_in_a_row(missing) >= LONG) & ~of_a_detail))


def _after_a_run(missing: Bools, standing: Side) -> Bools:
    """The periods of gaps before which figures, or word of their absence, came so regularly that they are expected."""
    begun = np.logical_or.accumulate(~np.isnan(standing.values), axis=1)
    regular = np.zeros(missing.shape, bool)
    regular[:, 1:] = (_in_a_row(begun & ~missing) >= REGULAR)[:, :-1]
    begins = np.maximum.accumulate(np.where(missing, -1, np.arange(1, missing.shape[1] + 1)), axis=1)
    return missing & np.take_along_axis(regular, np.clip(begins, 0, missing.shape[1] - 1), axis=1)


def _apart(first: Floats, standing: Floats) -> Floats:
    """How far a figure was moved, relative to what was first reported."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(standing == first, 0.0, np.abs(standing - first) / np.abs(first))


def _frozen_in(block: Batch, columns: Ints, window: int) -> tuple[Floats, Floats]:
    """The same as `_frozen`, in some periods; unless asked in full, only figures that repeat are looked at closely."""
    side = block.outcome
    if block.in_full:
        chance, repeats = _frozen(side, window)
        return chance[:, columns], repeats[:, columns]
    lately = np.stack([side.values[:, np.maximum(columns - back, 0)] for back in range(REPEATS + 1)])
    repeating = np.flatnonzero((lately[1:] == lately[0]).all(axis=0).any(axis=1))
    chance = np.ones((len(side.values), len(columns)))
    chance[repeating] = _frozen(side.rows(repeating), window)[0][:, columns]
    return chance, np.empty(0)


def _frozen(side: Side, window: int) -> tuple[Floats, Floats]:
    """The chance of each figure's repeats in a row, and how many they are, by the `window` neighbours up to each alone.

    One where they, or the neighbours before them, are too few to ask; NaN where the repeats leave no room for those.
    """
    values, sizes = side.values, side.denominators
    paired = ~np.isnan(values[:, 1:]) & ~np.isnan(values[:, :-1])
    alike = (sizes[:, 1:] == sizes[:, :-1]) | (np.isnan(sizes[:, 1:]) & np.isnan(sizes[:, :-1]))
    bounded = (values == 0) | ((side.unit == Unit.FRACTION)[:, None] & (values == 1))
    repeated = np.zeros(values.shape, bool)
    repeated[:, 1:] = paired & alike & (values[:, 1:] == values[:, :-1]) & ~bounded[:, 1:]
    in_a_row = np.minimum(_in_a_row(repeated), window)
    asked = in_a_row >= REPEATS
    chance, (row, column) = np.ones(values.shape), np.nonzero(asked)
    begin, end = np.maximum(column - window, 0), column - in_a_row[row, column]
    pairs, repeats = (_between(each, row, begin, end) for each in (paired, repeated[:, 1:]))
    likely = np.maximum((repeats + 1) / (pairs + 2), _common(values, sizes, row, begin, end))
    too_few = np.where(window - in_a_row[row, column] < PAST, np.nan, 1.0)
    chance[row, column] = np.where(pairs >= PAST, likely ** in_a_row[row, column], too_few)
    return chance, in_a_row.astype(float)


def _common(values: Floats, sizes: Floats, row: Ints, begin: Ints, end: Ints) -> Floats:
    """How likely the figure at `end` is to come again: by its share of those from `begin` up to it."""
    place = begin[:, None] + np.arange((end - begin).max(initial=0))
    there, place, row = place < end[:, None], np.minimum(place, end[:, None]), row[:, None]
    past, sized, first, own = (each[row, at] for at in (place, end[:, None]) for each in (values, sizes))
    same = (past == first) & ((sized == own) | (np.isnan(sized) & np.isnan(own)))
    return (rows.count(there & same) + 1) / (rows.count(there & ~np.isnan(past)) + 2)


def _in_a_row(marked: Bools) -> Ints:
    """How many marks in a row end with each cell."""
    place = np.arange(marked.shape[1])
    return np.where(marked, place - np.maximum.accumulate(np.where(marked, -1, place), axis=1), 0)


def _between(neighbours: Bools, row: Ints, begin: Ints, end: Ints) -> Ints:
    """How many neighbours from one figure to another are so; the first of `neighbours` are the first two figures."""
    sums = np.zeros((len(neighbours), neighbours.shape[1] + 1), np.int64)
    sums[:, 1:] = np.cumsum(neighbours, axis=1)
    return sums[row, end] - sums[row, begin]


def _last_before(values: Floats) -> Floats:
    """The last figure known before each."""
    known = ~np.isnan(values)
    last = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), 0), axis=1)
    filled = np.take_along_axis(values, last, axis=1)
    return np.concatenate((np.full((len(values), 1), np.nan), filled[:, :-1]), axis=1)
