"""A person's meetings as a calendar at a secret address."""

import pytest
from django.urls import reverse

from forums.invitations import subscribing
from forums.models import CalendarAddress
from truthgov import audit
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.models.audit import AuditEntry


def test_a_calendar_is_read_at_a_secret_address_until_it_is_revoked(client, as_person, coming, sales_lead, case):
    page = as_person(sales_lead).post(reverse("forums:calendar")).content.decode()
    address = page.split('id="secret-address">')[1].split("<")[0]
    path = address[address.index("/calendar/") :]
    answer = client.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    told = answer.content.decode().replace("\r\n ", "")
    assert f"UID:{coming.uid}" in told
    assert case.statement not in told
    assert "invitations/" not in told
    assert address.split("/")[-1][:10] not in as_person(sales_lead).get(reverse("forums:calendar")).content.decode()
    as_person(sales_lead).post(reverse("forums:calendar_revocation"))
    assert client.get(path).status_code == 404


def test_one_address_at_a_time_and_none_once_shut_out(client, coming, sales_lead):
    secret = subscribing.make_address(by=Actor(person=sales_lead))
    with pytest.raises(Refusal, match="already"):
        subscribing.make_address(by=Actor(person=sales_lead))
    assert client.get(reverse("forums:calendar_feed", args=[secret])).status_code == 200
    sales_lead.is_active = False
    sales_lead.save()
    assert client.get(reverse("forums:calendar_feed", args=[secret])).status_code == 404


def test_a_revoked_address_never_comes_back(sales_lead):
    subscribing.make_address(by=Actor(person=sales_lead))
    subscribing.revoke_address(by=Actor(person=sales_lead))
    with pytest.raises(Refusal):
        subscribing.revoke_address(by=Actor(person=sales_lead))
    with pytest.raises(Exception, match="Cannot update"):
        CalendarAddress.objects.update(revoked_at=None)


def test_the_secret_is_kept_as_a_hash_alone(sales_lead):
    secret = subscribing.make_address(by=Actor(person=sales_lead))
    assert secret not in str(CalendarAddress.objects.values())
    assert secret not in str(list(AuditEntry.objects.values()))
    assert audit.known_now() > 0


def test_who_has_no_seat_reads_no_meetings(coming, outsider):
    assert subscribing.meetings_of(outsider) == []
