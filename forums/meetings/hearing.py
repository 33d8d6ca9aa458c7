"""How long the items of a meeting were in hand. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

Taken = tuple[int, datetime]


def time_used(takings: Iterable[Taken], until: datetime) -> dict[int, timedelta]:
    """By item, the time from each moment it was called to the next call, or to `until`, where the meeting closed or is
    now. Calls come in their order."""
    used: dict[int, timedelta] = {}
    for (item, begun), (_, ended) in pairwise([*takings, (0, until)]):
        used[item] = used.get(item, timedelta()) + max(ended - begun, timedelta())
    return used


def minutes_of(used: timedelta) -> int:
    """Whole minutes, as the clock on the wall counts them."""
    return int(used.total_seconds() // 60)
