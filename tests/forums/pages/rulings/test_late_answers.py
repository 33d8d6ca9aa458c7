"""What was asked on a case and is late, or was asked on one that was joined to another."""

from datetime import timedelta

import pytest

from forums.cases.file import file_of, filed
from forums.cases.pdf import told_of
from metrics.cases.gathering import join
from tests.factories.forums import contradiction
from tests.factories.metrics import MeasureFactory
from tests.forums.pages.rulings.reading import address, text
from truthgov import clock
from truthgov.actor import Actor


@pytest.mark.usefixtures("mandate")
def test_a_late_answer_stands_on_the_desks_of_both(as_person, truth_owner, sales_lead, executive, case):
    asked = {"scope": case.measure.function.scope, "question": "What arrived?", "by": Actor(person=truth_owner)}
    case.challenge(**asked, due_on=clock.today())
    with clock.at(clock.now() + timedelta(days=1)):
        kinds = [
            [due.kind for due in as_person(who).get("/").context["desk"].dues if due.title == "What arrived?"]
            for who in (truth_owner, sales_lead, executive)
        ]
        assert kinds == [["Late answer"], ["Challenge"], []]
        assert "escalates by itself" in text(as_person(executive).get(address(case)))


@pytest.mark.usefixtures("mandate")
def test_what_was_asked_on_a_joined_case_is_answered_on_the_page_of_the_one_that_stays(
    as_person, truth_owner, sales_lead, outsider, delivery, case
):
    stays = contradiction(MeasureFactory(code="ORDERS", name="Orders", function=delivery), case.other_measure)
    sales = case.measure.function.scope
    case.challenge(scope=sales, question="What arrived?", due_on=clock.today(), by=Actor(person=truth_owner))
    as_person(truth_owner).post(address(case, "case_joining"), {"joining-other": stays.pk, "joining-reason": "One."})
    browser = as_person(sales_lead)
    (due,) = [due for due in browser.get("/").context["desk"].dues if due.kind == "Challenge"]
    assert due.address == address(stays)
    page = text(browser.get(due.address))
    assert f'on <a href="{address(case)}">case {case.pk}</a>' in page
    said = {"position-scope": sales.pk, "position-stance": "contested", "position-claim": "Half of it."}
    assert browser.post(address(stays, "positions"), said).status_code == 302
    assert not [due for due in browser.get("/").context["desk"].dues if due.kind == "Challenge"]
    page = text(as_person(outsider).get(address(stays)))
    assert "Also heard" in page
    assert page.count("Half of it.") == 2
    assert f"Position taken on case {case.pk}" in page
    told = told_of(file_of(filed(stays), outsider, on=clock.today()))
    assert [(each["of"], each["claim"]) for each in told["others"]] == [("Sales", "Half of it.")]
    assert told["challenges"][0][0] == f"What arrived? (on case {case.pk})"
    assert as_person(outsider).get(address(stays, "case_pdf")).content.startswith(b"%PDF")


@pytest.mark.usefixtures("mandate")
def test_a_position_sent_from_an_old_page_of_a_joined_case_is_taken(as_person, truth_owner, sales_lead, case, same):
    sales = case.measure.function.scope
    case.challenge(scope=sales, question="What arrived?", due_on=clock.today(), by=Actor(person=truth_owner))
    join(case, same, reason="One.", by=Actor(person=truth_owner))
    said = {"position-scope": sales.pk, "position-stance": "contested", "position-claim": "Half of it."}
    assert as_person(sales_lead).post(address(case, "positions"), said).status_code == 302
    again = as_person(sales_lead).post(address(case, "positions"), said)
    assert again.status_code == 409
    assert f"joined to case {same.pk}, which stays" in text(again)
