"""The digest by e-mail of what somebody owes to forums, in the reader's own morning.

One mail a person and run, sent when something in it is new: due within days, or overdue. Each stage of each thing is
claimed by a row (`truthgov.mails`).
"""

from datetime import date
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from forums.models import Told
from forums.registers.owed import Due, owed_to_forums
from metrics.handing_in.reminding import AHEAD, is_morning
from truthgov import clock
from truthgov.mails import send_claimed
from truthgov.models import Appointment, Person


def send_digests() -> int:
    """Write to whoever is to be written to now; how many mails went out. May run at any hour, however often."""
    now = clock.now()
    return sum(_write_to(person) for person in Person.objects.active().filter(is_reminded=True)
               if is_morning(person, now))  # fmt: skip


def stage_of(due: Due, *, on: date) -> str | None:
    """None while its date is further ahead than a digest looks."""
    if due.due_on is None:
        return Told.Stage.DUE
    if due.due_on < on:
        return Told.Stage.OVERDUE
    return Told.Stage.DUE if due.due_on - AHEAD <= on else None


def _write_to(person: Person) -> bool:
    today = clock.today()
    held = list(Appointment.objects.exercised_by(person, on=today).select_related("scope"))
    owed = [due for due in owed_to_forums(person, held) if stage_of(due, on=today)]
    return bool(owed) and send_claimed(person, partial(_claim, owed, today))


def _claim(owed: list[Due], today: date, person: Person) -> EmailMessage | None:
    """The mail about all of it, if anything is new."""
    known = set(Told.objects.filter(person=person).values_list("what", "stage"))
    asked = {(f"{due.kind} {due.address}", stage) for due in owed if (stage := stage_of(due, on=today))}
    Told.objects.bulk_create(
        Told(person=person, what=what, stage=stage, sent_at=clock.now()) for what, stage in sorted(asked - known)
    )
    return _worded(person, sorted(owed, key=lambda due: due.due_on or date.max), today) if asked - known else None


def _worded(person: Person, owed: list[Due], today: date) -> EmailMessage:
    overdue = sum(due.due_on is not None and due.due_on < today for due in owed)
    subject = f"Owed to forums: {len(owed)}{f', {overdue} overdue' if overdue else ''}"
    address = settings.PUBLIC_ADDRESS
    body = render_to_string("forums/digest.txt", {"person": person, "owed": owed, "address": address, "today": today})
    return EmailMessage(subject, body, to=[person.email], headers={"List-Unsubscribe": f"<{address}/reminders/>"})
