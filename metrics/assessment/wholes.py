"""Which segment is a part of which: the wholes a segment belongs to, nearest first, and the parts of a segment."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

import numpy as np
from django.db import connection

from metrics.assessment.columns import fetch
from metrics.assessment.joins import once
from metrics.detection.batch import Ints
from metrics.ingestion.segments import key_of
from metrics.prepared import Prepared

PARTS = """
    SELECT whole.id, part.id FROM metrics_segment whole
    JOIN metrics_segment part ON part.values @> whole.values AND part.id <> whole.id
    WHERE whole.id = ANY(%s::bigint[])"""
KEYS = Prepared(
    "segment_keys", "SELECT id, key FROM metrics_segment WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id", ids="bigint[]"
)
KNOWN = Prepared(
    "segments_known", "SELECT key, id FROM metrics_segment WHERE key = ANY(%(keys)s::text[])", keys="text[]"
)


def parts_of(segments: Ints) -> tuple[Ints, Ints]:
    """Segments, in order, each with every segment that is a part of it."""
    found = fetch(PARTS, [once(segments).tolist()], whole="i8", part="i8")
    found = found[np.argsort(found["whole"], kind="stable")]
    return found["whole"], found["part"]


def wholes_of(segments: Ints) -> tuple[Ints, Ints]:
    """Segments, in order, each with the wholes it is a part of: those with most values in common first, then by key."""
    with connection.cursor() as cursor:
        KEYS.ask(cursor, {"ids": once(segments).tolist()})
        around = [(segment, key) for segment, own in cursor.fetchall() for key in _keys_around(own)]
        KNOWN.ask(cursor, {"keys": list({key for _, key in around})})
        known = dict(cursor.fetchall())
    rows = [(segment, known[key]) for segment, key in around if key in known]
    part, whole = np.array(rows, np.int64).reshape(-1, 2).T
    return part, whole


@lru_cache(maxsize=20_000)
def _keys_around(key: str) -> tuple[str, ...]:
    """The keys of all that fixes fewer values than a segment of this key."""
    values = json.loads(key)
    return tuple(
        each for fixed in range(len(values) - 1, -1, -1) for each in sorted(_keys(combinations(values.items(), fixed)))
    )


def _keys(fewer: Iterable[tuple[tuple[str, str], ...]]) -> Iterator[str]:
    return (key_of(dict(items)) for items in fewer)
