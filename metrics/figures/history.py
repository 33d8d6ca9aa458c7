"""A course from its first figure on, as numbers: limits and relations rest on all of it, however little is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.detection.batch import Floats
from metrics.dictionary.holding import Dated, read_by, shown_source
from metrics.models import Definition, SourceOfRecord
from truthgov.periods import Grain, Period, ordinal

CHUNKS = """
    SELECT series_id, ordinals, "values", numerators, denominators FROM metrics_serieschunk
    WHERE series_id = ANY(%s::bigint[]) ORDER BY series_id, first_year
"""
Parts = tuple[Floats, Floats, Floats]
"""Values, numerators and denominators."""


class Packed(NamedTuple):
    """What the chunks of a series hold: figures (parts × periods) by the running numbers of their periods."""

    ordinals: NDArray[np.int64]
    parts: Floats

    @classmethod
    def of(cls, chunks: Sequence[Sequence[memoryview]]) -> Self:
        """Put together what PostgreSQL has packed: ordinals, values, numerators and denominators of each chunk."""
        ordinals, *parts = zip(*chunks, strict=True) if chunks else ((), (), (), ())
        return cls(_unpacked(ordinals, ">i4").astype(int), np.array([_unpacked(each, ">f8") for each in parts], float))


@dataclass(frozen=True, slots=True)
class History:
    """Figures of record over consecutive `periods` (by running number) from the first figure on, missing ones NaN."""

    grain: Grain = Grain.MONTH
    periods: range = range(0)
    parts: Parts = field(default_factory=lambda: (np.empty(0), np.empty(0), np.empty(0)))
    versions: Sequence[Definition] = ()

    @property
    def breaks(self) -> list[int]:
        """The periods from which a version holds that counts differently."""
        turns = _turns(self.versions, self.periods, self.grain)[1:]
        held = ((at, self.definition(at - 1), self.definition(at)) for at in turns)
        return [at for at, before, since in held if since.changes_counting and since.version != before.version]

    def period(self, at: int) -> Period:
        return Period.from_ordinal(at, self.grain)

    def definition(self, at: int) -> Definition:
        """The version by which the figure of a period is read."""
        return read_by(self.versions, self.period(at).start)

    def over(self, periods: range) -> Parts:
        """The same over other periods, which may begin before and end after it."""
        begin, end = max(periods.start, self.periods.start), min(periods.stop, self.periods.stop)
        told = np.full((3, len(periods)), np.nan)
        if begin < end:
            ours = slice(begin - self.periods.start, end - self.periods.start)
            told[:, begin - periods.start : end - periods.start] = [part[ours] for part in self.parts]
        return told[0], told[1], told[2]


def packed(series: list[int]) -> dict[int, Packed]:
    """What these series hold, all of it; one query."""
    chunks: dict[int, list[Sequence[memoryview]]] = {key: [] for key in series}
    with connection.cursor() as cursor:
        cursor.execute(CHUNKS, [series])
        for key, *packed_parts in cursor.fetchall():
            chunks[key].append(packed_parts)
    return {key: Packed.of(of_series) for key, of_series in chunks.items()}


def history_of(
    shown: range,
    grain: Grain,
    held: Mapping[int, Packed],
    versions: Sequence[Definition],
    named: Sequence[SourceOfRecord],
) -> History:
    """What the sources of a measure hold in a segment, of each period that of record, up to the end of what is shown.

    `held` is by source, in the order in which they came to report; `named` are those of record as they were decided.
    """
    first = min([shown.start, *(int(each.ordinals[0]) for each in held.values() if len(each.ordinals))])
    periods = range(first, shown.stop)
    of_source = {source: _laid_out(each, periods) for source, each in held.items()}
    told = np.full((3, len(periods)), np.nan)
    for begin, end in pairwise([*_turns(named, periods, grain), shown.stop]):
        source = shown_source(named, list(of_source), Period.from_ordinal(begin, grain).start)
        if source is not None:
            told[:, begin - first : end - first] = of_source[source][:, begin - first : end - first]
    return History(grain, periods, (told[0], told[1], told[2]), versions)


def _laid_out(held: Packed, periods: range) -> Floats:
    at = held.ordinals - periods.start
    known = at < len(periods)
    told = np.full((3, len(periods)), np.nan)
    told[:, at[known]] = held.parts[:, known]
    return told


def _unpacked(packed_parts: Sequence[memoryview], kind: str) -> NDArray[Any]:
    return np.frombuffer(b"".join(packed_parts), kind)


def _turns(decided: Iterable[Dated], periods: range, grain: Grain) -> list[int]:
    """The first period, and each later one from which another decision may hold."""
    begun = {_first_from(each.starts_on, grain) for each in decided if each.starts_on}
    return [periods.start, *sorted(at for at in begun if at in periods[1:])]


def _first_from(day: date, grain: Grain) -> int:
    """The first period that starts on or after a day."""
    number = ordinal(day, grain)
    return number + (Period.from_ordinal(number, grain).start < day)
