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
PLANTED_SHARE, PLANTED_MONTHS, PLANTED_SHIFT = 0.01, 4, 4.0  # of the outcomes' series; from the end; in deviations
SPREADS = {"fraction": 0.025, "index": 2.0, "count": 0.06}
"""One deviation of a measure, by unit: absolute, for a count relative."""
LINKS = {"divergence": 12, "handoff": 4, "mix": 4, "gaming": 4, "inconsistency": 2, "overcommitment": 2}
"""How the links divide into kinds. Those of `divergence` make two rules each; every measure makes rules of its own."""
SERVING = ("divergence", "inconsistency", "mix")
"""Kinds of link that lead to an outcome; the others join two KPIs."""
SEGMENTS_A_REGION = 5


@dataclass(frozen=True)
class Size:
    """How much of everything. Each of `two_sources` measures comes from a second source too, for the whole alone."""

    functions: int
    journeys: int
    measures: int
    segments: int
    months: int
    links: int
    two_sources: int


FULL = Size(functions=8, journeys=12, measures=400, segments=50, months=51, links=345, two_sources=100)
"""A million observations in fifty months, one month that arrives later, and 2,000 rules over all kinds."""
YOUNG = replace(FULL, segments=1, months=25)
"""The same organisation with ten thousand observations."""
TINY = Size(functions=3, journeys=2, measures=24, segments=4, months=26, links=30, two_sources=4)


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

    def bound(self, deviations: float) -> float | None:
        """A figure so far on the bad side of the long run; None of a count, which grows with its segment."""
        return None if self.unit == "count" else round(self.base - self.sign * deviations * self.spread, 4)


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
        self.weights = np.exp(self._random.normal(0, 0.8, size.segments))
        self.weights[0] = self.weights[1:].sum() or 1.0
        self.links = self._links()

    def _entry(self, number: int) -> Entry:
        choose, journeys = self._random, self.size.journeys
        is_outcome = number // journeys % 4 == 0
        unit = str(choose.choice(["fraction", "fraction", "index"] if is_outcome else ["fraction", "index", "count"]))
        base = {"fraction": choose.uniform(0.25, 0.85), "index": choose.uniform(20, 80), "count": 2000.0}[unit]
        return Entry(
            f"{'outcome' if is_outcome else 'kpi'}.{number:04d}", unit, bool(choose.random() < 0.7), is_outcome,
            int(choose.integers(self.size.functions)), number % journeys, round(float(base), 3),
        )  # fmt: skip

    def _links(self) -> list[Joined]:
        """KPIs are joined with outcomes of their journey, or with its other KPIs of the same unit."""
        serving, beside = [], []
        for source, kpi in enumerate(self.entries):
            for target, other in enumerate(self.entries):
                if kpi.is_outcome or source == target or kpi.journey != other.journey:
                    continue
                if other.is_outcome:
                    serving.append((source, target))
                elif kpi.unit == other.unit:
                    beside.append((source, target))
        return [
            Joined(kind, *sides, self._lag(kind))
            for kind, share in LINKS.items()
            for sides in self._some(serving if kind in SERVING else beside, share)
        ]

    def _lag(self, kind: str) -> int:
        return int(self._random.choice([0, 0, 1, 2])) if kind == "divergence" else 0

    def _some(self, sides: list[tuple[int, int]], share: int) -> list[tuple[int, int]]:
        count = min(self.size.links * share // sum(LINKS.values()), len(sides))
        return [sides[number] for number in np.sort(self._random.choice(len(sides), count, replace=False))]

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
                good[random.random(size.segments) < PLANTED_SHARE, -PLANTED_MONTHS:] -= PLANTED_SHIFT
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
