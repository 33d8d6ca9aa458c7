"""What beats do for forums. Each may run twice, or on two beats at once, and the state comes out the same."""

from celery import shared_task

from forums.invitations.inviting import send_what_is_owed
from forums.meetings.late import escalate_late_actions, escalate_late_answers, pass_on_unanswered
from forums.meetings.schedule import CLOCKWORK, prepare_agendas, schedule_meetings
from forums.registers.digest import send_digests
from truthgov import clock


@shared_task(name="forums.prepare_meetings")
def prepare_meetings() -> None:
    schedule_meetings(clock.today())
    prepare_agendas(clock.today(), by=CLOCKWORK)


@shared_task(name="forums.escalate_late_answers")
def escalate_late() -> None:
    escalate_late_answers(clock.today())
    escalate_late_actions(clock.today())
    pass_on_unanswered(clock.today())


@shared_task(name="forums.send_what_is_owed")
def send_mails() -> None:
    """Invitations and packs that somebody was not sent yet."""
    send_what_is_owed()


@shared_task(name="forums.send_digests")
def send_digests_now() -> None:
    """Write to those who owe something to forums, where it is morning."""
    send_digests()
