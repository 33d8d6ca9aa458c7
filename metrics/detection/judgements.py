"""What a kind answers: one cell a pair and judged period, with every figure that its evidence and its sentence need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from math import isfinite
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair in one period, as plain numbers: what an evidence record freezes. NaN says there is none."""

    period: int
    verdict: Verdict
    basis: Basis
    p: float
    kpi_value: float
    value: float
    size: float
    reference: float
    effect: float
    baseline: float
    lower: float
    upper: float
    dispersion: float
    history: float
    run: float
    seasonal: bool
    window: float = float("nan")
    average: float = float("nan")
    joined: float = float("nan")

    def evidence(self) -> dict[str, str | int | float | bool | None]:
        """The cell as plain values that JSON can hold: names for codes, nothing for what is not a number."""
        figures = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {name: value if isfinite(value) else None for name, value in figures.items()}
        return plain | {"verdict": self.verdict.name.lower(), "basis": self.basis.name.lower()}


@dataclass(frozen=True, slots=True)
class Judgements:
    """Answers for pairs × judged periods; `columns` says which period each column is.

    `p` is the chance of figures this bad if nothing were wrong, corrected for the looks taken at the cell; NaN where
    nothing was tested or no chance is involved (two sources). `reference` is what `value` was held against: the
    target or red threshold where the level decided, the baseline where the trend did. `effect` is how much worse than
    that, in the measure's unit, positive is worse. `baseline`, `lower` and `upper` are what the past leads to expect
    and its three-sigma limits, from `history` periods. `dispersion` is σ: for fractions in multiples of binomial
    chance, otherwise in the measure's unit. `run` counts the periods in a row, up to this one, on the wrong side; for
    `inconsistency` those of its window that agree, for `broken_link` those of the later half.
    Where the trend was told from several periods together, `window` is their number, `average` their mean, and
    `baseline`, `lower` and `upper` are those of that mean; `joined` is the chance of the other side's movement where it
    was counted in p.
    """

    columns: Ints
    verdict: NDArray[np.uint8]
    basis: NDArray[np.uint8]
    p: Floats
    kpi_value: Floats
    value: Floats
    size: Floats
    reference: Floats
    effect: Floats
    baseline: Floats
    lower: Floats
    upper: Floats
    dispersion: Floats
    history: Floats
    run: Floats
    seasonal: Bools
    window: Floats
    average: Floats
    joined: Floats

    @classmethod
    def empty(cls, batch: Batch) -> Self:
        """Answers for a batch before anything was judged; those not asked for have no rows."""
        columns = batch.columns
        shape, told = (len(batch.judge), len(columns)), IN_FULL if batch.in_full else AS_STORED
        answers: dict[str, Any] = dict.fromkeys(IN_FULL, np.empty((0, len(columns))))
        # Written and read a period at a time: a period's cells lie side by side.
        for name, kind in told.items():
            answers[name] = np.full(shape, EMPTY.get(name, np.nan), kind, order="F")
        return cls(columns=columns, **answers)

    def write(self, pairs: Ints, column: int, judged: Bools, answers: dict[str, NDArray]) -> None:
        """Put the answers for some pairs in one column; cells not to be judged stay as they are."""
        chosen = pairs[judged]
        for name, values in answers.items():
            kept = getattr(self, name)
            if len(kept):
                kept[chosen, column] = values[judged]

    def cell(self, pair: int, column: int) -> Cell:
        """One cell as plain numbers."""
        figures = {name: getattr(self, name)[pair, column].item() for name in CELL_FIGURES}
        verdict, basis = Verdict(self.verdict[pair, column]), Basis(self.basis[pair, column])
        return Cell(period=int(self.columns[column]), verdict=verdict, basis=basis, **figures)

    @property
    def flagged(self) -> Bools:
        """Which cells are findings."""
        return self.verdict == Verdict.FLAG


class Judge(Protocol):
    """Judges every cell of a batch's mask, each pair for itself: who else is in the batch makes no difference."""

    def __call__(self, batch: Batch) -> Judgements: ...


def judged_at_once(batch: Batch, told: Callable[[Batch, Ints], dict[str, NDArray]]) -> Judgements:
    """Answers of a kind that looks at all periods of a block together.

    `told` is given a block and the periods to judge, and gives its answers by name, pairs × those periods.
    """
    answer = Judgements.empty(batch)
    for pairs, block in batch.blocks():
        cells = told(block, answer.columns)
        for position, column in enumerate(answer.columns.tolist()):
            of_period = {name: figures[:, position] for name, figures in cells.items()}
            answer.write(pairs, position, block.judge[:, column], of_period)
    return answer


def first_true(conditions: Sequence[tuple[Bools, IntEnum]], otherwise: IntEnum) -> NDArray[np.int64]:
    """The verdict, or basis, of the first condition that holds, cell by cell."""
    told = np.full(conditions[0][0].shape, int(otherwise))
    for condition, verdict in reversed(conditions):  # written last, the first stands
        told[condition] = verdict
    return told


CELL_FIGURES = [field.name for field in fields(Cell) if field.name not in {"period", "verdict", "basis"}]
EMPTY = {"verdict": Verdict.NOT_JUDGED, "basis": Basis.NONE, "seasonal": False}
"""What an answer is before anything was judged; figures are missing."""
IN_FULL: dict[str, DTypeLike] = {
    **dict.fromkeys(CELL_FIGURES, np.float64), "verdict": np.uint8, "basis": np.uint8, "seasonal": np.bool_,
}  # fmt: skip
AS_STORED: dict[str, DTypeLike] = {"verdict": np.uint8, "p": np.float64, "effect": np.float32}
"""What is asked where nothing is asked in full, as it is stored: a whole history of a kind is held at a time."""
