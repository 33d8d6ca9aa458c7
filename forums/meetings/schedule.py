"""When forums meet: slots from the cadence, and one scheduled meeting a slot."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from forums.charters.days_off import days_off_from, next_working
from forums.models import Charter, Forum, Meeting
from truthgov import audit
from truthgov.actor import Actor
from truthgov.errors import Refusal

CLOCKWORK = Actor(clockwork="schedule")
AHEAD = timedelta(days=45)
"""How far ahead meetings are set: a monthly forum always has its next one."""
AGENDA_AHEAD = timedelta(days=14)


def schedule_meetings(today: date) -> list[Meeting]:
    """Set what is due to be set, from today on; a slot that is set already stays as it is."""
    ruled = [(forum, charter) for forum, charter in Forum.objects.with_charters(on=today) if charter]
    for forum, charter in ruled:
        _keep_to(charter, forum, today)
    return [
        meeting
        for forum, charter in ruled
        for slot in charter.slots(today, today + AHEAD)
        if (meeting := schedule_meeting(forum, charter, slot))
    ]


def _keep_to(charter: Charter, forum: Forum, today: date) -> None:
    """What an earlier version set on other days takes the days that this one names, in their order: a forum does not
    meet by two cadences.

    What is set for today is held today; what finds no day stays, for its chair to open or to move.
    """
    slots = list(charter.slots(today, today + AHEAD))
    known = Meeting.objects.filter(forum=forum, slot__gte=today)
    set_before = known.filter(status=Meeting.Status.SCHEDULED, slot__gt=today).exclude(charter=charter)
    behind = set_before.exclude(slot__in=slots).order_by("slot")
    taken = set(known.values_list("slot", flat=True))
    for meeting, slot in zip(behind, (each for each in slots if each not in taken), strict=False):
        starts_at = _start_on(charter, slot)
        if starts_at:
            with suppress(Refusal):  # opened meanwhile, or another beat was quicker
                meeting.keep_to(charter, slot, starts_at, by=CLOCKWORK)


def schedule_meeting(forum: Forum, charter: Charter, slot: date) -> Meeting | None:
    """The meeting of a slot, reviewing the month before; None when it was set already, by whichever beat.

    On a day without meetings it is set on the next working day that is none, or not at all, as the charter says.
    """
    starts_at = _start_on(charter, slot)
    if starts_at is None:
        return None
    with audit.act():
        meeting, is_new = Meeting.objects.get_or_create(
            forum=forum, slot=slot,
            defaults={"charter": charter, "starts_at": starts_at, "period_start": Meeting.reviewed_at(slot)},
        )  # fmt: skip
        if is_new:
            audit.record("meeting.scheduled", meeting, by=CLOCKWORK, slot=slot)
    return meeting if is_new else None


def _start_on(charter: Charter, slot: date) -> datetime | None:
    off = days_off_from(slot)
    if charter.on_day_off == Charter.OnDayOff.SKIP and slot in off:
        return None
    return charter.begins_at(next_working(slot, off))


def prepare_agendas(today: date, *, by: Actor) -> None:
    """Draft the agendas of the meetings of the coming days, as matters stand; again and again until they open."""
    coming = Meeting.objects.filter(status=Meeting.Status.SCHEDULED, slot__range=(today, today + AGENDA_AHEAD))
    for meeting in coming.select_related("forum", "charter"):
        meeting.draft_agenda(by=by)
