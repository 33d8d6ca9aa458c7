"""Challenges and positions over the API: people act in their session, keys read, nobody deletes."""

import base64
import json
from datetime import timedelta

import pytest

from metrics.cases.gathering import join
from metrics.models import Contradiction
from tests.acting import by
from tests.factories.forums import contradiction
from tests.factories.metrics import MeasureFactory
from truthgov import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(sales, journey) -> Contradiction:
    return contradiction()


def at(case: Contradiction, what: str = "") -> str:
    return f"/api/v1/contradictions/{case.pk}{what}"


def post(browser, where: str, body: dict[str, object]):
    return browser.post(where, json.dumps(body), content_type="application/json")


@pytest.fixture
def question(case, sales) -> dict[str, object]:
    due_on = clock.today() + timedelta(days=7)
    return {"scope": sales.scope.pk, "question": "What arrived?", "due_on": due_on.isoformat()}


@pytest.fixture
def claim(sales) -> dict[str, object]:
    report = {"name": "report.pdf", "content": base64.b64encode(b"%PDF-1.7").decode()}
    return {"scope": sales.scope.pk, "stance": "contested", "claim": "Half of it.", "files": [report]}


@pytest.mark.usefixtures("mandate")
def test_a_challenge_is_put_and_answered(as_person, truth_owner, sales_lead, case, question, claim):
    asked = post(as_person(truth_owner), at(case, "/challenges"), question)
    assert (asked.status_code, asked.json()["state"]) == (201, "due")
    answer = post(as_person(sales_lead), at(case, "/positions"), claim)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["challenge"], told["stance"], told["files"][0]["name"]) == (
        asked.json()["id"],
        "contested",
        "report.pdf",
    )
    listed = as_person(sales_lead).get(at(case, "/challenges")).json()
    assert [each["state"] for each in listed] == ["contested"]


@pytest.mark.usefixtures("mandate")
@pytest.mark.parametrize("who", ["sales_lead", "executive", "auditor", "administrator", "outsider"])
def test_nobody_else_challenges(as_person, request, who, case, question):
    assert post(as_person(request.getfixturevalue(who)), at(case, "/challenges"), question).status_code == 403
    assert not case.challenges.exists()


def test_nobody_answers_for_another(as_person, journey_owner, delivery_lead, case, claim):
    for person in (journey_owner, delivery_lead):
        assert post(as_person(person), at(case, "/positions"), claim).status_code == 403
    assert not case.positions.exists()


@pytest.mark.parametrize(
    "faulty",
    [{"stance": "maybe"}, {"claim": ""}, {"scope": 999_999}, {"challenge": 999_999}, {"severity": "low"},
     *({"files": [{"name": "a.pdf", "content": content}]} for content in ("%", "=ú", "")),
     {"files": [{"name": "a.html", "content": "PHNjcmlwdD4="}]}],
)  # fmt: skip
def test_a_faulty_position_is_refused(as_person, sales_lead, case, claim, faulty):
    assert post(as_person(sales_lead), at(case, "/positions"), claim | faulty).status_code == 422
    assert not case.positions.exists()


@pytest.mark.parametrize("what", ["", "/challenges", "/positions"])
def test_nothing_is_deleted_or_changed(as_person, truth_owner, case, what):
    browser = as_person(truth_owner)
    for method in ("delete", "put", "patch"):
        assert getattr(browser, method)(at(case, what)).status_code == 405


def test_a_case_says_what_it_was_put_down_to_and_joined_to(as_person, outsider, case):
    told = as_person(outsider).get(at(case)).json()
    assert (told["root_cause"], told["joined_to"], told["exposure_customers"]) == ("", None, None)


@pytest.mark.usefixtures("mandate")
@pytest.mark.parametrize("on", ["case", "stays"])
def test_what_was_asked_on_a_joined_case_is_answered_and_listed_on_either(
    as_person, truth_owner, sales_lead, delivery, case, question, claim, on
):
    stays = contradiction(MeasureFactory(code="ORDERS", function=delivery), case.other_measure)
    asked = post(as_person(truth_owner), at(case, "/challenges"), question).json()
    join(case, stays, reason="One cause.", by=by(truth_owner))
    answer = post(as_person(sales_lead), at({"case": case, "stays": stays}[on], "/positions"), claim)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["challenge"], answer.json()["contradiction"]) == (asked["id"], case.pk)
    for each in (case, stays):
        told = as_person(sales_lead).get(at(each, "/challenges")).json()
        assert [(one["contradiction"], one["state"]) for one in told] == [(case.pk, "contested")]
        assert [one["id"] for one in as_person(sales_lead).get(at(each, "/positions")).json()] == [answer.json()["id"]]
    assert post(as_person(sales_lead), at(case, "/positions"), claim).status_code == 409
