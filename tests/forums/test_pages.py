"""Every page of the forums opens with data and empty; acts go through their doors and answer with the record."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forums.charters.terms import steering as steering_terms
from forums.desk import desk_of
from forums.models import AgendaItem, Decision, Escalation, Meeting
from forums.motions.acts import EscalationUpwards
from tests.acting import by
from tests.days import in_days, tomorrow
from tests.factories.forums import RESOLVE, as_sent, carried_twice, next_meeting, resolving, sealed
from truthgov import clock
from truthgov.actor import Actor

EMPTY = ["desk", "view", "meetings", "decisions", "actions", "forums"]


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_page_opens_and_says_what_belongs_there(as_person, outsider, name):
    assert as_person(outsider).get(reverse(f"forums:{name}")).status_code == 200


@pytest.fixture
def decided(item, truth_owner, sales_lead, case):
    decision = item.decide(resolving(), by=Actor(person=truth_owner))
    decision.actions.create(title="Report net bookings", owner=sales_lead, due_on=date.today())
    return decision


def test_the_registers_open_with_rows(as_person, decided, executive):
    browser = as_person(executive)
    for name in EMPTY:
        assert browser.get(reverse(f"forums:{name}")).status_code == 200
    assert decided.wording in browser.get(reverse("forums:decision", args=[decided.pk])).content.decode()
    action = decided.actions.get()
    assert browser.get(reverse("forums:action", args=[action.pk])).status_code == 200


def test_the_desk_lists_what_its_reader_owes(as_person, decided, sales_lead, executive):
    assert "Report net bookings" in as_person(sales_lead).get("/").content.decode()
    assert "Report net bookings" not in as_person(executive).get("/").content.decode()


def test_an_escalation_stands_on_the_sponsors_desk_and_is_answered(as_person, item, truth_owner, sponsor, executive):
    due = date.today() + timedelta(days=5)
    as_person(truth_owner).post(
        reverse("forums:item_escalation", args=[item.pk]), {"reason": "Settle the bonus.", "due_on": due.isoformat()}
    )
    address = reverse("forums:escalation", args=[Escalation.objects.get().pk])
    browser = as_person(sponsor)
    assert "Settle the bonus." in browser.get("/").content.decode()
    assert browser.get(address).status_code == 200
    assert as_person(executive).post(address, {"answer": "The bonus stays."}).status_code == 403
    browser.post(address, {"answer": "The bonus goes."})
    assert Escalation.objects.get().status == "answered"


def test_what_was_answered_from_above_is_read_by_all_but_the_recused(as_person, item, truth_owner, sponsor, executive):
    escalation = item.escalate("Settle the bonus.", due_on=date.today() + timedelta(days=5), by=by(truth_owner))
    address = reverse("forums:escalation", args=[escalation.pk])
    open_page = as_person(executive).get(address).content.decode()
    assert "Not answered yet." in open_page
    assert "Settle it" not in open_page
    escalation.respond("The bonus goes.", by=by(sponsor))
    assert "The bonus goes." in as_person(executive).get(address).content.decode()
    room = as_person(executive).get(f"{item.meeting.get_absolute_url()}?item={item.pk}").content.decode()
    assert f'The bonus goes. <a href="{address}">' in room


def test_a_decision_to_escalate_shows_what_came_of_it(as_person, item, truth_owner, sponsor, auditor):
    decision = item.decide(resolving(act=EscalationUpwards(date.today() + timedelta(days=5))), by=by(truth_owner))
    client, address = as_person(auditor), reverse("forums:decision", args=[decision.pk])
    assert "The sponsor is to answer by" in client.get(address).content.decode()
    escalation = item.escalations.get()
    asked = as_person(sponsor).get(reverse("forums:escalation", args=[escalation.pk])).content.decode()
    assert "Settle it" in asked
    assert "Decision that this overturns" not in asked
    escalation.respond("The bonus goes.", by=by(sponsor))
    assert "The bonus goes." in client.get(address).content.decode()


def test_an_escalation_is_unknown_to_whoever_is_recused_from_its_item(as_person, item, truth_owner, executive):
    item.recuse(executive, "My shares.", by=by(executive))
    escalation = item.escalate("Settle the bonus.", due_on=date.today() + timedelta(days=5), by=by(truth_owner))
    address = reverse("forums:escalation", args=[escalation.pk])
    assert as_person(executive).get(address).status_code == 404
    assert as_person(truth_owner).get(address).status_code == 200


def test_an_action_is_proved_and_verified_in_the_browser(as_person, decided, sales_lead, executive):
    action = decided.actions.get()
    as_person(sales_lead).post(reverse("forums:proof", args=[action.pk]), {"proof": "See the dictionary."})
    as_person(executive).post(reverse("forums:action_verification", args=[action.pk]))
    action.refresh_from_db()
    assert action.status == "verified"


def test_a_charter_is_proposed_and_approved_in_the_browser(as_person, steering, truth_owner, sponsor):
    address = reverse("forums:new_charter", args=["steering"])
    page = as_person(truth_owner).get(address)
    assert page.status_code == 200
    form = page.context["form"]
    fields = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")} | {"quorum": 4}
    assert as_person(truth_owner).post(address, fields).status_code == 302
    forum = reverse("forums:forum", args=["steering"])
    assert _acts(as_person(truth_owner).get(forum)) == ["withdrawal"]
    assert _acts(as_person(sponsor).get(forum)) == ["approval", "rejection"]
    proposed = steering.forum.charters.get(version=2)
    as_person(sponsor).post(reverse("forums:charter_approval", args=["steering", 2]))
    proposed.refresh_from_db()
    assert proposed.status == "approved"
    page = as_person(sponsor).get(forum).content.decode()
    assert "What it changes" in page


@pytest.mark.parametrize(("who", "act", "ended"), [("sponsor", "rejection", "Rejected by"),
                                                   ("truth_owner", "withdrawal", "Withdrawn by")])  # fmt: skip
def test_a_charter_comes_to_nothing_with_a_reason_on_its_page(
    as_person, request, steering, truth_owner, who, act, ended
):
    steering.forum.propose_charter(steering_terms(date(2026, 1, 1), quorum=4), by=by(truth_owner))
    browser, address = as_person(request.getfixturevalue(who)), reverse(f"forums:charter_{act}", args=["steering", 2])
    assert browser.post(address, {"reason": ""}).status_code == 422
    page = browser.post(address, {"reason": "Three suffice."}, follow=True)
    assert ended in (text := page.content.decode())
    assert "Three suffice." in text
    assert _acts(page) == []


def _acts(page) -> list[str]:
    """What the page of a forum offers to do about its proposed charter."""
    return re.findall(r'action="/forums/steering/charters/2/(\w+)/"', page.content.decode())


@pytest.mark.parametrize("query", ["period=2026-13", "known_on=yesterday"])
def test_a_month_that_is_none_is_told(as_person, executive, query):
    assert as_person(executive).get(f"{reverse('forums:view')}?{query}").status_code == 422


def test_the_register_is_searched(as_person, decided, executive):
    browser = as_person(executive)
    found = browser.get(reverse("forums:decisions"), {"q": "revenue", "type": "resolve_contradiction"}).content.decode()
    assert decided.wording in found
    assert decided.wording not in browser.get(reverse("forums:decisions"), {"q": "spaceship"}).content.decode()


@pytest.mark.parametrize(("days_ahead", "is_early"), [(0, False), (45, True)])
def test_a_chair_is_told_when_the_month_under_review_is_not_over(
    as_person, truth_owner, steering, days_ahead, is_early
):
    meeting = next_meeting(steering, date.today() + timedelta(days=days_ahead))
    page = as_person(truth_owner).get(meeting.get_absolute_url()).content.decode()
    assert ("is not over: opened now" in page) is is_early


def test_what_was_written_into_a_form_that_is_refused_is_not_lost(as_person, truth_owner, steering, item):
    """Two word the minutes at once; the second one's words stand on the page that says so, and nothing hidden does."""
    minutes = item.meeting.close(by=steering.chair)
    read, prose = minutes.text_hash, "Twenty minutes of work,\nin <two> lines."
    minutes.word({"meeting": "Other words."}, read=read, by=by(steering.secretary))
    answer = as_person(truth_owner).post(
        reverse("forums:minutes_wording", args=[item.meeting_id]),
        {"read": read, "beside-meeting": prose, "beside-present": prose, "password": "not to be shown"},
    )
    assert answer.status_code == 409
    assert answer.context["written"] == [prose]
    assert "in &lt;two&gt; lines.</textarea>" in answer.content.decode()


