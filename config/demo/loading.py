"""The demonstration organisation, loaded through the product's own doors as if its months had passed."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from config.demo import ground, ledger, moved, steering, tuned
from config.demo.attested import stand_behind
from config.demo.cast import Cast
from config.demo.forums import found_beside_steering
from config.demo.program import Program
from config.demo.story import CANCELLED, CHAPTERS, FOUND_LATE, FOUND_LATE_BECAUSE, FOUND_LATE_IN, RECORD, STILL_ASKED
from forums.meetings import schedule
from forums.models import Meeting
from metrics.assessment import assess
from truthgov import clock
from truthgov.periods import Period

MONTHS_BACK = 5
"""Months that are reported one by one, each with its meeting; those before come in with the first delivery."""
REPORTED_AT = time(7)
SHORTEST_PASSWORD = 12
PROOFS = {task.title: task.done for chapter in CHAPTERS for task in chapter.tasks if task.done}

Tell = Callable[[str], object]


@transaction.atomic
def load(password: str, *, tell: Tell) -> Cast:
    """Found the organisation, and let its months pass: figures, challenges, meetings; `tell` hears of each.

    One transaction: what is final cannot be taken back, so that a half of it could only stay.
    """
    now, today = clock.now(), clock.today()
    months = [moved.last_complete_month(today).shift(-back) for back in reversed(range(MONTHS_BACK))]
    starts_on = months[0].shift(-24).start
    cast = Cast(password, starts_on)
    with clock.at(_morning(starts_on)):
        tell("Founding the organisation, its people, journeys and dictionary.")
        cast.found()
        ground.lay(cast, starts_on=starts_on)
        steering.charter(cast, starts_on=starts_on)
    with clock.at(_morning(months[0].start)):
        program = Program(cast)
    waiting = moved.figures(today)
    if ledger.address():
        with clock.at(_morning(months[0].end)):
            ledger.connect(waiting, months[0], cast)
    for month in months:
        tell(f"{month}: figures, their assessment, and the meeting on them.")
        due = [figure for figure in waiting if figure.last_day <= month.last_day]
        waiting = waiting[len(due) :]
        _pass_month(month, due, program, cast, now)
    _restate(months[-2], program, now)
    _leave_open(cast, now)
    return cast


def _restate(month: Period, program: Program, now: datetime) -> None:
    """The program corrects the cancellations of a month that a meeting has looked at already."""
    with clock.at(now):
        program.push(found_late(month), reason=FOUND_LATE_BECAUSE)
        assess()


def found_late(month: Period) -> list[moved.Figure]:
    """A month's cancellations with those that were found late, wherever they count."""
    told = {"measure_code": CANCELLED, "source": RECORD, "period_start": month.start.isoformat()}
    return [
        moved.with_more(figure, FOUND_LATE)
        for figure in moved.figures(clock.today())
        if told.items() <= figure.row.items() and json.loads(figure.row["segment_json"]) in FOUND_LATE_IN
    ]


def _pass_month(month: Period, due: list[moved.Figure], program: Program, cast: Cast, now: datetime) -> None:
    chapters = [chapter for chapter in CHAPTERS if month.shift(chapter.months_ago).start == _last(now).start]
    with clock.at(min(_morning(month.end + timedelta(days=4)), now)):
        program.push(due)
        if ledger.address():
            ledger.pull()
        assess()
        stand_behind(month, cast, is_last=month == _last(now))
        schedule.schedule_meetings(clock.today())
        for chapter in chapters:
            steering.ask(chapter, cast, answered=True)
        steering.clear_false_alarms(cast)
    meeting = Meeting.objects.get(period_start=month.start)
    if meeting.starts_at + timedelta(days=2) < now:
        steering.hold(meeting, chapters, cast)
        steering.answer_escalations(meeting, cast, now=now)
        steering.carry_out_actions(cast, PROOFS, now=now)


def _leave_open(cast: Cast, now: datetime) -> None:
    """What is owed when the demonstration begins: challenges to answer, the next meeting with its agenda, approvals."""
    with clock.at(now):
        for chapter in STILL_ASKED:
            steering.ask(chapter, cast, answered=False)
        found_beside_steering(cast, starts_on=clock.today())
        schedule.schedule_meetings(clock.today())
        for meeting in Meeting.objects.upcoming(at=now):
            meeting.draft_agenda(by=schedule.CLOCKWORK)
        steering.prepare(Meeting.objects.upcoming(at=now).filter(forum__code="steering")[0], cast)
        tuned.tune(cast, _last(now))


def _last(now: datetime) -> Period:
    return moved.last_complete_month(timezone.localdate(now))


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, REPORTED_AT))
