"""Agendas over the API: the same doors and verbs as on their pages, and nobody overwrites what they have not read."""

import json
from datetime import date, timedelta

import pytest

from tests.factories.forums import contradiction, drafted
from tests.factories.metrics import measure
from truthgov.actor import Actor


@pytest.fixture
def coming(steering, case):
    contradiction(measure("sales.leads", unit="count"), measure("journey.returns", outcome=True))
    return drafted(steering, date.today() + timedelta(14))


def at(meeting, noun):
    return f"/api/v1/meetings/{meeting.pk}/{noun}"


def send(client, method, address, body, **headers):
    return client.generic(method, address, json.dumps(body), content_type="application/json", headers=headers)


def turned(told):
    """The agenda upside down, its last item first and in a section of its own."""
    kept = [{name: item[name] for name in ("id", "section", "minutes", "presenter")} for item in told["items"]]
    return {"items": [kept[-1] | {"section": "First", "minutes": 30}, *kept[:-1]]}


def test_the_secretary_arranges_the_whole_of_it(as_person, steering, coming):
    client = as_person(steering.secretary)
    read = client.get(at(coming, "agenda"))
    wanted = turned(read.json())
    answer = send(client, "PUT", at(coming, "agenda"), wanted, **{"If-Match": read["ETag"]})
    assert answer.status_code == 200
    assert [item["id"] for item in answer.json()["items"]] == [item["id"] for item in wanted["items"]]
    assert (answer.json()["items"][0]["section"], answer.json()["items"][0]["minutes"]) == ("First", 30)
    stale = send(client, "PUT", at(coming, "agenda"), wanted, **{"If-Match": read["ETag"]})
    assert stale.status_code == 412


def test_a_part_of_it_or_a_stranger_to_it_is_refused(as_person, steering, coming, outsider):
    client = as_person(steering.secretary)
    read = client.get(at(coming, "agenda"))
    some = {"items": turned(read.json())["items"][:1]}
    assert send(client, "PUT", at(coming, "agenda"), some, **{"If-Match": read["ETag"]}).status_code == 422
    whole = turned(read.json())
    whole["items"][0]["presenter"] = outsider.pk
    assert send(client, "PUT", at(coming, "agenda"), whole, **{"If-Match": read["ETag"]}).status_code == 422


def test_a_member_reads_it_and_arranges_nothing(as_person, sales_lead, coming):
    client = as_person(sales_lead)
    read = client.get(at(coming, "agenda"))
    assert len(read.json()["items"]) == 2
    assert "papers" not in read.content.decode()
    refused = send(client, "PUT", at(coming, "agenda"), turned(read.json()), **{"If-Match": read["ETag"]})
    assert refused.status_code == 403


def test_it_is_published_and_its_publications_are_listed(as_person, steering, coming):
    client = as_person(steering.secretary)
    published = send(client, "POST", at(coming, "publications"), {})
    assert (published.status_code, published.json()["number"]) == (201, 1)
    assert client.get(at(coming, "publications")).json()[0]["pack"] == published.json()["pack"]
    assert send(client, "POST", at(coming, "publications"), {}).status_code == 409


def test_somebody_answers_for_themselves_and_the_chair_reads_who_comes(as_person, steering, coming, sales_lead):
    answer = send(as_person(sales_lead), "POST", at(coming, "replies"), {"answer": "declined"})
    assert (answer.status_code, answer.json()) == (201, {"answer": "declined", "delegate": None})
    told = {
        each["person"]: each["answer"] for each in as_person(steering.truth_owner).get(at(coming, "replies")).json()
    }
    assert (told["Sara Sales"], told["Dario Delivery"]) == ("declined", None)
    assert as_person(sales_lead).get(at(coming, "replies")).status_code == 403
    coming.answer("accepted", by=Actor(person=sales_lead))
    assert coming.standing_replies()[sales_lead.pk].answer == "accepted"
