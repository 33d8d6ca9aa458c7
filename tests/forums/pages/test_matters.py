"""What the meeting's screen says of an item that is no contradiction, and what closing it would leave."""

from datetime import date

import pytest
from django.urls import reverse

from forums.motions.motion import Undertaking
from tests.days import in_days, tomorrow
from tests.factories.forums import carried_twice, contradiction, in_session, item_about, resolving
from tests.factories.metrics import DefinitionFactory, measure
from truthgov.actor import Actor


@pytest.fixture
def decision(steering, case, sales_lead):
    """Made last month, to be reviewed by now, with an action that is overdue."""
    held = in_session(steering, in_days(-28))
    task = Undertaking(title="Report net bookings", owner=sales_lead, due_on=date.today())
    made = item_about(held, case).decide(
        resolving(reason="Guests leave.", review_on=date.today(), actions=(task,)), by=steering.chair
    )
    held.close(by=steering.chair)
    return made


@pytest.fixture
def sitting(steering, decision):
    return in_session(steering, tomorrow())


def shown(browser, meeting, kind, reference):
    item = meeting.items.get(subject__kind=kind, subject__reference=reference)
    return browser.get(meeting.get_absolute_url(), {"item": item.pk}).content.decode()


def test_a_decision_up_for_review_is_shown_with_whether_it_worked(as_person, executive, sitting, decision):
    page = shown(as_person(executive), sitting, "decision", decision.pk)
    assert "The decision" in page
    assert "Did it work?" in page
    assert "Guests leave." in page
    assert "Report net bookings" in page
    assert reverse("forums:decision", args=[decision.pk]) in page


def test_an_action_overdue_is_shown_with_its_owner_and_what_it_follows_from(as_person, executive, sitting, decision):
    page = shown(as_person(executive), sitting, "action", decision.actions.get().pk)
    assert "The action" in page
    assert "Sara Sales" in page
    assert decision.wording in page


def test_a_definition_is_shown_with_what_it_would_state(as_person, truth_owner, steering, sales_lead):
    proposed = DefinitionFactory(
        measure=measure("sales.wins"), version=2, status="proposed", proposed_by=sales_lead, approved_by=None
    )
    meeting = in_session(steering)
    page = shown(as_person(truth_owner), meeting, "definition", proposed.pk)
    assert "The definition" in page
    assert str(sales_lead) in page


def test_who_is_recused_reads_nothing_of_it(as_person, executive, sitting, decision):
    item = sitting.items.get(subject__kind="decision", subject__reference=decision.pk)
    item.recuse(executive, "I proposed it.", by=Actor(person=executive))
    assert "Guests leave." not in shown(as_person(executive), sitting, "decision", decision.pk)


def test_closing_says_how_much_it_puts_off_and_what_escalates_first(as_person, truth_owner, decision, steering):
    raised = contradiction(measure("sales.calls"), measure("journey.visits", outcome=True))
    sitting = carried_twice(steering, raised, tomorrow()).meeting
    page = as_person(truth_owner).get(reverse("forums:closing", args=[sitting.pk])).content.decode()
    left = sitting.items.filter(status="pending").count()
    # Beside it: the case in remedy, and the minutes of last month.
    assert f"{left} items are not settled. 3 of them escalate to the sponsor" in page
    assert page.index("Escalates</span>") < page.index("Carried over</span>")
