"""A seeded organisation of any size: functions, journeys, measures, links and their figures. Pure numpy.

Each journey has a latent health (AR(1), by segment and month) that all its measures follow, with seasons and noise of
their own. Targets lie on the safe side of the long run, so that most months are on target by chance alone. In the last
months some outcomes give way while the KPIs that serve them do not: those are the contradictions to be found.
"""

import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEED = 20_261_122
YEAR = 12
PERSISTENCE = 0.6  # of a journey's health, from month to month
FEWEST_SIBLINGS = 3  # from which a measure is compared across its segments
PLANTED_MONTHS, PLANTED_SHIFT = 4, 4.0  # from the end; in deviations
SPREADS = {"fraction": 0.025, "index": 2.0, "count": 0.06}
"""One deviation of a measure, by unit: absolute, for a count relative."""
LINKED = {"handoff": 0.04, "overcommitment": 0.025, "gaming": 0.015, "mix": 0.01}
"""Of all rules, those that come from links of a kind; two come from each divergence link, which take what is left."""
SEGMENTS_A_REGION = 5
PROMISED, KEPT = 2000.0, 3000.0
"""What counts lie about: some are promises, more could be kept."""


@dataclass(frozen=True)
class Size:
    """How much of everything. Each of `two_sources` measures comes from a second source too, for the whole alone.

    There are so many links that `rules` come of them and of the measures by themselves. Of the outcomes' series the
    share `planted` gives way in the last months.
    """

    functions: int
    journeys: int
    measures: int
    segments: int
    months: int
    rules: int
    two_sources: int
    planted: float = 0.01


FULL = Size(functions=8, journeys=12, measures=400, segments=50, months=51, rules=2000, two_sources=100)
"""A million observations in fifty months, one month that arrives later, and 2,000 rules over all kinds."""
LARGE = replace(FULL, segments=250)
"""Five million observations under the same rules."""
YOUNG = replace(FULL, segments=1, months=25, planted=0.5)
"""The same organisation with ten thousand observations, and as many cases as fill its pages too."""
TINY = Size(functions=3, journeys=2, measures=24, segments=4, months=26, rules=150, two_sources=4)


@dataclass(frozen=True)
class Entry:
    """A measure of the dictionary; `function` and `journey` are numbers, an outcome belongs to no function."""

    code: str
    unit: str
    higher_is_better: bool
    is_outcome: bool
    function: int
    journey: int
    base: float

    @property
    def sign(self) -> int:
        return 1 if self.higher_is_better else -1

    @property
    def spread(self) -> float:
        return SPREADS[self.unit]

    @property
    def has_target(self) -> bool:
        """A count has none: it grows with its segment."""
        return self.unit != "count"

    def bound(self, deviations: float) -> float | None:
        """A figure so far on the bad side of the long run; None where there is no target."""
        return round(self.base - self.sign * deviations * self.spread, 4) if self.has_target else None


@dataclass(frozen=True)
class Joined:
    """A declared link between two measures, by their numbers."""

    kind: str
    source: int
    target: int
    lag: int


