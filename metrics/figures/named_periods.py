"""The periods that somebody names, as conditions on rows that hold a first day."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from truthgov.periods import Period


def in_periods(periods: Iterable[Period], grain: str) -> Q:
    """Rows of these periods, `grain` being the field that holds theirs: a month and its first day begin alike."""
    return reduce(or_, (Q(period_start=period.start, **{grain: period.grain.value}) for period in periods))
