"""Reminders by e-mail of figures that are due, before their deadline and after it: in the reader's own morning.

One mail a person and run, and each reminder once: its row is the claim (`truthgov.mails`).
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from metrics.handing_in import due
from metrics.handing_in.sheet_counts import SheetCount
from metrics.models import Reminder
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.mails import send_claimed
from truthgov.models import Appointment, Deputy, Person

MORNING = range(8, 12)
"""Hours of the reader's day at which a reminder is sent."""
AHEAD = timedelta(days=3)
"""How long before a deadline the first reminder is sent."""

Owed = tuple[SheetCount, Reminder.Kind]


def remind() -> int:
    """Send what is to be sent now; how many people were written to. May run at any hour, however often."""
    awake = {person: scopes for person, scopes in _suppliers(clock.today()).items() if is_morning(person, clock.now())}
    if not awake:
        return 0
    by_scope = defaultdict(list)
    for owed in pending(due.owed_by_all(), on=clock.today()):
        by_scope[owed[0].scope.pk].append(owed)
    owed_by = {person: [owed for scope in scopes for owed in by_scope[scope]] for person, scopes in awake.items()}
    return sum(send_claimed(person, partial(_claim, owed)) for person, owed in owed_by.items() if owed)


def pending(sheets: list[SheetCount], *, on: date) -> list[Owed]:
    """The sheets that lack figures and whose deadline is near or past, the most urgent first."""
    owed = [(sheet, Reminder.Kind.AFTER if sheet.due_on < on else Reminder.Kind.BEFORE)
            for sheet in sheets if sheet.missing and sheet.due_on - AHEAD <= on]  # fmt: skip
    return sorted(owed, key=lambda each: each[0].due_on)


def is_morning(person: Person, at: datetime) -> bool:
    """Is it a decent hour where somebody reads their mail?"""
    return at.astimezone(person.zone).hour in MORNING


def switch(*, on: bool, by: Actor) -> None:
    """Switch one's own reminders on or off; Refusal where they are so already, or for a program."""
    with audit.act():
        person = by.person
        if person is None or not Person.objects.filter(pk=person.pk, is_reminded=not on).update(is_reminded=on):
            raise Refusal(f"Your reminders are {'on' if on else 'off'} already.")
        audit.record("person.reminders_switched", person, by=by, on=on)


def _suppliers(on: date) -> dict[Person, set[int]]:
    """Who hands in figures today and wants to be reminded, deputies included, with the scopes they do it for."""
    held = Appointment.objects.in_force(on=on).filter(role__in=due.SUPPLIERS)
    standing_in = Deputy.objects.filter(appointment__in=held, holds__contains=on)
    pairs = [*held.values_list("person", "scope"), *standing_in.values_list("person", "appointment__scope")]
    people = Person.objects.active().filter(is_reminded=True).in_bulk({person for person, _ in pairs})
    scopes: dict[Person, set[int]] = defaultdict(set)
    for person, scope in pairs:
        if person in people:
            scopes[people[person]].add(scope)
    return scopes


def _claim(owed: list[Owed], person: Person) -> EmailMessage | None:
    """The mail about what was not claimed before, if anything."""
    known = set(Reminder.objects.filter(person=person).values_list("scope", "code", "kind"))
    fresh = [(sheet, kind) for sheet, kind in owed if (sheet.scope.pk, sheet.period.code, kind) not in known]
    Reminder.objects.bulk_create(
        Reminder(person=person, scope=sheet.scope, code=sheet.period.code, kind=kind, sent_at=clock.now())
        for sheet, kind in fresh
    )
    return _worded(person, fresh) if fresh else None


def _worded(person: Person, owed: list[Owed]) -> EmailMessage:
    sheets = [sheet for sheet, _ in owed]
    subject = f"Figures due: {sheets[0].scope}, {sheets[0].period}"
    if len(sheets) > 1:
        subject += f", and {len(sheets) - 1} more"
    address = settings.PUBLIC_ADDRESS
    context = {"person": person, "owed": owed, "address": address, "today": clock.today()}
    body = render_to_string("metrics/reminder.txt", context)
    return EmailMessage(subject, body, to=[person.email], headers={"List-Unsubscribe": f"<{address}/reminders/>"})