def test_a_motion_of_somebody_who_is_not_in_the_room_is_refused_with_their_words(as_person, truth_owner, item):
    item.meeting.leave(truth_owner, by=by(truth_owner))
    sent = as_sent(reason="Ring the agencies.", written="As it stood before.")
    answer = as_person(truth_owner).post(reverse("forums:item_decisions", args=[item.pk]), sent)
    assert (answer.status_code, "arrive at the meeting first" in answer.text) == (409, True)
    assert RESOLVE in answer.context["written"]
    assert "Ring the agencies." in answer.context["written"]


def test_a_second_press_of_decide_is_told_that_it_is_decided(as_person, truth_owner, item):
    item.decide(resolving(), by=Actor(person=truth_owner))
    again = as_person(truth_owner).post(
        reverse("forums:item_decisions", args=[item.pk]), {"type": "resolve_contradiction"}
    )
    assert again.status_code == 409
    assert "is decided already" in again.content.decode()


def test_no_dissent_is_offered_once_the_minutes_are_sealed(as_person, executive, decided, steering):
    address = reverse("forums:decision", args=[decided.pk])
    assert "Have my dissent recorded" in as_person(executive).get(address).content.decode()
    sealed(decided.meeting.close(by=steering.chair), steering)
    assert "Have my dissent recorded" not in as_person(executive).get(address).content.decode()


