"""The registers of decisions and actions: what the filters find, on the page and as files."""

import csv
import json
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from forums.models import Action, Decision
from forums.registers.decision_register import COLUMNS
from metrics.models import RootCause
from tests.days import tomorrow
from tests.factories.forums import in_session, item_about, resolving
from tests.factories.metrics import JourneyFactory
from truthgov import clock
from truthgov.actor import Actor


@pytest.fixture
def decided(item, steering):
    """On a case of the journey Book to stay, to be reviewed today."""
    return item.decide(resolving(reason="Guests leave.", review_on=date.today()), by=steering.chair)


def decisions(browser, **filters):
    return browser.get(reverse("forums:decisions"), filters).content.decode()


def saved(browser, register, ending, **filters):
    response = browser.get(reverse(f"forums:{register}_file", args=[ending]), filters)
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("found", "other"),
    [
        ({"q": "booked"}, {"q": "spaceship"}),
        ({"journey": "book-to-stay"}, {"journey": "return"}),
        ({"standing": "review"}, {"standing": "superseded"}),
        ({"standing": "standing"}, {"standing": "forced"}),
        ({"type": "resolve_contradiction"}, {"type": "fund"}),
    ],
)
def test_a_decision_is_found_by_what_it_is(as_person, outsider, decided, found, other):
    JourneyFactory(name="Return")
    browser = as_person(outsider)
    assert decided.wording in decisions(browser, **found)
    assert decided.wording not in decisions(browser, **other)


def test_a_decision_is_found_by_the_root_cause_of_its_case(as_person, outsider, truth_owner, decided, case):
    first, second = RootCause.objects.all()[:2]
    case.name_cause(first, "So it is.", by=Actor(person=truth_owner))
    browser = as_person(outsider)
    assert f"root cause: {first}" in decisions(browser, cause=first.pk)
    assert decided.wording not in decisions(browser, cause=second.pk)


def test_a_superseded_decision_is_up_for_no_review(as_person, outsider, decided, steering, case):
    decided.meeting.close(by=steering.chair)
    again = in_session(steering, tomorrow())
    item_about(again, case).decide(resolving(supersedes=decided), by=steering.chair)
    assert not Decision.objects.up_for_review(on=date.today()).exists()
    assert "Superseded" in decisions(as_person(outsider), standing="superseded")


def test_a_superseded_decision_names_the_one_in_its_place_and_that_one_names_it(
    as_person, outsider, decided, steering, case
):
    decided.meeting.close(by=steering.chair)
    motion = resolving(wording="Both count.", supersedes=decided)
    later = item_about(in_session(steering, tomorrow()), case).decide(motion, by=steering.chair)
    client = as_person(outsider)
    pages = [reverse("forums:decision", args=[each.pk]) for each in (decided, later)]
    before, after = (client.get(page).content.decode() for page in pages)
    assert f'In its place: <a href="{pages[1]}">Both count.</a>' in before
    assert f'<dt>Supersedes</dt><dd><a href="{pages[0]}">' in after


def test_the_register_is_saved_as_csv_json_xlsx_and_pdf(as_person, outsider, decided):
    browser = as_person(outsider)
    (row,) = csv.DictReader(StringIO(saved(browser, "decisions", "csv").decode()))
    (told,) = json.loads(saved(browser, "decisions", "json"))
    assert tuple(row) == tuple(told) == tuple(COLUMNS)
    assert (row["decision"], row["state"]) == (told["decision"], told["state"]) == (decided.wording, "up_for_review")
    assert told["forced"] is False
    sheet = load_workbook(BytesIO(saved(browser, "decisions", "xlsx"))).active
    assert sheet.cell(2, 2).value == decided.wording
    assert saved(browser, "decisions", "pdf").startswith(b"%PDF-")
    assert browser.get(reverse("forums:decisions_file", args=["exe"])).status_code == 404


def test_a_file_holds_what_the_filters_find_and_an_empty_one_is_whole(as_person, outsider, decided):
    browser = as_person(outsider)
    assert json.loads(saved(browser, "decisions", "json", q="spaceship")) == []
    assert saved(browser, "decisions", "pdf", q="spaceship").startswith(b"%PDF-")
    refused = browser.get(reverse("forums:decisions_file", args=["csv"]), {"type": "nonsense"})
    assert refused.status_code == 422


