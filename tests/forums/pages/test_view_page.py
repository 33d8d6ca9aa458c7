"""The reconciled view stays one page, however much stands open."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from forums.models import ViewSnapshot
from forums.reconciliation.lines import Before
from forums.reconciliation.records import Outcome
from tests.days import clock_running
from tests.factories.forums import ContradictionFactory, in_session, item_about, resolving
from tests.factories.metrics import DefinitionFactory, MeasureFactory
from tests.showcase.figures import restate
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Person
from truthgov.periods import Grain, Period

OCTOBER = "/view/?period=2026-10"
QUERIES_AGAIN = 4
"""The session, its person, the clock and the end of the audit."""


def test_a_journey_names_its_most_urgent_cases_and_counts_the_rest(
    as_person, executive: Person, truth_owner: Person, steering, journey
) -> None:
    decided, *_ = [ContradictionFactory(journey=journey, severity_rank=9 - number) for number in range(7)]
    item_about(in_session(steering), decided).decide(resolving(), by=Actor(person=truth_owner))
    answer = as_person(executive).get("/view/")
    (band,) = answer.context["page"].bands
    assert [line.status for line in band.cases] == ["open"] * 3
    assert band.cases_left == "4 more: 3 open, 1 in remedy"
    assert "?state=all&amp;journey=book-to-stay" in answer.content.decode()


def test_a_month_without_figures_does_not_say_that_nothing_is_measured(as_person, executive, journey, organisation):
    DefinitionFactory(measure=MeasureFactory(kind="journey_outcome", journey=journey, function=None))
    assert "No outcome of this journey has a figure for this month." in body(as_person(executive).get(OCTOBER))


@pytest.mark.parametrize(("then", "told"), [("0.03064", ""), ("0.0306", ""), ("0.0411", "4.1\u202f%"), (None, "")])
def test_what_the_last_review_saw_stands_beside_what_reads_otherwise(then, told):
    row = {"code": "a", "verdict": "failing", "outcomes": [{"measure": "R", "value": then}]}
    review = ViewSnapshot(content={"journeys": [row], "cases": []})
    now = Outcome("R", "Repeat", "fraction", 4, 1, Decimal("0.030556"), 1, None, None, required=True, judged=True)
    assert Before(review).figure(now) == told


def body(answer) -> str:
    """What stands below the form."""
    return answer.content.decode().partition('class="tg-filters"')[2].partition("</form>")[2].partition("</main>")[0]


def test_the_view_is_worked_out_once_and_is_the_same_for_every_reader(
    as_person, outsider, executive, shown, django_assert_num_queries
):
    with clock_running():
        first, browser = body(as_person(outsider).get(OCTOBER)), as_person(executive)
        with django_assert_num_queries(QUERIES_AGAIN):
            again = browser.get(OCTOBER)
    assert body(again) == first
    assert '<article class="tg-standing' in first


def test_an_act_makes_the_view_anew(as_person, outsider, shown):
    browser = as_person(outsider)
    before = body(browser.get(OCTOBER))
    restate(shown.hotel, "HT.JRN.CANCEL", date(2026, 10, 1), Decimal("0.2512"), "a late correction")
    after = body(browser.get(OCTOBER))
    assert "25.1\u202f%" in after
    assert "25.1\u202f%" not in before


def test_another_day_makes_the_view_anew(as_person, outsider, shown):
    browser = as_person(outsider)
    before = body(browser.get(OCTOBER))
    with clock.at(clock.now() + timedelta(days=1)):
        assert body(browser.get(OCTOBER)) != before


def test_a_month_asked_for_is_chosen_among_those_offered_wherever_it_lies(as_person, outsider):
    ahead = Period.containing(clock.today(), Grain.MONTH)
    for month in (ahead, ahead.shift(-40)):
        page = as_person(outsider).get("/view/", {"period": month.code}).content.decode()
        assert f'<option value="{month.code}" selected>' in page


def test_each_month_and_moment_is_a_view_of_its_own(as_person, outsider, shown):
    browser = as_person(outsider)
    asked = [OCTOBER, "/view/?period=2026-09", f"{OCTOBER}&known_on=2026-10-20", f"{OCTOBER}&compare=on"]
    assert len({body(browser.get(address)) for address in asked}) == len(asked)
