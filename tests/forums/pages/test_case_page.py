from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metrics.models import Challenge, Contradiction, Position
from tests.factories.forums import contradiction
from tests.factories.metrics import DefinitionFactory, MeasureFactory
from truthgov.actor import Actor
from truthgov.figures import MINUS, THIN


@pytest.fixture
def case(sales, journey) -> Contradiction:
    """Sales' bookings against the stays of the journey, without figures."""
    kpi = MeasureFactory(code="BOOKINGS", name="Bookings", function=sales)
    DefinitionFactory(measure=kpi)
    return contradiction(kpi)


def address(case: Contradiction, act: str = "contradiction") -> str:
    return reverse(f"forums:{act}", args=[case.pk])


def challenge_of(case: Contradiction, **changes: object) -> dict[str, object]:
    given = {"scope": case.measure.function.scope.pk, "question": "Why?", "due_on": date.today() + timedelta(days=7)}
    return {f"challenge-{name}": value for name, value in (given | changes).items()}


def test_everybody_signed_in_reads_a_contradiction(as_person, outsider, case):
    page = as_person(outsider).get(address(case)).content.decode()
    assert "Bookings against" in page
    assert "Bookings grow while stays do not." in page
    assert "What you may do" not in page


def test_a_contradiction_that_is_not_there_is_not_found(as_person, outsider):
    assert as_person(outsider).get("/contradictions/999/").status_code == 404


@pytest.mark.usefixtures("mandate")
def test_the_truth_owner_challenges_a_party(as_person, truth_owner, case):
    response = as_person(truth_owner).post(address(case, "challenges"), challenge_of(case))
    assert response["Location"] == address(case)
    assert Challenge.objects.get().question == "Why?"
    assert "Why?" in as_person(truth_owner).get(address(case)).content.decode()


def test_without_a_mandate_a_challenge_is_refused(as_person, truth_owner, case):
    response = as_person(truth_owner).post(address(case, "challenges"), challenge_of(case))
    assert response.status_code == 409
    assert not Challenge.objects.exists()


@pytest.mark.usefixtures("mandate")
def test_a_faulty_challenge_comes_back_with_what_is_wrong(as_person, truth_owner, case):
    response = as_person(truth_owner).post(address(case, "challenges"), challenge_of(case, question=""))
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


@pytest.mark.usefixtures("mandate")
@pytest.mark.parametrize("who", ["sales_lead", "executive", "auditor", "administrator", "outsider"])
def test_nobody_else_challenges_or_declares_a_false_alarm(as_person, request, who, case):
    browser = as_person(request.getfixturevalue(who))
    assert browser.post(address(case, "challenges"), challenge_of(case)).status_code == 403
    assert browser.post(address(case, "false_alarm"), {"false-alarm-reason": "No"}).status_code == 403
    case.refresh_from_db()
    assert (case.status, Challenge.objects.count()) == (Contradiction.Status.OPEN, 0)


def test_the_accused_function_takes_its_position(as_person, sales_lead, case):
    taken = {
        "position-scope": case.measure.function.scope.pk,
        "position-stance": "contested",
        "position-claim": "Demand is real.",
    }
    as_person(sales_lead).post(address(case, "positions"), taken)
    assert Position.objects.get().taken_by == sales_lead
    assert "Demand is real." in as_person(sales_lead).get(address(case)).content.decode()


@pytest.mark.usefixtures("mandate")
def test_a_position_answers_the_challenge_that_was_put(as_person, truth_owner, sales_lead, case):
    as_person(truth_owner).post(address(case, "challenges"), challenge_of(case))
    taken = {
        "position-scope": case.measure.function.scope.pk,
        "position-stance": "contested",
        "position-claim": "Demand is real.",
    }
    as_person(sales_lead).post(address(case, "positions"), taken)
    assert Position.objects.get().challenge == Challenge.objects.get()


def test_a_lead_cannot_take_the_position_of_another_party(as_person, delivery_lead, sales_lead, journey_owner, case):
    taken = {
        "position-scope": case.measure.function.scope.pk,
        "position-stance": "contested",
        "position-claim": "They were wrong.",
    }
    assert as_person(delivery_lead).post(address(case, "positions"), taken).status_code == 403
    assert as_person(journey_owner).post(address(case, "positions"), taken).status_code == 422
    assert not Position.objects.exists()


def test_a_false_alarm_is_declared_with_its_reason(as_person, truth_owner, case):
    browser = as_person(truth_owner)
    assert browser.post(address(case, "false_alarm"), {"false-alarm-reason": " "}).status_code == 422
    browser.post(address(case, "false_alarm"), {"false-alarm-reason": "A wing was closed."})
    case.refresh_from_db()
    assert case.status == Contradiction.Status.FALSE_ALARM
    page = browser.get(address(case)).content.decode()
    assert "A wing was closed." in page
    assert "What you may do" not in page


