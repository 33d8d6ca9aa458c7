"""The organisation's calendar of days without meetings, and what it does to meetings that are set."""

from datetime import date, timedelta

from forums.models import DayOff, Meeting
from truthgov import audit, clock
from truthgov.actor import Actor


def days_off_from(day: date) -> set[date]:
    return set(DayOff.objects.filter(day__gte=day).values_list("day", flat=True))


def next_working(day: date, off: set[date]) -> date:
    """The day itself where a forum may meet on it, or the next working day that is not among `off`."""
    while day in off:
        day += timedelta(days=1)
        while day.isoweekday() > 5:
            day += timedelta(days=1)
    return day


def declare(day: date, name: str, *, by: Actor) -> DayOff:
    """On `day` no forum meets: what is set on it already moves to the next working day, whatever the charter says of
    meetings to come, since it was announced."""
    with audit.act():
        declared = DayOff.objects.declared(day, name, by=by)
        for meeting in Meeting.objects.filter(status=Meeting.Status.SCHEDULED).select_related("charter"):
            if clock.local_day(meeting.starts_at) == day:
                meeting.give_way(next_working(day, days_off_from(day)), by=by)
    return declared