def test_actions_are_saved_with_their_proof_and_no_cell_starts_a_formula(as_person, sales_lead, decided):
    action = decided.actions.create(title="=1+1", owner=sales_lead, due_on=date.today())
    action.report_done("Counted.", by=Actor(person=sales_lead))
    browser = as_person(sales_lead)
    (row,) = csv.DictReader(StringIO(saved(browser, "actions", "csv", state="done").decode()))
    assert (row["action"], row["proof"], row["owner"]) == ("'=1+1", "Counted.", "Sara Sales")
    assert saved(browser, "actions", "pdf", state="all").startswith(b"%PDF-")


def test_actions_stand_by_when_they_are_due_the_longest_overdue_first(as_person, sales_lead, decided):
    today = clock.today()
    Action.objects.bulk_create(
        Action(decision=decided, title=f"{days} days", owner=sales_lead, due_on=today + timedelta(days=days))
        for days in (-2, -9, *range(35, 0, -1))
    )
    browser, address = as_person(sales_lead), reverse("forums:actions")
    first = browser.get(address).context["register"]
    assert [each.title for each in first.rows[:3]] == ["-9 days", "-2 days", "1 days"]
    last = browser.get(address, {"cursor": first.next_cursor}).context["register"]
    assert (last.rows[-1].title, last.next_cursor) == ("35 days", "")
    assert json.loads(saved(browser, "actions", "json"))[0]["action"] == "-9 days"
    assert json.loads(saved(browser, "actions", "json", sort="-due"))[-1]["action"] == "-9 days"


def test_of_all_actions_those_that_wait_for_somebody_stand_before_those_that_are_verified(
    as_person, sales_lead, steering, decided
):
    today = clock.today()
    for title, days in (("Verified", -90), ("To be verified", -9), ("Open", 9)):
        action = decided.actions.create(title=title, owner=sales_lead, due_on=today + timedelta(days=days))
        if title != "Open":
            action.report_done("Counted.", by=Actor(person=sales_lead))
        if title == "Verified":
            action.verify(by=steering.chair)
    browser, address = as_person(sales_lead), reverse("forums:actions")
    for sort, told in (("", ["To be verified", "Open", "Verified"]), ("-due", ["Open", "To be verified", "Verified"])):
        shown = browser.get(address, {"state": "all", "sort": sort}).context["register"].rows
        assert [each.title for each in shown] == told
        rows = json.loads(saved(browser, "actions", "json", state="all", sort=sort))
        assert [each["action"] for each in rows] == told


def test_a_register_of_many_takes_the_same_queries(as_person, outsider, decided, sales_lead, django_assert_num_queries):
    browser = as_person(outsider)
    decided.actions.create(title="Count", owner=sales_lead, due_on=date.today())
    with CaptureQueriesContext(connection) as alone:
        saved(browser, "actions", "json", state="all")
    Action.objects.bulk_create(Action(decision=decided, title=f"Count {n}", owner=sales_lead, due_on=date.today())
                               for n in range(40))  # fmt: skip
    with django_assert_num_queries(len(alone)):
        assert len(json.loads(saved(browser, "actions", "json", state="all"))) == 41


def test_who_was_recused_reads_what_was_decided_and_not_why(as_person, item, steering, truth_owner):
    stood_aside, other = steering.members[0], steering.members[1]
    item.recuse(stood_aside, "My own figures.", by=Actor(person=stood_aside))
    decision = item.decide(resolving(force=True, reason="It was a close call."), by=steering.chair)
    decision.dissent("Too soon.", by=Actor(person=other))
    page, sheet = reverse("forums:decision", args=[decision.pk]), reverse("forums:decisions_file", args=["csv"])
    resource = reverse("forums:api:decision", args=[decision.pk])

    def told(person, address):
        answer = as_person(person).get(address)
        return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()

    for address in (page, sheet, resource):
        assert decision.wording in told(stood_aside, address)
        assert "close call" not in told(stood_aside, address)
        assert "close call" in told(other, address)
    assert "Too soon." not in told(stood_aside, page)
    assert "Too soon." in told(other, page)
