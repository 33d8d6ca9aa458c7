"""When forums meet: slots from the cadence, and one scheduled meeting a slot."""

from datetime import date, timedelta

from forums.charters.days_off import days_off_from, next_working
from forums.models import Charter, Forum, Meeting
from truthgov import audit
from truthgov.actor import Actor
from truthgov.periods import Grain, Period

CLOCKWORK = Actor(clockwork="schedule")
AHEAD = timedelta(days=45)
"""How far ahead meetings are set: a monthly forum always has its next one."""
AGENDA_AHEAD = timedelta(days=14)


def schedule_meetings(today: date) -> list[Meeting]:
    """Set what is due to be set, from today on; a slot that is set already stays as it is."""
    return [
        meeting
        for forum, charter in Forum.objects.with_charters(on=today)
        if charter
        for slot in charter.slots(today, today + AHEAD)
        if (meeting := schedule_meeting(forum, charter, slot))
    ]


def schedule_meeting(forum: Forum, charter: Charter, slot: date) -> Meeting | None:
    """The meeting of a slot, reviewing the month before; None when it was set already, by whichever beat.

    On a day without meetings it is set on the next working day that is none, or not at all, as the charter says.
    """
    off = days_off_from(slot)
    if charter.on_day_off == Charter.OnDayOff.SKIP and slot in off:
        return None
    with audit.act():
        starts_at = charter.begins_at(next_working(slot, off))
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
