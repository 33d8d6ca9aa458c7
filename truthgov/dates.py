"""Days and moments as documents and mails word them, in the organisation's zone."""

from datetime import date, datetime

from django.utils import timezone

from truthgov import clock


def day(at: date | datetime) -> str:
    """`1 December 2026`."""
    return f"{clock.local_day(at) if isinstance(at, datetime) else at:%-d %B %Y}"


def moment(at: datetime) -> str:
    """`1 December 2026, 09:30`."""
    return f"{timezone.localtime(at, timezone.get_default_timezone()):%-d %B %Y, %H:%M}"
