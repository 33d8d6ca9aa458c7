"""Reminders: in the reader's morning, one mail for all that is owed, each once, and none to who switched them off."""

from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail

from metrics.handing_in import reminding
from metrics.models import Reminder
from tests.factories.metrics import SourceOfRecordFactory, measure
from tests.factories.people import AppointmentFactory
from truthgov import clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models import Person, Role, Scope

NINE = time(9)
DEADLINE = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def october_is_due(crm, sales):
    """Two measures whose October is due by the 10th of November."""
    for code in ("sales.conversion", "sales.wins"):
        SourceOfRecordFactory(measure=measure(code, freshness_days=9), source=crm)


def run(day=DEADLINE, hour=NINE):
    """What a beat does at a moment, UTC; how many people were written to."""
    with clock.at(datetime.combine(day, hour, UTC)):
        return reminding.remind()


def test_one_mail_tells_of_all_that_is_missing(sales_lead):
    assert run() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([sales_lead.email], "Figures due: Sales, October 2026")
    assert "2 of 2 figures missing, due by 10 November 2026" in sent.body
    assert sent.extra_headers["List-Unsubscribe"].endswith("/reminders/>")


def test_a_name_over_two_lines_ends_no_mail(sales, sales_lead):
    Scope.objects.filter(pk=sales.scope_id).update(name="Sales\nBcc: all@example.org")
    assert run() == 1
    assert mail.outbox[0].message()["Subject"] == "Figures due: Sales Bcc: all@example.org, October 2026"


def test_nobody_is_reminded_twice_of_one_deadline(sales_lead):
    assert (run(), run(), run(DEADLINE - timedelta(1))) == (1, 0, 0)
    assert run(DEADLINE + timedelta(1)) == 1
    assert run(DEADLINE + timedelta(2)) == 0
    assert [each.kind for each in Reminder.objects.order_by("pk")] == ["before", "after"]
    assert "late since 10 November 2026" in mail.outbox[1].body


@pytest.mark.parametrize(("day", "expected"), [(6, 0), (7, 1), (10, 1)])
def test_it_comes_three_days_ahead(sales_lead, day, expected):
    assert run(date(2026, 11, day)) == expected


@pytest.mark.parametrize(("zone", "hour"), [("Pacific/Auckland", 19), ("America/New_York", 13), ("", 8)])
def test_it_comes_in_the_readers_morning_and_never_at_night(sales_lead, zone, hour):
    Person.objects.filter(pk=sales_lead.pk).update(time_zone=zone)
    sent = [at for at in range(24) if run(DEADLINE, time(at))]
    assert sent == [hour]


def test_what_could_not_be_sent_is_tried_again(sales_lead, monkeypatch):
    def away(self):
        raise SMTPException("busy")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        assert run() == 0
    assert not Reminder.objects.exists()
    assert run() == 1


def test_preparers_are_reminded_too_and_those_who_switched_it_off_are_not(sales, sales_lead):
    preparer = AppointmentFactory(role=Role.PREPARER, scope=sales.scope).person
    reminding.switch(on=False, by=Actor(person=sales_lead))
    assert run() == 1
    assert mail.outbox[0].to == [preparer.email]
    with pytest.raises(Refusal, match="off already"):
        reminding.switch(on=False, by=Actor(person=sales_lead))


def test_somebody_switches_their_own_reminders(as_person, sales_lead):
    client = as_person(sales_lead)
    assert "Switch them off" in client.get("/reminders/").content.decode()
    client.post("/reminders/", {"on": "no"})
    sales_lead.refresh_from_db()
    assert not sales_lead.is_reminded
    assert "Switch them on" in client.get("/reminders/").content.decode()


def test_what_is_on_record_is_not_asked_for(delivery_lead, sales):
    assert run() == 0
    assert mail.outbox == []
