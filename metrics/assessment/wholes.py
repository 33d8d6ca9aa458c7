"""Which segment is a part of which: the wholes a segment belongs to, nearest first, and the parts of a segment."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np

from metrics.assessment.columns import fetch
from metrics.detection.batch import Ints
from metrics.ingestion.segments import key_of
from metrics.models import Segment

PARTS = """
    SELECT whole.id, part.id FROM metrics_segment whole
    JOIN metrics_segment part ON part.values @> whole.values AND part.id <> whole.id
    WHERE whole.id = ANY(%s::bigint[])"""


def parts_of(segments: Ints) -> tuple[Ints, Ints]:
    """Segments, in order, each with every segment that is a part of it."""
    found = fetch(PARTS, [np.unique(segments).tolist()], whole="i8", part="i8")
    found = found[np.argsort(found["whole"], kind="stable")]
    return found["whole"], found["part"]


def wholes_of(segments: Ints) -> tuple[Ints, Ints]:
    """Segments, in order, each with the wholes it is a part of: those with most values in common first, then by key."""
    own = Segment.objects.filter(pk__in=np.unique(segments).tolist()).order_by("pk").values_list("pk", "values")
    around = [(segment, key) for segment, values in own for key in _keys_around(values)]
    known = dict(Segment.objects.filter(key__in={key for _, key in around}).values_list("key", "pk"))
    rows = [(segment, known[key]) for segment, key in around if key in known]
    part, whole = np.array(rows, np.int64).reshape(-1, 2).T
    return part, whole


def _keys_around(values: dict[str, str]) -> Iterator[str]:
    """The keys of all that fixes fewer of these values."""
    for fixed in range(len(values) - 1, -1, -1):
        yield from sorted(_keys(combinations(values.items(), fixed)))


def _keys(fewer: Iterable[tuple[tuple[str, str], ...]]) -> Iterator[str]:
    return (key_of(dict(items)) for items in fewer)
