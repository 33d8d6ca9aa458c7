"""Feeds and keys over REST: seen, and switched by who manages them."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from metrics.models import Feed, FeedRun
from tests.factories.metrics import SourceFactory
from tests.metrics.api.conftest import API
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import AuditEntry, Key


@pytest.fixture
def feed(sales, sales_lead, crm, conversion):
    return Feed.connect(
        name="CRM nightly", source=crm, function=sales, url="https://crm.example.org", format="json", token="s3cret",
        mapping={"measure": "kpi", "period": "month", "value": "rate"}, by=Actor(person=sales_lead),
    )  # fmt: skip


def test_a_feed_is_seen_without_its_secret(program, as_person, outsider, feed):
    for client in (program, as_person(outsider)):
        (told,) = client.get(f"{API}/feeds").json()
        assert (told["name"], told["standing"], told["has_secret"]) == ("CRM nightly", "active", True)
        assert "s3cret" not in str(told)
        assert feed.sealed_token not in str(told)


def test_a_program_sees_the_feeds_of_its_sources(program, feed, sales, sales_lead):
    Feed.objects.update(source=SourceFactory(code="erp"))
    assert program.get(f"{API}/feeds").json() == []
    assert program.get(f"{API}/feeds/{feed.pk}").status_code == 404


def test_it_is_paused_and_resumed_by_who_manages_it(act, feed, sales_lead, delivery_lead):
    assert act(delivery_lead, f"/feeds/{feed.pk}/pause").status_code == 403
    assert act(sales_lead, f"/feeds/{feed.pk}/pause").json()["standing"] == "paused"
    assert act(sales_lead, f"/feeds/{feed.pk}/pause").status_code == 409
    assert act(sales_lead, f"/feeds/{feed.pk}/resumption").json()["standing"] == "active"


def test_a_range_is_asked_for_and_its_runs_are_seen(act, as_person, feed, sales_lead):
    asked = act(sales_lead, f"/feeds/{feed.pk}/backfill", first="2026-01", last="2026-03")
    assert asked.status_code == 200, asked.content
    runs = as_person(sales_lead).get(f"{API}/feeds/{feed.pk}/runs").json()
    assert sorted(run["period"]["code"] for run in runs) == ["2026-01", "2026-02", "2026-03"]
    assert as_person(sales_lead).get(f"{API}/feeds/{feed.pk}/runs?status=done").json() == []


@pytest.mark.parametrize("said", [{}, {"first": "2026-01"}, {"first": "soon", "last": "2026-03"},
                                  {"first": "2026-03", "last": "2026-01"}])  # fmt: skip
def test_what_is_no_range_is_refused(act, feed, sales_lead, said):
    assert act(sales_lead, f"/feeds/{feed.pk}/backfill", **said).status_code in (409, 422)
    assert not FeedRun.objects.exists()


TERMS = {
    "name": "CRM weekly", "source": "crm", "function": "sales", "url": "https://crm.example.org/kpi", "format": "json",
    "mapping": {"measure": "kpi", "period": "month", "value": "rate"}, "token": "s3cret",
}  # fmt: skip


def test_a_feed_is_connected_by_who_manages_it(act, as_person, crm, conversion, sales_lead, delivery_lead, outsider):
    made = act(sales_lead, "/feeds", **TERMS)
    assert made.status_code == 201, made.content
    assert as_person(sales_lead).get(made["Location"]).json() == made.json()
    assert (made.json()["owner"], made.json()["owner_name"]) == (sales_lead.pk, sales_lead.name)
    assert (made.json()["has_secret"], "s3cret" in str(made.content)) == (True, False)
    assert act(outsider, "/feeds", **TERMS).status_code == 403
    assert act(delivery_lead, "/feeds", **TERMS).json()["errors"][0]["pointer"] == "/function"
    assert "already" in act(sales_lead, "/feeds", **TERMS).json()["detail"]


@pytest.mark.parametrize(("said", "pointer"), [
    ({"url": "https://elsewhere.example.org"}, "/url"), ({"mapping": {"measure": "kpi"}}, "/mapping/period"),
    ({"rows_path": "rows["}, "/rows_path"),
    ({"source": "erp"}, "/source"), ({"hour": 24}, "/hour"), ({"secret": "x"}, "/secret"),
])  # fmt: skip
def test_what_cannot_be_fetched_is_not_connected(act, crm, conversion, sales_lead, said, pointer):
    refused = act(sales_lead, "/feeds", **TERMS | said)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not Feed.objects.exists()


def test_a_feed_is_corrected_as_it_was_read(as_person, feed, sales_lead, delivery_lead):
    client, address = as_person(sales_lead), f"{API}/feeds/{feed.pk}"
    read, terms = client.get(address)["ETag"], TERMS | {"url": "https://crm.example.org/new", "token": ""}

    def correct(**headers):
        return client.put(address, terms, content_type="application/json", headers=headers)

    assert correct().status_code == 428
    feed.pause(by=Actor(person=sales_lead))
    corrected = correct(**{"If-Match": read})
    assert (corrected.status_code, corrected.json()["url"]) == (200, terms["url"])
    assert corrected.json()["has_secret"] is True
    assert correct(**{"If-Match": read}).status_code == 412
    terms["owner"] = delivery_lead.pk
    given_on = correct(**{"If-Match": corrected["ETag"]})
    assert (given_on.status_code, given_on.json()["owner"]) == (200, delivery_lead.pk)
    terms["owner"] = 2**31
    assert correct(**{"If-Match": given_on["ETag"]}).json()["errors"][0]["pointer"] == "/owner"


def test_a_key_is_listed_and_revoked_by_an_administrator(act, as_person, administrator, sales_lead, program):
    (listed,) = as_person(sales_lead).get(f"{API}/keys").json()
    assert (listed["state"], listed["functions"], listed["sources"]) == ("active", ["sales"], ["crm"])
    assert Key.objects.get().secret_hash not in str(listed)
    assert act(sales_lead, f"/keys/{listed['id']}/revocation").status_code == 403
    assert act(administrator, f"/keys/{listed['id']}/revocation").json()["state"] == "revoked"
    assert program.get(f"{API}/feeds").status_code == 401


def test_no_program_sees_the_keys(program):
    assert program.get(f"{API}/keys").json()["code"] == "person_needed"


def test_an_administrator_issues_a_key_whose_text_is_told_once(act, as_person, administrator, sales, crm):
    said = {"name": "Nightly export", "functions": ["sales"], "sources": ["crm"]}
    expires_at = clock.now() + timedelta(days=30)
    issued = act(administrator, "/keys", **said, expires_at=expires_at.isoformat())
    assert issued.status_code == 201, issued.content
    key, text = issued.json()["key"], issued.json()["text"]
    assert (key["name"], key["functions"], key["sources"], key["state"]) == (*said.values(), "active")
    assert as_person(administrator).get(issued["Location"]).json() == key
    assert text not in as_person(administrator).get(f"{API}/keys").content.decode()
    assert Client(headers={"Authorization": f"Bearer {text}"}).get(f"{API}/feeds").status_code == 200
    assert AuditEntry.objects.filter(code__in=["key.issued", "key.granted_sources"]).count() == 2


@pytest.mark.parametrize(("said", "status", "pointer"), [
    ({"functions": []}, 422, "/functions"), ({"functions": ["sales", "nothing"]}, 422, "/functions/1"),
    ({"sources": ["nowhere"]}, 422, "/sources/0"), ({"sources": ["derived"]}, 422, "/sources/0"),
    ({"name": " "}, 422, "/name"), ({"expires_at": "2027-01-01"}, 422, "/expires_at"),
    ({"name": "Export\u202e"}, 409, None), ({"expires_at": "2027-01-01T09:00:00"}, 422, "/expires_at"),
    ({"expires_at": "soon"}, 422, "/expires_at"), ({"scope": "all"}, 422, "/scope"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, 409, None), ({"expires_at": "9999-01-01T00:00:00Z"}, 409, None),
])  # fmt: skip
def test_no_key_is_issued_for_what_there_is_not(act, administrator, sales, crm, said, status, pointer):
    sound = {"name": "Export", "functions": ["sales"], "sources": ["crm"],
             "expires_at": (clock.now() + timedelta(days=30)).isoformat()}  # fmt: skip
    refused = act(administrator, "/keys", **sound | said)
    assert refused.status_code == status
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ([pointer] if pointer else [])
    assert not Key.objects.exists()


@pytest.mark.parametrize("days", ["367", "3000000", "99999999999"])
def test_the_command_refuses_a_key_that_lives_too_long(crm, days):
    with pytest.raises(CommandError, match="within a year"):
        call_command("issue_key", "CRM", "--source", "crm", "--days", days)
