"""Reminders over REST: one's own, and their switch."""

import json

from metrics.models import Reminder
from tests.metrics.api.conftest import API
from truthgov import clock
from truthgov.models import AuditEntry


def test_one_sees_ones_own_reminders(as_person, sales_lead, truth_owner, sales, last_month):
    Reminder.objects.create(
        person=sales_lead, scope=sales.scope, code=last_month.code, kind="before", sent_at=clock.now()
    )
    (told,) = as_person(sales_lead).get(f"{API}/reminders").json()
    assert (told["scope"]["code"], told["period"]["code"], told["kind"]) == ("sales", last_month.code, "before")
    assert as_person(truth_owner).get(f"{API}/reminders").json() == []


def test_reminders_are_switched_by_whom_they_reach(as_person, sales_lead, program):
    client, address = as_person(sales_lead), f"{API}/reminders/switch"
    read = client.get(address)
    assert read.json() == {"on": True}
    off = json.dumps({"on": False})
    switched = client.put(address, off, content_type="application/json", headers={"If-Match": read["ETag"]})
    assert (switched.status_code, switched.json()) == (200, {"on": False})
    stale = client.put(address, off, content_type="application/json", headers={"If-Match": read["ETag"]})
    assert stale.status_code == 412
    again = client.put(address, off, content_type="application/json", headers={"If-Match": switched["ETag"]})
    assert (again.status_code, AuditEntry.objects.filter(code="person.reminders_switched").count()) == (200, 1)
    assert program.get(address).status_code == 403
