"""Charters and decision rights over REST, by the doors and refusals of the pages."""

import json

import pytest
from django.urls import reverse

from forums.models import Charter

RIGHTS = [{"type": kind, "over": over, "decided_by": "truth_owner"}
          for kind in ("fund", "set_journey_priority") for over in ("organisation", "function", "journey")]  # fmt: skip
BODY = {
    "starts_on": "2026-12-01", "purpose": "Fund what moves outcomes.", "quorum": 3,
    "member_roles": ["truth_owner", "executive"], "recurrence": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "meets_at": "10:00", "rights": RIGHTS, "ladder": [{"to": "sponsor", "after_days": 14}],
    "seats": [{"domain": "data", "role": "function_lead", "of": "Sales"}],
}  # fmt: skip


@pytest.fixture
def portfolio(as_person, steering, truth_owner):
    """A second forum, without rules."""
    form = {"name": "Portfolio", "code": "portfolio", "kind": "portfolio"}
    as_person(truth_owner).post(reverse("forums:new_forum"), form)
    return "portfolio"


@pytest.fixture
def call(as_person):
    def called(person, name, *args, tag="", has_read=False, **body):
        client, address = as_person(person), reverse(f"forums:api:{name}", args=args)
        tag = client.get(reverse("forums:api:charter", args=args))["ETag"] if has_read else tag
        headers = {"If-Match": tag} if tag else {}
        answer = client.post(address, json.dumps(body), content_type="application/json", headers=headers) \
            if body or "approval" in name else client.get(address)  # fmt: skip
        return answer.status_code, answer.json()

    return called


def test_a_charter_is_proposed_by_one_and_approved_by_another(call, portfolio, truth_owner, sponsor, executive, sales):
    assert call(executive, "charters", portfolio, **BODY)[0] == 403
    status, made = call(truth_owner, "charters", portfolio, **BODY)
    assert (status, made["version"], made["in_words"]) == (201, 1, "every 2 weeks, on Tuesday")
    assert made["seats"] == BODY["seats"]
    status, problem = call(truth_owner, "charter_approval", portfolio, 1, has_read=True)
    assert (status, "cannot approve it" in problem["detail"]) == (409, True)
    status, approved = call(sponsor, "charter_approval", portfolio, 1, has_read=True)
    assert (status, approved["status"], approved["approved_by"]) == (201, "approved", sponsor.name)
    assert call(executive, "charter", portfolio, 1)[1] == approved
    assert [each["version"] for each in call(executive, "charters", portfolio)[1]] == [1]


def test_a_proposed_charter_is_rejected_or_withdrawn(call, portfolio, truth_owner, sponsor, sales):
    for version, (person, act, ending) in enumerate(
        ((sponsor, "charter_rejection", "rejected"), (truth_owner, "charter_withdrawal", "withdrawn")), start=1
    ):
        call(truth_owner, "charters", portfolio, **BODY)
        assert call(sponsor, "charter_withdrawal", portfolio, version, has_read=True, reason="No.")[0] == 403
        assert call(person, act, portfolio, version, reason="No.")[0] == 428
        status, ended = call(person, act, portfolio, version, has_read=True, reason="Three suffice.")
        assert (status, ended["status"], ended["ended_because"]) == (200, ending, "Three suffice.")
        assert call(sponsor, "charter_approval", portfolio, version, has_read=True)[0] == 409


def test_what_overlaps_is_refused(call, portfolio, truth_owner, sponsor, sales):
    greedy = BODY | {"rights": [*RIGHTS, {"type": "policy", "over": "journey", "decided_by": "truth_owner"}]}
    assert call(truth_owner, "charters", portfolio, **greedy)[0] == 201
    status, problem = call(sponsor, "charter_approval", portfolio, 1, has_read=True)
    assert (status, "holds the right to policy over a journey already" in problem["detail"]) == (409, True)


def test_nobody_approves_rules_that_they_have_not_read(as_person, call, portfolio, truth_owner, sponsor, sales):
    call(truth_owner, "charters", portfolio, **BODY)
    read = as_person(sponsor).get(reverse("forums:api:charter", args=[portfolio, 1]))["ETag"]
    Charter.objects.filter(forum__code=portfolio, version=1).update(quorum=2)
    assert [call(sponsor, "charter_approval", portfolio, 1, tag=tag)[0] for tag in ("", "*")] == [428, 428]
    assert call(sponsor, "charter_approval", portfolio, 1, tag=read)[0] == 412
    anew = as_person(sponsor).get(reverse("forums:api:charter", args=[portfolio, 1]))["ETag"]
    assert call(sponsor, "charter_approval", portfolio, 1, tag=anew)[0] == 201


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"recurrence": "FREQ=DAILY"}, "/recurrence"), ({"governs": "Nobody"}, "/governs"),
     ({"rights": [*RIGHTS, RIGHTS[0]]}, "/rights"), ({"ladder": []}, "/ladder"), ({"quorums": 3}, "/quorums"),
     ({"rights": [{"type": "fund", "over": "journey", "decided_by": "executive"}]}, "/rights/0/decided_by")],
)  # fmt: skip
def test_terms_that_cannot_stand_are_named(call, portfolio, truth_owner, sales, wrong, pointer):
    status, problem = call(truth_owner, "charters", portfolio, **BODY | wrong)
    assert (status, [each["pointer"] for each in problem["errors"]]) == (422, [pointer])


def test_the_matrix_and_the_forums_are_read(call, steering, executive):
    assert call(executive, "forums") == (
        200, [{"code": "steering", "name": "Steering forum", "kind": "steering"}],
    )  # fmt: skip
    assert call(executive, "forum", "steering")[1]["name"] == "Steering forum"
    status, cells = call(executive, "decision_rights")
    assert (status, len(cells)) == (200, 30)
    policy = next(each for each in cells if (each["type"], each["over"]) == ("policy", "journey"))
    assert policy["held"][0] | {"forum": "steering"} == policy["held"][0]
    fund = next(each for each in cells if (each["type"], each["over"]) == ("fund", "journey"))
    assert (fund["held"], fund["is_gap"], len(fund["left_open"])) == ([], False, 1)