def test_closing_asks_and_says_what_it_carries_over(as_person, truth_owner, steering, case):
    item = carried_twice(steering, case)
    chair, address = as_person(truth_owner), reverse("forums:closing", args=[item.meeting_id])
    page = chair.get(address).content.decode()
    assert item.title in page
    assert "goes to the sponsor by itself" in page
    item.meeting.refresh_from_db()
    assert item.meeting.status == Meeting.Status.IN_SESSION
    chair.post(address)
    item.refresh_from_db()
    assert item.status == AgendaItem.Status.ESCALATED
    assert chair.get(address)["Location"] == item.meeting.get_absolute_url()
    told = chair.get(reverse("forums:escalation", args=[item.escalations.get().pk])).content.decode()
    assert "by itself, put off for the third time," in told


def test_what_the_verb_finds_wrong_stands_at_its_field_and_nothing_is_lost(as_person, truth_owner, sales_lead, item):
    motion = {
        "type": "resolve_contradiction", "wording": "Count net bookings.", "remedy_from": "2020-01-01",
        "title_1": "Report net", "owner_1": sales_lead.pk, "due_on_1": in_days(60),
    }  # fmt: skip
    address, chair = reverse("forums:item_decisions", args=[item.pk]), as_person(truth_owner)
    answer = chair.post(address, motion)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The figures prove it from</a>: Choose a day between" in page
    assert "Count net bookings." in page
    late = chair.post(address, motion | {"remedy_from": tomorrow(), "due_on_1": "2020-01-01"})
    assert "Due</a>: Choose today or a later day." in late.content.decode()
    assert not Decision.objects.exists()


def test_a_small_form_names_what_it_lacks_by_its_label(as_person, truth_owner, item):
    answer = as_person(truth_owner).post(reverse("forums:item_escalation", args=[item.pk]), {"reason": "Settle it."})
    assert (answer.status_code, "To be answered by: " in answer.content.decode()) == (422, True)


def test_days_that_lie_ahead_are_offered_from_today_on(as_person, truth_owner, mandate, item):
    page = as_person(truth_owner).get(f"{item.meeting.get_absolute_url()}?item={item.pk}").content.decode()
    fields = [field for field in re.findall(r"<input[^>]*>", page) if re.search(r'name="(due_on|review_on)', field)]
    assert len(fields) == 5
    assert all(f'min="{clock.today()}"' in field for field in fields)


def test_the_desk_costs_the_same_queries_however_many_minutes_wait(steering, mandate, django_assert_num_queries):
    def hold(days):
        for day in days:
            meeting = next_meeting(steering, date.today() + timedelta(days=day))
            meeting.open(by=steering.chair)
            meeting.close(by=steering.chair)

    hold(range(1))
    with CaptureQueriesContext(connection) as alone:
        desk_of(steering.secretary)
    hold(range(1, 4))
    with django_assert_num_queries(len(alone)):
        assert sum(each.kind == "Minutes" for each in desk_of(steering.secretary).dues) == 4
    assert not any(each.kind == "Minutes" for each in desk_of(steering.members[0]).dues)


def test_from_a_motion_that_came_back_every_link_leads_on(as_person, truth_owner, item):
    browser, meeting = as_person(truth_owner), item.meeting.get_absolute_url()
    answer = browser.post(reverse("forums:item_decisions", args=[item.pk]), {"type": "policy", "wording": ""})
    links = re.findall(r'href="([^"]*[?]item=[^"]*)"', answer.content.decode())
    assert answer.status_code == 422
    assert len(links) > 1
    assert all(link.startswith(meeting) for link in links)


def test_the_address_of_a_form_opens_as_a_page_that_says_so(as_person, truth_owner, item):
    answer = as_person(truth_owner).get(reverse("forums:item_decisions", args=[item.pk]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "takes what a form sends" in answer.content.decode()


@pytest.mark.parametrize(
    ("came_from", "leads_back"), [("http://testserver/meetings/", True), ("http://evil.example/", False)]
)
def test_a_refusal_leads_back_to_the_page_it_came_from(as_person, truth_owner, meeting, came_from, leads_back):
    browser, opening = as_person(truth_owner), reverse("forums:opening", args=[meeting.pk])
    answer = browser.post(opening, headers={"Referer": came_from})
    assert answer.status_code == 409
    assert (f'href="{came_from}"' in answer.content.decode()) is leads_back
