"""The dictionary over REST: searched, proposed by one person, approved by another; the tag says what was read."""

import pytest
from django.test import Client

from metrics.models import Definition
from tests.metrics.api.conftest import API, JSON

MEASURE = "/measures/sales.conversion"
SECOND = f"{MEASURE}/definitions/2"


@pytest.fixture
def next_month(last_month):
    return str(last_month.shift(2).start)


@pytest.fixture
def proposed(act, sales_lead, conversion, next_month):
    return act(
        sales_lead, f"{MEASURE}/definitions", wording="Won over all.", starts_on=next_month, rationale="Clearer."
    )


def test_a_version_is_proposed_with_what_changes_of_the_one_in_force(proposed, sales_lead):
    assert proposed.status_code == 201, proposed.content
    assert proposed["Location"] == f"{API}{SECOND}"
    told = proposed.json()
    assert (told["version"], told["status"], told["wording"]) == (2, "proposed", "Won over all.")
    assert (told["unit"], told["proposed_by"], told["approved_by"]) == ("fraction", sales_lead.name, None)


def test_whoever_proposed_it_cannot_approve_it_and_another_can(proposed, act, sales_lead, truth_owner):
    refused = act(sales_lead, f"{SECOND}/approval", having_read=SECOND)
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert "another person" in refused.json()["detail"]
    approved = act(truth_owner, f"{SECOND}/approval", having_read=SECOND)
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert Definition.objects.get(version=2).approved_by == truth_owner


def test_no_key_proposes_or_approves(proposed, program):
    for path in (f"{MEASURE}/definitions", f"{SECOND}/approval"):
        answer = program.post(f"{API}{path}", "{}", content_type="application/json", headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")


def test_nobody_acts_without_the_token_of_their_session(proposed, truth_owner):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(truth_owner)
    answer = browser.post(f"{API}{SECOND}/approval", **JSON, headers={"If-Match": "*"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    browser.cookies["csrftoken"] = token = "x" * 32
    told = {"If-Match": browser.get(f"{API}{SECOND}")["ETag"], "X-CSRFToken": token}
    assert browser.post(f"{API}{SECOND}/approval", **JSON, headers=told).status_code == 200


def test_who_decides_says_which_state_they_have_read(proposed, act, as_person, truth_owner):
    blind = act(truth_owner, f"{SECOND}/approval")
    assert (blind.status_code, blind.json()["code"]) == (428, "match_missing")
    anything = as_person(truth_owner).post(f"{API}{SECOND}/approval", **JSON, headers={"If-Match": "*"})
    assert (anything.status_code, anything.json()["code"]) == (428, "match_missing")
    read = as_person(truth_owner).get(f"{API}{SECOND}")["ETag"]
    act(truth_owner, f"{SECOND}/review", having_read=SECOND)
    stale = as_person(truth_owner).post(f"{API}{SECOND}/approval", **JSON, headers={"If-Match": read})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert Definition.objects.get(version=2).status == "in_review"


@pytest.mark.parametrize(("who", "act_of"), [("truth_owner", "rejection"), ("sales_lead", "withdrawal")])
def test_it_ends_with_a_reason(proposed, act, request, who, act_of, truth_owner):
    person = request.getfixturevalue(who)
    bare = act(person, f"{SECOND}/{act_of}", having_read=SECOND)
    assert [fault["pointer"] for fault in bare.json()["errors"]] == ["/reason"]
    assert act(person, f"{SECOND}/{act_of}", having_read=SECOND, reason="Too vague.").status_code == 200
    assert Definition.objects.get(version=2).ended_because == "Too vague."


def test_it_is_commented_on_while_it_waits(proposed, act, as_person, truth_owner, executive):
    assert act(executive, f"{SECOND}/comments", text="Since when?").status_code == 201
    (said,) = as_person(truth_owner).get(f"{API}{SECOND}/comments").json()
    assert (said["person"], said["text"]) == (executive.name, "Since when?")


def test_a_measure_is_retired_by_two_people(act, sales_lead, truth_owner, conversion, next_month):
    assert act(sales_lead, f"{MEASURE}/retirement", starts_on=next_month, reason="Sold.").json()["retires"] is True
    assert act(truth_owner, f"{SECOND}/approval", having_read=SECOND).status_code == 200


@pytest.mark.parametrize(("said", "pointer"), [
    ({"colour": "red"}, "/colour"), ({"unit": "count"}, "/unit"), ({"target": "much"}, "/target"),
    ({"wording": "a\x00b"}, "/wording"), ({"starts_on": "9999-12-31"}, "/starts_on"),
    ({"starts_on": None}, "/starts_on"),
    ({"bridge": {"factor": 0, "reason": "x"}}, "/bridge/factor"),
        ({"bridge": {"factor": 1, "reason": "x", "of": 2}}, "/bridge/of"), ({"direction": "sideways"}, "/direction"),
])  # fmt: skip
def test_what_cannot_be_taken_is_named(act, sales_lead, conversion, next_month, said, pointer):
    fields = {"wording": "Anew.", "starts_on": next_month, "rationale": "Clearer."} | said
    answer = act(sales_lead, f"{MEASURE}/definitions", **fields)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])


@pytest.mark.parametrize("body", ["{", "[]", "7", "[" * 5000, '{"text": "\\ud800"}'])
def test_what_is_no_object_is_malformed(proposed, as_person, truth_owner, body):
    answer = as_person(truth_owner).post(f"{API}{SECOND}/comments", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_the_dictionary_is_searched(as_person, outsider, conversion):
    def codes(query):
        return [measure["code"] for measure in as_person(outsider).get(f"{API}/measures?{query}").json()]

    assert codes("q=won opportunities") == codes("function=sales") == codes("kind=functional_kpi") == [conversion.code]
    assert codes("q=won weather") == codes("unguarded=true") == []
