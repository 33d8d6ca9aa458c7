"""Whether an outcome has worsened over its last periods together, and whether a KPI's showing over them contradicts it.

Two movements tell more than one. Where the KPI improved over the very window in which the outcome worsened, both
chances are joined (S. A. Stouffer et al., *The American Soldier*, 1949), for under the hypothesis that nothing is wrong
neither moved. But an outcome that stood still is never made a finding by its KPI's success: its own chance must stay
below OWN.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints, Side
from metrics.detection.claims import Claim, reaches
from metrics.detection.control import ZONE
from metrics.detection.showing import Showing
from metrics.detection.statistics import rows
from metrics.detection.statistics.scan import SCAN_LOOKS, Scan, same_last_year, scan
from metrics.detection.statistics.special import special

OWN = 0.01
"""Chance of the outcome's own worsening up to which a KPI's improvement is counted with it."""
NO_SEASON = 0.5
"""Part of a worsening that must be one against the same periods last year, too: what was as bad then is the season."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """What outcomes show over each window of periods, whoever serves them; series or pairs × windows.

    `p` is the chance of having worsened so far, the looks at other windows paid for; 1 where the worsening does not
    matter, or the judged period has no part in it. `told` says that there was past enough to tell.
    """

    mean: Floats
    expected: Floats
    error: Floats
    effect: Floats
    p: Floats
    told: Bools

    @classmethod
    def of(cls, outcome: Side, column: int, season: int, one_is_enough: Bools) -> Self:
        """Hold the windows up to a period of every outcome against what their past leads to expect."""
        seen = scan(outcome, column, season)
        p = seen.moved(-outcome.direction)
        effect = outcome.direction[:, None] * (seen.expected - seen.mean)
        lately = outcome.direction[:, None] * (same_last_year(outcome, column, season) - seen.mean)
        matters = _matters(seen, outcome, effect, p, one_is_enough) & ~(lately < NO_SEASON * effect)
        priced = np.where(matters, np.minimum(1.0, SCAN_LOOKS * p), 1.0)
        return cls(seen.mean, seen.expected, seen.error, effect, priced, rows.count(~np.isnan(p)) > 0)


@dataclass(frozen=True, slots=True)
class Against:
    """An outcome's worsening held against a KPI's showing, one value a pair.

    `which` is the row each pair has in what outcomes show. `claims` says that the KPI makes a claim over any window,
    `asked` that it might. `p` is the smallest chance of any window, `window` its number of periods; `joined` is the
    chance of the KPI's own improvement where it was counted, NaN where the outcome's worsening stands alone.
    """

    which: Ints
    claims: Bools
    asked: Bools
    p: Floats
    window: Ints
    joined: Floats

    def at(self, windows: Floats) -> Floats:
        """What outcomes × windows hold for the window that decided."""
        return windows[self.which, self.window - 1]


def against(pooled: Pooled, which: Ints, showing: Showing, served: Claim, claimed: Claim) -> Against:
    """Which pairs may be asked, and how likely their figures are by chance; `which` outcome each pair has."""
    open_to = ~claimed.withdrawn[:, None]
    standing = showing.holds & ~served.on_target[:, None] & open_to
    improving = showing.improving & open_to
    own, told = pooled.p[which], pooled.told[which]
    alone, both = np.where(standing | improving, own, 1.0), np.ones(own.shape)
    moved = np.nonzero(improving & (own <= OWN))
    both[moved] = special.ndtr((special.ndtri(own[moved]) + special.ndtri(2 * showing.better[moved])) / np.sqrt(2))
    p = np.where(improving, np.minimum(1.0, 2 * np.minimum(alone, both)), alone)
    best = p.argmin(axis=1)
    found = np.arange(len(p)), best
    joined = np.where((both < alone)[found], showing.better[found], np.nan)
    claims = told & ((showing.holds & open_to) | improving).any(axis=1)
    asked = claims | (told & (showing.leaning & open_to).any(axis=1))
    return Against(which, claims, asked, p[found], best + 1, joined)


def _matters(seen: Scan, outcome: Side, effect: Floats, p: Floats, one_is_enough: Bools) -> Bools:
    """Windows that are worse by as much as matters, and to which the judged period itself belongs."""
    least = outcome.min_effect
    large = (effect > 0) & reaches(effect, least[:, None]) & reaches(effect[:, :1], least[:, None])
    repeated = one_is_enough[:, None] | seen.repeated(-outcome.direction)
    return large & repeated & (p[:, :1] <= ZONE)