def test_htmx_gets_the_case_alone(as_person, truth_owner, case):
    reason = {"false-alarm-reason": "A wing was closed."}
    response = as_person(truth_owner).post(address(case, "false_alarm"), reason, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert '<div id="case">' in response.content.decode()


@pytest.mark.parametrize("who", ["truth_owner", "sales_lead", "journey_owner"])
def test_who_answers_for_something_surfaces_a_contradiction(as_person, request, who, case):
    browser = as_person(request.getfixturevalue(who))
    given = {"kind": "handoff", "measure": "BOOKINGS", "other_measure": case.other_measure.code, "segment": "{}",
             "statement": "Half of what is booked never arrives."}  # fmt: skip
    response = browser.post("/contradictions/new/", given)
    surfaced = Contradiction.objects.get(kind="handoff")
    assert response["Location"] == address(surfaced)
    assert surfaced.surfaced_by == request.getfixturevalue(who)
    assert browser.post("/contradictions/new/", given).status_code == 409


@pytest.mark.parametrize("who", ["executive", "auditor", "administrator", "outsider"])
def test_others_do_not_surface_contradictions(as_person, request, who, case):
    assert as_person(request.getfixturevalue(who)).get("/contradictions/new/").status_code == 403


def test_a_measure_does_not_contradict_itself(as_person, truth_owner, case):
    given = {"kind": "handoff", "measure": "BOOKINGS", "other_measure": "BOOKINGS", "segment": "{}", "statement": "?"}
    assert as_person(truth_owner).post("/contradictions/new/", given).status_code == 422


def test_the_file_shows_evidence_positions_decisions_and_proof(as_person, shown):
    growth = as_person(shown.hotel.executive).get(address(shown.cases["growth"]))
    page = growth.content.decode()
    assert [side.standing.figure.text for side in growth.context["file"].sides] == [
        f"{MINUS}2.7{THIN}%",
        f"36.9{THIN}%",
    ]
    assert "Demand is real" in page
    assert "No position taken, though asked" in page
    assert "Overdue" in page
    remedy = as_person(shown.hotel.executive).get(address(shown.cases["revenue"])).content.decode()
    assert "Booked revenue is reported net of expected cancellations." in remedy
    assert "Ask a deposit for groups above ten rooms" in remedy
    assert "<strong>0 of 3</strong>" in remedy


def test_two_sources_stand_beside_each_other(as_person, shown):
    sides = as_person(shown.hotel.executive).get(address(shown.cases["sources"])).context["file"].sides
    assert {side.standing.figure.text for side in sides} == {f"36.9{THIN}%", f"36.7{THIN}%"}


def test_the_file_takes_as_many_queries_for_a_long_story_as_for_a_short_one(as_person, shown):
    case, browser = shown.cases["growth"], as_person(shown.hotel.truth_owner)
    lead = Actor(person=shown.hotel.leads["Marketing & Distribution"])
    browser.get(address(case))
    taken = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get(address(case))
        taken.append(len(queries))
        for number in range(5):
            case.take_position(scope=case.measure.function.scope, stance="contested", claim=f"{number}.", by=lead)
    assert taken[0] == taken[1]


@pytest.mark.usefixtures("mandate")
def test_a_question_that_waits_for_its_answer_is_not_put_again(as_person, truth_owner, case):
    browser = as_person(truth_owner)
    browser.post(address(case, "challenges"), challenge_of(case))
    assert "was asked this already" in browser.post(address(case, "challenges"), challenge_of(case)).content.decode()
    assert Challenge.objects.count() == 1


@pytest.mark.usefixtures("mandate", "delivery")
def test_the_parties_come_first_among_those_who_may_be_asked(as_person, truth_owner, case):
    page = as_person(truth_owner).get(address(case)).content.decode()
    assert page.index(">Sales</option>") < page.index(">Delivery</option>")


@pytest.mark.usefixtures("mandate")
def test_an_act_that_went_through_says_so_in_place_of_the_refusal_before_it(as_person, truth_owner, case):
    browser, by_htmx = as_person(truth_owner), {"HX-Request": "true"}
    faulty = browser.post(address(case, "challenges"), challenge_of(case, question=""), headers=by_htmx)
    assert '<div id="notices" hx-swap-oob="innerHTML"></div>' in faulty.content.decode()
    sent = browser.post(address(case, "challenges"), challenge_of(case), headers=by_htmx).content.decode()
    assert 'role="status" tabindex="-1" autofocus' in sent[sent.index('<div id="notices"') : sent.index("Recorded.")]
