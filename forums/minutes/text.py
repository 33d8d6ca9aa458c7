"""The draft of minutes: what the record says, part by part, for people to write beside, confirm and sign."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from forums.minutes.parts import part
from forums.models.agenda import AgendaItem
from forums.models.decision import Decision
from metrics.models import Contradiction, ContradictionEvent, Snooze
from truthgov import clock

if TYPE_CHECKING:
    from forums.models.meeting import Meeting

LEFT_THE_LIST = (ContradictionEvent.Code.PROVED, ContradictionEvent.Code.SETTLED, ContradictionEvent.Code.CLOSED,
                 ContradictionEvent.Code.FALSE_ALARM, ContradictionEvent.Code.JOINED)  # fmt: skip
ENDED_WITHOUT_DECISION = (AgendaItem.Status.CARRIED_OVER, AgendaItem.Status.ESCALATED, AgendaItem.Status.NOTED)


def draft(meeting: "Meeting") -> list[dict[str, str]]:
    """The parts of a closed meeting's minutes: who was there, each item with its end, what left the open list, and what
    is put off."""
    items = meeting.items.prefetch_related(
        "recusals__person",
        "interests__person",
        "decisions__decided_by",
        "decisions__actions__owner",
        "decisions__dissents__person",
        "decisions__supersedes",
        "escalations",
    )
    ended = [(f"item-{item.pk}", _item(number, item)) for number, item in enumerate(items, start=1)]
    told = [
        ("meeting", _heading(meeting)), ("present", _attendance(meeting)), *ended, ("left", _left_the_list(meeting)),
        ("snoozed", _put_off(meeting)),
    ]  # fmt: skip
    parts = [part(key, lines) for key, lines in told]
    return [each for each in parts if each["text"]]


def _heading(meeting: "Meeting") -> Iterator[str]:
    opened, closed = timezone.localtime(meeting.opened_at), timezone.localtime(meeting.closed_at)
    yield f"Minutes of {meeting.forum}, {opened:%-d %B %Y}"
    yield f"In session from {opened:%H:%M} to {closed:%H:%M}; month under review: {meeting.period}."
    yield f"Reconciled view: SHA-256 {meeting.view.hash}"


def _attendance(meeting: "Meeting") -> Iterator[str]:
    yield f"Present (quorum {meeting.charter.quorum})"
    for attendance in meeting.attendances.select_related("person", "appointment__scope", "appointment__person"):
        arrived, left = timezone.localtime(attendance.arrived_at), timezone.localtime(attendance.left_at)
        how = f", {attendance.how}" if attendance.how else ""
        yield f"- {attendance.person}, {attendance.appointment.title}{how}, {arrived:%H:%M} to {left:%H:%M}"


def _item(number: int, item: AgendaItem) -> Iterator[str]:
    yield f"{number}. {item.title}"
    for recusal in item.recusals.all():
        yield f"   Recused: {recusal.person} ({recusal.reason})"
    for interest in item.interests.all():
        yield f"   Interest declared: {interest.person} ({interest.statement})"
    for decision in item.decisions.all():
        yield from _decision(decision)
    for question in item.questions.filter(decision=None):
        yield f"   Put to the room: {question.wording}"
        yield f"   {question.fate}"
    if item.status in ENDED_WITHOUT_DECISION:
        yield f"   {item.get_status_display().capitalize()}: {item.outcome_reason}"
    for escalation in item.escalations.all():
        by_itself = "" if escalation.escalated_by_id else ", put off for the third time"
        yield f"   To the {escalation.get_to_role_display()}{by_itself}; to be answered by {_day(escalation.due_on)}."


def _decision(decision: Decision) -> Iterator[str]:
    yield f"   Decided: {decision.wording}"
    yield (
        f"   By {decision.decided_by}, {decision.get_decision_type_display()}"
        f"; {decision.present} present, {decision.recused} recused, quorum {decision.quorum}."
    )
    if decision.question:
        yield f"   {decision.came_about}"
    if decision.forced:
        yield f"   Forced under the mandate: {decision.reason}"
    elif decision.reason:
        yield f"   Because: {decision.reason}"
    if decision.trust_override:
        yield (
            f"   Decided on figures of {decision.trust} % trust, where {decision.trust_needed} % is demanded: "
            f"{decision.trust_override}"
        )
    if decision.supersedes:
        made_on = _day(clock.local_day(decision.supersedes.decided_at))
        yield f"   In the place of the decision of {made_on}: {decision.supersedes.wording}"
    for action in decision.actions.all():
        yield f"   Action: {action.title} ({action.owner}, by {_day(action.due_on)})"
    for dissent in decision.dissents.all():
        yield f"   Dissent: {dissent.person}: {dissent.reason}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _left_the_list(meeting: "Meeting") -> Iterator[str]:
    """Cases closed, joined to others, and false alarms since the forum's meeting before: none leaves it in silence."""
    before = meeting.forum.meetings.held().filter(starts_at__lt=meeting.starts_at).first()
    events = ContradictionEvent.objects.filter(code__in=LEFT_THE_LIST, at__lte=meeting.closed_at)
    if before is not None:
        events = events.filter(at__gt=before.closed_at)
    cases = "contradiction__measure", "contradiction__other_measure", "contradiction__segment"
    lines = [f"- {event.contradiction}: {event}. {event.reason}".rstrip() for event in events.select_related(*cases)]
    yield "Left the open list since the last meeting"
    yield from lines or ["- Nothing."]


def _put_off(meeting: "Meeting") -> Iterator[str]:
    """What the truth owner had snoozed when the meeting closed; no line where nothing was."""
    day = clock.local_day(meeting.closed_at or clock.now())
    snoozed = Snooze.objects.in_force(on=day).filter(contradiction__status=Contradiction.Status.OPEN)
    named = "contradiction__measure", "contradiction__other_measure", "contradiction__segment", "person"
    lines = [f"- {each.contradiction}: {each}, {each.person}. {each.reason}" for each in snoozed.select_related(*named)]
    if lines:
        yield from ("Snoozed", *lines)
