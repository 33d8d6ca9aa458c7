"""Parts and the rest of their wholes over several periods taken together, and the chance of the gap between them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Side, Unit
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.parts import Apart, spread_of
from metrics.detection.statistics import rows
from metrics.detection.statistics.intervals import newcombe, rates_differ
from metrics.detection.statistics.special import special


@dataclass(frozen=True, slots=True)
class Pooled:
    """Parts and rests over the window, one value a pair.

    `gap` is positive where the part is worse. For counts, part and rest are rates, and the gap is in cases a period.
    `periods` are known in both, `agreeing` of them worse; `halves` says that both halves of those known are.
    """

    part: Floats
    rest: Floats
    sizes: tuple[Floats, Floats]
    gap: Floats
    periods: Floats
    agreeing: Floats
    halves: Bools
    sigma: Floats
    error: Floats
    freedom: Floats
    single: Floats

    @classmethod
    def of(cls, apart: Apart, side: Side) -> Self:
        """Pool a window: proportions and rates by their cases, means by period."""
        known = ~np.isnan(apart.gap)
        weights = [rows.filled(np.where(apart.counted[:, None], size, 1.0), known) for size in apart.sizes]
        masses = [rows.total(weight) for weight in weights]
        with np.errstate(divide="ignore", invalid="ignore"):
            part, rest = (
                rows.total(weight * rows.filled(values, known)) / mass
                for weight, values, mass in zip(weights, (apart.part, apart.rest), masses, strict=True)
            )
            periods = rows.count(known)
            a_period = np.where(side.unit == Unit.COUNT, masses[0] / periods, 1.0)
            about = (apart.gap - rows.mean(apart.gap, known)[:, None]) / apart.chance
        spread = spread_of(about, apart, drifting=True)
        told = np.where(apart.counted, _chance_of(part, rest, masses, side), 1 / np.sqrt(np.maximum(periods, 1)))
        earlier = np.cumsum(known, axis=1) * 2 <= periods[:, None]
        halves = [rows.mean(apart.gap, known & half) > 0 for half in (earlier, ~earlier)]
        return cls(
            part=part,
            rest=rest,
            sizes=(masses[0], masses[1]),
            gap=side.direction * (rest - part) * a_period,
            periods=periods,
            agreeing=rows.count(known & (apart.gap > 0)),
            halves=halves[0] & halves[1],
            sigma=spread.sigma,
            error=spread.sigma * told * a_period,
            freedom=spread.freedom,
            single=3 * spread.sigma * apart.chance[:, -1] * a_period,
        )

    def chance(self, side: Side) -> Floats:
        """One-sided p of a gap this wide; exact for counts, whose cases tell as much as fewer independent ones."""
        with np.errstate(divide="ignore", invalid="ignore"):
            p = special.stdtr(self.freedom, np.where(self.gap == 0, 0.0, -self.gap / self.error))
        counts = (side.unit == Unit.COUNT) & (self.gap > 0)
        if counts.any():
            p[counts] = self._rates(side, counts)
        return p

    def _rates(self, side: Side, chosen: Bools) -> Floats:
        dispersion = self.sigma[chosen] ** 2
        ours, theirs = (size[chosen] / dispersion for size in self.sizes)
        given = self.part[chosen] * ours, ours, self.rest[chosen] * theirs, theirs
        fewer = side.direction[chosen] > 0
        return np.where(fewer, rates_differ(*given, sign=-1.0), rates_differ(*given))

    def apart_by_interval(self, side: Side) -> Bools:
        """Whether Newcombe's interval of the difference excludes none; asked of proportions, where tails are short."""
        (ours, theirs), lower = self.sizes, side.direction > 0
        dispersion = np.where(side.unit == Unit.FRACTION, self.sigma**2, 1.0)
        told = self.part * ours, ours, self.rest * theirs, theirs
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = newcombe(*told, level=1 - 2 * LIMIT_ALPHA, dispersion=dispersion)
        return (side.unit != Unit.FRACTION) | np.isnan(ours) | np.where(lower, high < 0, low > 0)


def _chance_of(part: Floats, rest: Floats, masses: list[Floats], side: Side) -> Floats:
    """Standard error that counting gives a pooled gap, were part and rest one."""
    ours, theirs = masses
    with np.errstate(divide="ignore", invalid="ignore"):
        level = (part * ours + rest * theirs) / (ours + theirs)
        each = np.where(side.unit == Unit.FRACTION, np.clip(level * (1 - level), 0, None), level)
        return np.sqrt(each * (1 / ours + 1 / theirs))
