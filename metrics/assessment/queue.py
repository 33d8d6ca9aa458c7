"""What waits to be assessed: claimed by one worker at a time, tried a few times, then parked to be looked at."""

from django.db import transaction
from django.db.models import F

from metrics.models import TouchedSet

AT_ONCE = 256
"""Touched sets merged into one assessment: a series that ten deliveries touched is judged once."""


def claim(limit: int = AT_ONCE) -> list[int]:
    """The sets to try next, oldest first; committed at once, so that a try which dies is counted all the same.

    What failed before is tried alone: it must not take others down with it again.
    """
    with transaction.atomic():
        waiting = TouchedSet.objects.waiting().order_by("attempts", "pk").select_for_update(skip_locked=True)
        sets = list(waiting[:limit])
        claimed = [each.pk for each in sets if not each.attempts] or [each.pk for each in sets[:1]]
        TouchedSet.objects.filter(pk__in=claimed).update(attempts=F("attempts") + 1)
    return claimed


def take(claimed: list[int]) -> list[TouchedSet]:
    """Lock claimed sets until commit, in the transaction that assesses them; without those somebody else has."""
    return list(TouchedSet.objects.filter(pk__in=claimed).order_by("pk").select_for_update(skip_locked=True))
