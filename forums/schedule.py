"""When forums meet: slots from the cadence, and one scheduled meeting a slot."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from forums.models import Charter, Forum, Meeting
from truthgov import audit
from truthgov.actor import Actor
from truthgov.periods import Grain, Period

CLOCKWORK = Actor(clockwork="schedule")
AHEAD = timedelta(days=45)
"""How far ahead meetings are set: a monthly forum always has its next one."""
AGENDA_AHEAD = timedelta(days=14)


def slots(cadence: str, day: int, first: date, last: date) -> Iterator[date]:
    """The dates from `first` to `last` on which a cadence meets; see `Charter` for what `day` counts."""
    if cadence == Charter.Cadence.MONTHLY:
        yield from (slot for slot in _monthly(day, first, last) if first <= slot <= last)
        return
    for offset in range((last - first).days + 1):
        slot = first + timedelta(days=offset)
        on_cadence = cadence == Charter.Cadence.WEEKLY or slot.isocalendar().week % 2 == 0
        if on_cadence and slot.isoweekday() == day:
            yield slot


def schedule_meetings(today: date) -> list[Meeting]:
    """Set what is due to be set, from today on; a slot that is set already stays as it is."""
    return [
        meeting
        for forum, charter in Forum.objects.with_charters(on=today)
        if charter
        for slot in slots(charter.cadence, charter.cadence_day, today, today + AHEAD)
        if (meeting := schedule_meeting(forum, charter, slot))
    ]


def schedule_meeting(forum: Forum, charter: Charter, slot: date) -> Meeting | None:
    """The meeting of a slot, reviewing the month before; None when it was set already, by whichever beat."""
    with audit.act():
        starts_at = timezone.make_aware(datetime.combine(slot, charter.meets_at))
        review = Period.containing(slot, Grain.MONTH).shift(-1).start
        meeting, is_new = Meeting.objects.get_or_create(
            forum=forum, slot=slot, defaults={"charter": charter, "starts_at": starts_at, "period_start": review}
        )
        if is_new:
            audit.record("meeting.scheduled", meeting, by=CLOCKWORK, slot=slot)
    return meeting if is_new else None


def prepare_agendas(today: date, *, by: Actor) -> None:
    """Draft the agendas of the meetings of the coming days, as matters stand; again and again until they open."""
    coming = Meeting.objects.filter(status=Meeting.Status.SCHEDULED, slot__range=(today, today + AGENDA_AHEAD))
    for meeting in coming.select_related("forum", "charter"):
        meeting.draft_agenda(by=by)


def _monthly(day: int, first: date, last: date) -> Iterator[date]:
    month = Period.containing(first, Grain.MONTH)
    while month.start <= last:
        yield _working_day(month, day)
        month = month.shift(1)


def _working_day(month: Period, number: int) -> date:
    """The `number`th day of a month that is neither Saturday nor Sunday."""
    days = (month.start + timedelta(days=offset) for offset in range((month.end - month.start).days))
    return [day for day in days if day.isoweekday() < 6][number - 1]
