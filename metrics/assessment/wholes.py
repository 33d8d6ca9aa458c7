"""Which segment is a part of which: the wholes a segment belongs to, nearest first, and the parts of a segment."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

import numpy as np
from django.db import connection

from metrics.assessment.joins import find, once
from metrics.detection.batch import Ints
from metrics.ingestion.segments import key_of

COUNTED = "SELECT count(*), max(id) FROM metrics_segment"
KEYS = "SELECT id, key FROM metrics_segment ORDER BY id"


class Tree(NamedTuple):
    """Every segment with each whole it is a part of, as rows of `part` and `whole`: by part, nearest whole first.

    `counted` are number and newest of the segments that it was made of: none is ever changed or taken away.
    """

    counted: tuple[int, int | None]
    part: Ints
    whole: Ints

    @classmethod
    def of(cls, counted: tuple[int, int | None], segments: Sequence[tuple[int, str]]) -> Self:
        known = {key: segment for segment, key in segments}
        rows = [(part, known[key]) for part, own in segments for key in _keys_around(own) if key in known]
        return cls(counted, *np.array(rows, np.int64).reshape(-1, 2).T)

    @classmethod
    def as_it_stands(cls) -> "Tree":
        """The tree of all segments; made anew when there is another segment."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTED)
            counted, tree = cursor.fetchone(), _trees.get(cursor.connection)
            if tree is None or tree.counted != counted:
                cursor.execute(KEYS)
                tree = _trees[cursor.connection] = cls.of(counted, cursor.fetchall())
        return tree

    def parts_of(self, segments: Ints) -> tuple[Ints, Ints]:
        """Segments, in order, each with every segment that is a part of it."""
        own = np.flatnonzero(find(once(segments), self.whole)[1])
        own = own[np.argsort(self.whole[own], kind="stable")]
        return self.whole[own], self.part[own]

    def wholes_of(self, segments: Ints) -> tuple[Ints, Ints]:
        """Segments, in order, each with the wholes it is a part of: those with most values in common first, then by
        key."""
        own = find(once(segments), self.part)[1]
        return self.part[own], self.whole[own]


NO_TREE = Tree((0, None), np.empty(0, np.int64), np.empty(0, np.int64))
_trees: WeakKeyDictionary[Any, Tree] = WeakKeyDictionary()
"""What each connection of the driver has found."""


@lru_cache(maxsize=20_000)
def _keys_around(key: str) -> tuple[str, ...]:
    """The keys of all that fixes fewer values than a segment of this key."""
    values = json.loads(key)
    return tuple(
        each for fixed in range(len(values) - 1, -1, -1) for each in sorted(_keys(combinations(values.items(), fixed)))
    )


def _keys(fewer: Iterable[tuple[tuple[str, str], ...]]) -> Iterator[str]:
    return (key_of(dict(items)) for items in fewer)
