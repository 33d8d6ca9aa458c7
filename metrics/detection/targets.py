"""Comparison with a target, at the decimals a definition states; equality meets it.

Statistics may use floats, verdicts on a target may not turn on their last bits: 0.29999999999999993 against 0.3 at
four decimals is on target, whichever direction is good. Halves round to even, as `decimal.Decimal.quantize` does.
"""

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints

SNAP = 6
"""Digits beyond the last stated one at which a binary fraction is taken for the decimal it stands for."""


def rounded(values: Floats, decimals: Ints | int) -> Floats:
    """Values at their decimals, as whole numbers of the last one, so that they compare exactly."""
    return np.rint(np.round(values * np.power(10.0, decimals), SNAP))


def beside(
    values: Floats, target: Floats | float, direction: Floats | float, decimals: Ints | int
) -> tuple[Bools, Bools]:
    """What `meets` and `misses` say of figures, rounded once."""
    ours = direction * rounded(values, decimals)
    bound = direction * rounded(np.asarray(target, float), decimals)
    return ours >= bound, ours < bound


def meets(values: Floats, target: Floats | float, direction: Floats | float, decimals: Ints | int) -> Bools:
    """Whether figures stand at their target or on its good side. A missing figure or target meets nothing."""
    return beside(values, target, direction, decimals)[0]


def misses(values: Floats, target: Floats | float, direction: Floats | float, decimals: Ints | int) -> Bools:
    """Whether figures stand on the bad side of their target. A missing figure or target misses nothing."""
    return beside(values, target, direction, decimals)[1]
