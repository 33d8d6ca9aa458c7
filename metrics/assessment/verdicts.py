"""What verdicts say, and the one verdict of several pairs that judge the same thing."""

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Ints, Verdict

SAYS_NOTHING = (
    Verdict.NOT_JUDGED,
    Verdict.MISSING,
    Verdict.TOO_SMALL,
    Verdict.NO_BASELINE,
    Verdict.NOTHING_STATED,
    Verdict.RETIRED,
    Verdict.A_DETAIL,
    Verdict.NO_COMPANION,
)
"""Verdicts on figures that could not be judged: such a period is neither quiet nor a signal."""
PROVES_NOTHING = (*SAYS_NOTHING, Verdict.FLAG, Verdict.CONCORDANT, Verdict.NOT_CONTROLLED)
"""Verdicts on periods that prove no remedy: where nobody claims any more, or chance may explain what was found, the
thing is not well yet."""
NO_LONGER_LOOKED_AT = (Verdict.NOT_JUDGED, Verdict.RETIRED)
"""Somebody ended the looking: that says nothing otherwise of the figures."""


def borne_out(verdict: NDArray, p: NDArray) -> Ints:
    """In which order pairs that judge the same thing are asked: a finding must stand beside each that can say anything.

    First come those that say something, among them first those that find nothing, the least likely chance last.
    """
    silent, finds = np.isin(verdict, SAYS_NOTHING), verdict == Verdict.FLAG
    return np.lexsort((-np.nan_to_num(p, nan=-1.0), finds, silent))


def one_verdict(cells: NDArray[np.void]) -> NDArray[np.void]:
    """The cells of a period (as JUDGED rows) with one a rule and segment."""
    judged = (cells["rule"] << 32) + cells["segment"]
    if (judged[1:] > judged[:-1]).all():  # nobody has a second companion
        return cells
    order = borne_out(cells["verdict"], cells["p"])
    _, first = np.unique(judged[order], return_index=True)
    return cells[order[first]]
