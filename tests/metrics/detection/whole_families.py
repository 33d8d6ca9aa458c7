"""False-discovery control as it was published, over whole families at once.

The product's, which reads only the low p-values of a family and any part of its verdicts, is held against it.

Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).
"""

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Floats, Verdict
from metrics.detection.control import FALSE_DISCOVERY_RATE


def q_values(p: Floats) -> Floats:
    """Q-values of one family; NaN is no member and stays NaN."""
    q = np.full(p.shape, np.nan)
    members = np.flatnonzero(~np.isnan(p))
    if not len(members):
        return q
    order = members[np.argsort(p[members], kind="stable")]
    stepped = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(1.0, np.minimum.accumulate(stepped[::-1])[::-1])
    return q


def decide(
    verdict: NDArray[np.uint8],
    p: Floats,
    family: NDArray[np.integer],
    *,
    rate: float = FALSE_DISCOVERY_RATE,
) -> tuple[NDArray[np.uint8], Floats]:
    """Verdicts once the family is counted, and q-values; three arrays of one length, one entry a pair and period.

    `family` numbers the families. A flag whose q-value exceeds `rate` becomes NOT_CONTROLLED, and a NOT_CONTROLLED one
    within it a flag again; no other verdict changes, nor one without chance.
    """
    q = np.full(p.shape, np.nan)
    order = np.argsort(family, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(family[order]) != 0])
    for members in np.split(order, starts[1:]):
        q[members] = q_values(p[members])
    candidate = (verdict == Verdict.FLAG) | (verdict == Verdict.NOT_CONTROLLED)
    decided = np.where(candidate & (q > rate), Verdict.NOT_CONTROLLED, verdict)
    return np.where(candidate & ~(q > rate), Verdict.FLAG, decided).astype(np.uint8), q
