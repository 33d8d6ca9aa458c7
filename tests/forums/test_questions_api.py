"""Deciding over REST: the same doors and refusals as on the page, told as problems."""

import json

import pytest
from django.urls import reverse

from forums.models import Objection, Way
from tests.acting import by
from tests.factories.forums import as_sent


@pytest.fixture
def way():
    return Way("consent", may_overrule=True)


@pytest.fixture
def call(as_person):
    """An act over the API in somebody's session: status and body."""

    def called(person, name, pk, **body):
        client, address = as_person(person), reverse(f"forums:api:{name}", args=[pk])
        answer = client.post(address, json.dumps(body), content_type="application/json") if body or name != "question" \
            else client.get(address)  # fmt: skip
        return answer.status_code, answer.json()

    return called


def test_a_motion_is_put_to_the_room_objected_to_and_decided(call, item, truth_owner, delivery_lead):
    status, put = call(truth_owner, "item_motions", item.pk, **as_sent())
    assert (status, put["decision"]) == (201, None)
    question = put["question"]
    status, made = call(delivery_lead, "question_objections", question, reason="Harm.")
    assert (status, made["by"], made["lifted"]) == (201, "Dario Delivery", None)
    status, problem = call(truth_owner, "question_decision", question)
    assert (status, problem["code"]) == (409, "refused")
    assert "An objection stands" in problem["detail"]
    assert call(truth_owner, "objection_withdrawal", made["id"])[0] == 403
    status, lifted = call(truth_owner, "objection_overruling", made["id"], reason="None.")
    assert (status, lifted["lifted"]["overruled"]) == (201, True)
    status, decided = call(truth_owner, "question_decision", question)
    assert (status, "overruled by Tomas Truth" in decided["came_about"]) == (201, True)
    assert call(delivery_lead, "question", question)[1]["state"] == "decided"


@pytest.mark.parametrize("way", [Way("majority", "secret")])
def test_votes_over_the_api_tell_no_result_before_the_close(call, question, truth_owner, executive, delivery_lead):
    for person in (truth_owner, executive):
        status, told = call(person, "question_votes", question.pk, choice="in_favour")
        assert (status, told["state"], told["tally"]) == (201, "open", None)
    assert call(executive, "question_votes", question.pk, choice="against")[0] == 409
    assert call(executive, "question_votes", question.pk, choice="perhaps")[0] == 422
    status, told = call(truth_owner, "question_closing", question.pk)
    assert (status, told["tally"]["in_favour"], told["tally"]["choices"]) == (201, 2, [])
    assert told["voted"] == sorted([truth_owner.pk, executive.pk])
    assert call(delivery_lead, "question_votes", question.pk, choice="against")[0] == 409
    assert call(truth_owner, "question_decision", question.pk)[0] == 201


@pytest.mark.parametrize("way", [Way("majority"), Way("majority", "secret")])
def test_whoever_is_recused_neither_votes_nor_counts_for_the_vote(
    call, question, item, truth_owner, executive, delivery_lead
):
    item.recuse(executive, "My shares.", by=by(executive))
    status, problem = call(executive, "question_votes", question.pk, choice="against")
    assert (status, "You are recused" in problem["detail"]) == (409, True)
    for person in (truth_owner, delivery_lead):
        assert call(person, "question_votes", question.pk, choice="in_favour")[0] == 201
    status, told = call(truth_owner, "question_closing", question.pk)
    assert (status, told["tally"]["entitled"], told["tally"]["in_favour"]) == (201, 2, 2)
    assert sorted(told["voted"]) == sorted([truth_owner.pk, delivery_lead.pk])


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("way", [Way("majority"), Way("majority", "secret")])
def test_a_vote_that_a_recused_member_took_part_in_is_put_anew(
    call, question, item, truth_owner, executive, delivery_lead, closes
):
    for person in (truth_owner, executive, delivery_lead):
        call(person, "question_votes", question.pk, choice="in_favour")
    if closes:
        assert call(truth_owner, "question_closing", question.pk)[1]["state"] == "carried"
    item.recuse(executive, "My shares.", by=by(executive))
    assert call(truth_owner, "question", question.pk)[1]["state"] == "withdrawn"
    for name, body in (("question_decision", {}), ("question_votes", {"choice": "in_favour"})):
        status, problem = call(delivery_lead if body else truth_owner, name, question.pk, **body)
        assert (status, "no longer before the room" in problem["detail"]) == (409, True)
    status, again = call(truth_owner, "item_motions", item.pk, **as_sent())
    assert status == 201
    assert call(executive, "question_votes", again["question"], choice="against")[0] == 409
    for person in (truth_owner, delivery_lead):
        call(person, "question_votes", again["question"], choice="in_favour")
    assert call(truth_owner, "question_closing", again["question"])[1]["tally"]["entitled"] == 2


def test_whoever_is_recused_is_not_told_what_the_room_is_asked(call, question, item, executive, delivery_lead):
    item.recuse(executive, "My shares.", by=by(executive))
    assert call(executive, "question", question.pk)[0] == 403
    assert call(delivery_lead, "question", question.pk)[0] == 200


def test_a_motion_with_what_does_not_belong_to_it_is_refused(call, item, truth_owner, executive):
    status, problem = call(truth_owner, "item_motions", item.pk, **as_sent(), source="crm")
    assert (status, problem["code"]) == (404, "not_found")
    status, problem = call(truth_owner, "item_motions", item.pk, **as_sent(), evidence="None.")
    assert (status, problem["errors"][0]["pointer"]) == (422, "/evidence")
    status, problem = call(truth_owner, "item_motions", item.pk, **as_sent(), force=True)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/reason")
    status, decided = call(truth_owner, "item_motions", item.pk, **as_sent(), force=True, reason="Customers wait.")
    assert (status, decided["question"]) == (201, None)
    assert decided["came_about"] == "Forced under the mandate of the truth owner."
    assert call(executive, "item_motions", item.pk, **as_sent())[0] == 403


def test_a_question_that_is_gone_is_told_as_a_refusal(call, question, truth_owner, delivery_lead):
    assert call(truth_owner, "question_withdrawal", question.pk, reason="Better words.")[0] == 201
    status, problem = call(delivery_lead, "question_objections", question.pk, reason="Harm.")
    assert (status, problem["detail"].startswith("This question is no longer before the room")) == (409, True)
    assert not Objection.objects.exists()
