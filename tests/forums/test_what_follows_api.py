"""Decisions, actions, meetings and their minutes over REST, by the same doors and verbs as on their pages."""

from base64 import b64encode
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.models import Recusal
from tests.acting import by
from tests.factories.forums import resolving, sealed
from truthgov.models import Appointment

API = "/api/v1"


@pytest.fixture
def decided(item, steering):
    return item.decide(resolving(reason="Guests leave.", review_on=date.today()), by=steering.chair)


@pytest.fixture
def action(decided, sales_lead):
    return decided.actions.create(title="Report net bookings", owner=sales_lead, due_on=date.today())


def act(client, path, body, *, tag=None):
    """An act on an action, as read just now, or by another tag."""
    tag = client.get(f"{API}{path.rpartition('/')[0]}")["ETag"] if tag is None else tag
    headers = {"If-Match": tag} if tag else {}
    return client.post(f"{API}{path}", body, content_type="application/json", headers=headers)


def test_a_decision_says_what_it_is_about_and_how_it_stands(as_person, outsider, decided, case):
    client = as_person(outsider)
    (told,) = client.get(f"{API}/decisions", {"state": "up_for_review", "journey": "book-to-stay"}).json()
    assert (told["contradiction"], told["wording"], told["worked"]) == (case.pk, decided.wording, "not asked")
    assert told.items() <= client.get(f"{API}/decisions/{decided.pk}").json().items()
    assert client.get(f"{API}/decisions", {"state": "superseded"}).json() == []
    assert client.get(f"{API}/decisions", {"forum": "nowhere"}).status_code == 404


def test_a_decision_says_over_rest_who_dissented_but_not_to_who_was_recused(as_person, decided, sales_lead, executive):
    decided.dissent("It will not hold.", by=by(executive))
    path = f"{API}/decisions/{decided.pk}"
    (said,) = as_person(executive).get(path).json()["dissents"]
    assert (said["person"], said["reason"]) == ("Emil Executive", "It will not hold.")
    Recusal.objects.create(item=decided.item, person=sales_lead, reason="Mine.", recused_at=decided.decided_at)
    told = as_person(sales_lead).get(path).json()
    assert (told["dissents"], told["reason"], told["trust_override"]) == ([], "", "")


def test_an_action_is_shown_by_its_owner_and_verified_by_another(as_person, sales_lead, executive, action):
    owner, path = as_person(sales_lead), f"/actions/{action.pk}"
    file = {"name": "net.pdf", "content": b64encode(b"%PDF-1.7 net").decode()}
    assert act(as_person(executive), f"{path}/proof", {"proof": "Mine."}).status_code == 403
    done = act(owner, f"{path}/proof", {"proof": "See the file.", "files": [file]})
    assert (done.status_code, done.json()["proofs"][0]["files"][0]["name"]) == (200, "net.pdf")
    assert act(owner, f"{path}/verification", {}).status_code == 409
    verified = act(as_person(executive), f"{path}/verification", {}, tag=done["ETag"])
    assert (verified.status_code, verified.json()["verified_by"]) == (200, "Emil Executive")


def test_a_long_list_of_actions_costs_what_a_short_one_does(as_person, executive, sales_lead, decided, action):
    yesterday = date.today() - timedelta(days=1)
    for number in range(4):
        decided.actions.create(title=f"Report week {number}", owner=sales_lead, due_on=yesterday)
    queries = []
    for limit in (1, 1000):
        with CaptureQueriesContext(connection) as asked:
            found = as_person(executive).get(f"{API}/actions?limit={limit}").json()
        queries.append(len(asked))
    assert [each["overdue"] for each in found] == [True, True, True, True, False]
    assert queries[0] == queries[1]


def test_nobody_verifies_what_they_have_not_read(as_person, sales_lead, executive, action):
    read = as_person(executive).get(f"{API}/actions/{action.pk}")["ETag"]
    action.report_done("Done.", by=by(sales_lead))
    stale = act(as_person(executive), f"/actions/{action.pk}/verification", {}, tag=read)
    unsaid, anything = (
        act(as_person(executive), f"/actions/{action.pk}/verification", {}, tag=tag) for tag in ("", "*")
    )
    assert (stale.status_code, unsaid.status_code, anything.status_code) == (412, 428, 428)


def test_a_proof_that_does_not_hold_is_sent_back_with_a_reason(as_person, sales_lead, executive, action):
    action.report_done("Trust me.", by=by(sales_lead))
    client = as_person(executive)
    assert act(client, f"/actions/{action.pk}/return", {}).status_code == 422
    assert act(client, f"/actions/{action.pk}/return", {"reason": "Show it."}).json()["status"] == "open"
    bad = {"proof": "See.", "files": [{"name": "run.exe", "content": "TVo="}]}
    assert act(as_person(sales_lead), f"/actions/{action.pk}/proof", bad).status_code == 422


def test_a_meeting_shows_its_agenda_and_hides_an_items_end_from_who_is_recused(as_person, sales_lead, executive, item,
                                                                               steering):  # fmt: skip
    item.recuse(sales_lead, "My own figures.", by=by(sales_lead))
    decision = item.decide(resolving(reason="Guests leave."), by=steering.chair)
    address = f"{API}/meetings/{item.meeting_id}"
    (seen,), (hidden,) = (as_person(each).get(address).json()["items"] for each in (executive, sales_lead))
    assert (seen["decisions"], seen["outcome"]) == ([decision.pk], "Guests leave.")
    assert (hidden["decisions"], hidden["outcome"]) == ([], "")


def test_minutes_show_their_parts_their_seal_and_their_corrections(as_person, executive, outsider, item, steering):
    minutes = sealed(item.meeting.close(by=steering.chair), steering)
    address = f"{API}/meetings/{item.meeting_id}/minutes"
    told = as_person(executive).get(address).json()
    assert (told["seal"], told["text_hash"]) == (minutes.sealing.hash, minutes.text_hash)
    assert [part["key"] for part in told["parts"]][:2] == ["meeting", "present"]
    assert (told["corrections"], bool(told["circulated_at"]), bool(told["confirmed_at"])) == ([], True, True)
    assert not Appointment.objects.filter(person=outsider).exists()
    assert as_person(outsider).get(address).status_code == 404
