"""The three ways in which a whole may hide a part that fails; `mix` says when each is asked and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints, Side
from metrics.detection.claims import reaches
from metrics.detection.control import ZONE, persistent_p
from metrics.detection.parts import Apart, fall, past, standing
from metrics.detection.statistics import rows
from metrics.detection.statistics.expectation import GUARD, expect
from metrics.detection.statistics.limits import SETTLED_FROM

MADE_UP_FOR = 0.5
"""Share of a worsening that the composition must hide."""


@dataclass(frozen=True, slots=True)
class Way:
    """What one way shows, one value a pair; NaN where it was not asked.

    `matters` is 1 where the effect is one that matters, `alone` the chance of this period by itself, `expected` what
    was to be expected of the part (of the whole, for the composition), `reach` three σ about it.
    """

    p: Floats
    alone: Floats
    repeated: Floats
    matters: Floats
    effect: Floats
    reference: Floats
    expected: Floats
    reach: Floats
    sigma: Floats
    history: Floats

    @classmethod
    def nothing(cls, pairs: int) -> Self:
        """Nothing, where it was asked of no pair."""
        return cls(*(np.full(pairs, np.nan) for _ in cls.__match_args__))

    @classmethod
    def chosen(cls, ways: Sequence[Self], which: Ints) -> Self:
        """For each pair that of some ways which was chosen for it."""
        if len(ways) == 1:
            return ways[0]
        return cls(*(np.choose(which, [getattr(way, name) for way in ways]) for name in cls.__match_args__))

    def among(self, asked: Bools) -> Self:
        """The same with a place for every pair, empty where it was not asked."""
        return type(self)(*(rows.placed(getattr(self, name), asked) for name in self.__match_args__))

    def counted(self, looks: Floats) -> Floats:
        """p for the looks taken: 1 where what is hidden does not matter."""
        return np.where(self.matters == 0, np.where(np.isnan(self.p), np.nan, 1.0), np.minimum(1.0, looks * self.p))


def standing_apart(whole: Side, part: Side, one_is_enough: Bools, column: int, season: int) -> Way:
    """LEVEL: the whole does better than the part by what matters, and the rest than the part by more than chance."""
    apart = Apart.of(whole, part, column, window=past(season))
    tested, spread = standing(apart)
    p, repeated = persistent_p(tested, one_is_enough)
    effect = part.direction * (whole.values[:, column] - part.values[:, column])
    return Way(
        p=p,
        alone=tested[:, -1],
        repeated=repeated,
        matters=((effect > 0) & reaches(effect, part.min_effect)).astype(float),
        effect=effect,
        reference=whole.values[:, column],
        expected=apart.rest[:, -1],
        reach=3 * spread.sigma * apart.chance[:, -1],
        sigma=spread.sigma,
        history=spread.history,
    )


def fallen_away(whole: Side, part: Side, one_is_enough: Bools, column: int, season: int) -> Way:
    """TREND: the part has fallen away from the rest, and keeps away.

    What matters is the definition's smallest change; where it names none, the part must surely lie farther from the
    rest than three σ, beyond which a figure leaves its own past.
    """
    apart = Apart.of(whole, part, column, window=past(season))
    fell = fall(apart)
    _, repeated = persistent_p(fell.tested, one_is_enough)
    effect = apart.gap[:, -1] - fell.before
    large = np.where(np.isnan(part.min_effect), fell.surely > 3 * fell.sigma, reaches(effect, part.min_effect))
    told = fell.history >= SETTLED_FROM
    expected = apart.rest[:, -1] - part.direction * fell.before
    return Way(
        p=np.where(told, repeated, np.nan),
        alone=np.where(told, fell.tested[:, -1], np.nan),
        repeated=np.where(told, repeated, np.nan),
        matters=((effect > 0) & large).astype(float),
        effect=effect,
        reference=expected,
        expected=expected,
        reach=3 * fell.sigma,
        sigma=fell.sigma / apart.chance[:, -1],
        history=fell.history,
    )


def made_up_for(whole: Side, part: Side, one_is_enough: Bools, column: int, season: int) -> Way:
    """COMPOSITION: at the shares of its past the whole has worsened; at those of today half of it does not show."""
    standard = at_past_shares(whole, part, column, season)
    expected = expect(standard, column, season)
    worsened = expected.worsened(whole.direction, zone=ZONE)
    p, repeated = persistent_p(worsened, one_is_enough)
    told = standard.values[:, column]
    effect = whole.direction * (expected.baseline() - told)
    hidden = whole.direction * (whole.values[:, column] - told)
    least = np.where(np.isnan(whole.min_effect), part.min_effect, whole.min_effect)
    return Way(
        p=p,
        alone=worsened[:, -1],
        repeated=repeated,
        matters=((effect > 0) & reaches(effect, least) & (hidden >= MADE_UP_FOR * effect)).astype(float),
        effect=effect,
        reference=told,
        expected=expected.baseline(),
        reach=expected.reach(),
        sigma=expected.sigma,
        history=expected.history,
    )


def at_past_shares(whole: Side, part: Side, column: int, season: int) -> Side:
    """The wholes as they would stand, had the parts kept the shares that they had before the tested periods."""
    apart = Apart.of(whole, part, column, window=past(season))
    known = ~np.isnan(apart.gap)
    before = known & (np.arange(apart.gap.shape[1]) < apart.gap.shape[1] - GUARD)
    ours = rows.total(rows.filled(apart.part_sizes, before))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (ours / (ours + rows.total(rows.filled(apart.rest_sizes, before))))[:, None]
    values = np.full(whole.values.shape, np.nan)
    there = min(past(season), column + 1)
    standard = np.clip(share * apart.part + (1 - share) * apart.rest, 0, 1)
    values[:, column + 1 - there : column + 1] = standard[:, -there:]
    return replace(whole, values=values)
