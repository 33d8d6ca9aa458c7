"""Everybody's browser follows the chair, and what somebody is writing stays."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import launched
from tests.factories.forums import contradiction, next_meeting, steering_forum
from tests.factories.people import PASSWORD
from truthgov.actor import Actor

pytestmark = pytest.mark.browser


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, where Django then refuses its ordinary queries.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with launched() as browser:
        yield browser


def signed_in(chromium: Browser, address: str, email: str) -> Page:
    page = chromium.new_context().new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    return page


def test_members_follow_the_chair_and_keep_what_they_write(own_database, live_server, chromium, request):
    people = [
        request.getfixturevalue(name) for name in ("truth_owner", "sponsor", "mandate", "sales_lead", "executive")
    ]
    truth_owner, sponsor, _, sales_lead, executive = people
    steering = steering_forum(truth_owner, sponsor, [sales_lead, executive])
    contradiction(statement="Bookings grow while stays do not.")
    meeting = next_meeting(steering)
    screen = f"{live_server.url}{meeting.get_absolute_url()}"

    chair = signed_in(chromium, live_server.url, truth_owner.email)
    member = signed_in(chromium, live_server.url, sales_lead.email)
    for page in (chair, member):
        page.goto(screen)
    chair.get_by_role("button", name="Open the meeting").click()

    expect(member.get_by_role("button", name="I am here")).to_be_visible()
    expect(member.get_by_text("Bookings grow while stays do not.")).to_be_visible()
    chair.get_by_label("Decision, in words").fill("Count net bookings.")
    member.get_by_role("button", name="I am here").click()
    expect(chair.get_by_text("2 present, 3 needed")).to_be_visible()
    meeting.arrive(executive, by=Actor(person=executive))
    expect(chair.get_by_text("3 present, 3 needed")).to_be_visible()
    expect(chair.get_by_label("Decision, in words")).to_have_value("Count net bookings.")

    chair.get_by_role("button", name="Decide", exact=True).press("Enter")
    expect(member.get_by_role("link", name="Count net bookings.")).to_be_visible()