class Organisation:
    """One organisation; the same size and seed give the same figures."""

    def __init__(self, size: Size, seed: int = SEED) -> None:
        self.size = size
        self._random = np.random.default_rng(seed)
        self.entries = [self._entry(number) for number in range(size.measures)]
        self.segments = [_segment(number, size.segments) for number in range(size.segments)]
        self.weights = _summed_up(self.segments, np.exp(self._random.normal(0, 0.8, size.segments)))
        self.links = self._links()

    def _entry(self, number: int) -> Entry:
        choose, journeys = self._random, self.size.journeys
        is_outcome = number // journeys % 4 == 0
        unit = str(choose.choice(["fraction", "fraction", "index"] if is_outcome else ["fraction", "index", "count"]))
        base = {"fraction": choose.uniform(0.25, 0.85), "index": choose.uniform(20, 80),
                "count": choose.choice([PROMISED, KEPT])}[unit]  # fmt: skip
        return Entry(
            f"{'outcome' if is_outcome else 'kpi'}.{number:04d}", unit, bool(choose.random() < 0.7), is_outcome,
            int(choose.integers(self.size.functions)), number % journeys, round(float(base), 3),
        )  # fmt: skip

    def _links(self) -> list[Joined]:
        """KPIs serve outcomes of their journey; each is joined in other ways with measures of the same journey too."""
        pairs = [(source, target) for source in range(self.size.measures) for target in range(self.size.measures)
                 if source != target and self.entries[source].journey == self.entries[target].journey]  # fmt: skip
        links = []
        for kind, share in LINKED.items():
            able = [Joined(kind, *pair, lag=0) for pair in pairs if self._may_be(kind, *pair)]
            links += self._some(able, round(self.size.rules * share))
        serving = [Joined("divergence", *pair, lag=int(self._random.choice([0, 0, 1, 2])))
                   for pair in pairs if self._may_be("divergence", *pair)]  # fmt: skip
        return links + self._some(serving, (self.size.rules - len(links) - self._own_rules()) // 2)

    def _may_be(self, kind: str, source: int, target: int) -> bool:
        one, other = self.entries[source], self.entries[target]
        if kind == "divergence":
            return other.is_outcome and not one.is_outcome
        alike = one.unit == other.unit and not one.is_outcome and not other.is_outcome
        if kind == "overcommitment":
            return alike and (one.unit, one.base, other.base) == ("count", PROMISED, KEPT)
        return alike and (one.has_target or kind == "handoff")

    def _own_rules(self) -> int:
        """Rules that measures have without a link: breaks and integrity; with targets, and with segments, two more."""
        in_segments = self.size.segments > FEWEST_SIBLINGS
        own = sum(2 + 2 * (in_segments and entry.has_target) for entry in self.entries)
        return own + self.size.two_sources

    def _some(self, links: list[Joined], count: int) -> list[Joined]:
        chosen = np.sort(self._random.choice(len(links), min(max(count, 0), len(links)), replace=False))
        return [links[number] for number in chosen]

    @cached_property
    def spoken(self) -> list[str]:
        """Its segments as senders write them."""
        return [json.dumps(segment) for segment in self.segments]

    @cached_property
    def figures(self) -> tuple[Floats, Floats, Floats]:
        """Values, numerators and denominators, each measures × segments × months; NaN for a part not given."""
        deviations = self._deviations()
        answer: tuple[Floats, Floats, Floats] = tuple(np.full(deviations.shape, np.nan) for _ in range(3))  # type: ignore[assignment]
        sizes = 400 * self.weights[:, None] * self._random.uniform(0.9, 1.1, deviations.shape)
        for number, entry in enumerate(self.entries):
            drawn = self._drawn(entry, deviations[number], np.round(sizes[number]) + 40)
            for column, figures in zip(answer, drawn, strict=True):
                column[number] = figures
        return answer

    def _drawn(self, entry: Entry, deviation: Floats, denominator: Floats) -> tuple[Floats, Floats, Floats]:
        absent = np.full(deviation.shape, np.nan)
        if entry.unit == "count":
            expected = entry.base * self.weights[:, None] * np.exp(entry.spread * deviation)
            return self._random.poisson(expected).astype(float), absent, absent
        mean = entry.base + entry.spread * deviation
        if entry.unit == "index":
            return np.round(mean, 2), absent, denominator
        numerator = self._random.binomial(denominator.astype(int), np.clip(mean, 0.02, 0.98)).astype(float)
        return np.round(numerator / denominator, 6), numerator, denominator

    def _deviations(self) -> Floats:
        """How far each figure's expectation lies from the long run, in deviations of its measure."""
        size, random = self.size, self._random
        health = self._health()
        turns = 2 * np.pi * np.arange(size.months) / YEAR
        answer = random.normal(0, 0.6, (size.measures, size.segments, size.months))
        for number, entry in enumerate(self.entries):
            season = random.choice([0.0, 0.5]) * np.sin(turns + random.uniform(0, 2 * np.pi))
            good = random.uniform(0.2, 0.5) * health[entry.journey] + season
            if entry.is_outcome:
                good[random.random(size.segments) < size.planted, -PLANTED_MONTHS:] -= PLANTED_SHIFT
            answer[number] += entry.sign * good
        return answer

    def _health(self) -> Floats:
        size = self.size
        shocks = self._random.normal(0, np.sqrt(1 - PERSISTENCE**2), (size.journeys, size.segments, size.months))
        health = shocks.copy()
        for month in range(1, size.months):
            health[..., month] = PERSISTENCE * health[..., month - 1] + shocks[..., month]
        return health


def _segment(number: int, segments: int) -> dict[str, str]:
    """The whole, then the regions, then units within them."""
    regions = segments // SEGMENTS_A_REGION
    if number <= regions:
        return {"region": f"R{number:03d}"} if number else {}
    return {"region": f"R{number % regions + 1:03d}" if regions else "R000", "unit": f"U{number:03d}"}


def _summed_up(segments: list[dict[str, str]], weights: Floats) -> Floats:
    """The weights of segments, those of wholes being the sum of their units'."""
    units = [number for number, segment in enumerate(segments) if "unit" in segment]
    return np.array(
        [
            sum(weights[unit] for unit in units if segment.items() <= segments[unit].items()) or weights[number]
            for number, segment in enumerate(segments)
        ]
    )
