"""A meeting held in the browser, from opening to seal: with a pointer, by keyboard alone, and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from config.demo.cast import EXECUTIVES, LEADS, SECRETARY, TRUTH_OWNER
from forums.following.live import BEAT_EVERY
from tests.browser.conftest import SIGN_IN, Site
from tests.browser.hands import Hand, Keyboard, Pointer
from tests.browser.looking import Watched, send
from tests.browser.organisations import PASSWORD

pytestmark = pytest.mark.browser
WORDING = "Flexible rates ask for a deposit"
MINUTES = re.compile("^Minutes of")
LIVE = 1_000 * (BEAT_EVERY - 5)
"""Milliseconds in which followers see what the chair did, however busy the machine: before they would be told anyhow.

They are told at once, or ask every second; how soon that is, `make bench` measures.
"""


def test_the_chair_leads_and_everybody_follows(site: Site) -> None:
    chair, follower, recused = (site.watched(part) for part in (TRUTH_OWNER, EXECUTIVES[0], LEADS[0]))
    hand = Pointer()
    meeting = open_meeting(chair.page, hand, then_follows=follower)
    assemble(site, meeting)
    title = stand_aside(recused, meeting)
    chair.go(meeting)

    take_up(chair.page, hand)
    expect(follower.page.get_by_role("heading", level=2, name=title)).to_be_visible(timeout=LIVE)
    expect(follower.page.locator(".tg-sides")).to_be_visible()
    expect(recused.page.get_by_text("its papers and its deliberation are not shown to you")).to_be_visible(timeout=LIVE)
    expect(chair.page.locator("#quorum")).to_contain_text("1 recused")
    faults = chair.faults("walk/in-session") + follower.faults("walk/following") + recused.faults("walk/recused")

    decide(chair.page, hand)
    expect(follower.page.locator("#decided")).to_contain_text(WORDING, timeout=LIVE)
    expect(recused.page.locator("#agenda")).to_contain_text("Decided", timeout=LIVE)
    assert WORDING not in recused.page.content()
    assert recused.page.locator(".tg-sides").count() == 0
    faults += chair.faults("walk/decided") + recused.faults("walk/decided-without-the-recused")

    close(chair.page, hand)
    expect(follower.page.get_by_role("link", name="Minutes", exact=True)).to_be_visible(timeout=LIVE)
    faults += chair.faults("walk/minutes") + follower.faults("walk/closed")
    faults += seal(site, chair, hand, meeting).faults("walk/sealed")
    assert not faults, "\n".join(["", *faults])


def test_followers_miss_nothing_when_what_tells_them_stops_and_comes_back(site: Site) -> None:
    chair, follower = site.watched(TRUTH_OWNER), site.watched(EXECUTIVES[0])
    hand = Pointer()
    meeting = open_meeting(chair.page, hand, then_follows=follower)
    shown = follower.page.locator("#agenda")
    expect(shown).to_contain_text("opened")
    site.product.telling.stop()
    take_up(chair.page, hand)
    expect(shown).to_contain_text("In hand", timeout=LIVE)
    site.product.live()
    chair.go(meeting)
    chair.page.locator("#agenda a").nth(1).click()
    title = chair.page.locator("#hand h2").first.inner_text()
    chair.page.get_by_role("button", name="Take this item up").click()
    expect(follower.page.get_by_role("heading", level=2, name=title)).to_be_visible(timeout=LIVE)


def test_who_only_follows_is_sent_what_changed_and_keeps_what_they_write(site: Site) -> None:
    chair, follower = site.watched(TRUTH_OWNER), site.watched(EXECUTIVES[0])
    hand, asked = Pointer(), []
    meeting = open_meeting(chair.page, hand, then_follows=follower)
    expect(follower.page.locator("#agenda")).to_contain_text("opened")
    follower.page.on("request", lambda request: asked.append(request.url))
    chair.go(meeting)
    take_up(chair.page, hand)
    expect(follower.page.locator("#agenda")).to_contain_text("In hand", timeout=LIVE)
    follower.page.get_by_text("Declare an interest, or take no part").click()
    follower.page.get_by_label("The interest that ties you to this item").fill("My brother runs")
    chair.go(meeting)
    record_arrival(chair.page, hand, "Vasco Leal")
    expect(follower.page.locator("#quorum")).to_contain_text("2 present", timeout=LIVE)
    expect(follower.page.get_by_label("The interest that ties you to this item")).to_have_value("My brother runs")
    assert asked == []
    follower.page.get_by_role("button", name="Declare it and take part").click()
    expect(follower.page.locator("#hand")).to_contain_text("declares an interest: My brother runs")


def test_what_the_chair_writes_outlives_what_others_declare(site: Site) -> None:
    chair, follower = site.watched(TRUTH_OWNER), site.watched(EXECUTIVES[0])
    hand = Pointer()
    meeting = open_meeting(chair.page, hand)
    chair.go(meeting)
    take_up(chair.page, hand)
    hand.press(chair.page.get_by_role("link", name="Policy", exact=True))
    chair.page.locator("#decide").get_by_text("Actions that follow").click()
    chair.page.get_by_label("Action 1").fill("Ring the agencies")
    chair.page.get_by_label("Decision, in words").fill(WORDING)
    follower.go(meeting)
    follower.page.get_by_text("Declare an interest, or take no part").click()
    follower.page.get_by_label("The interest that ties you to this item").fill("My brother runs an agency.")
    follower.page.get_by_role("button", name="Declare it and take part").click()
    expect(chair.page.locator("#hand")).to_contain_text("declares an interest", timeout=LIVE)
    expect(chair.page.get_by_role("link", name="Policy", exact=True)).to_have_attribute("aria-current", "page")
    expect(chair.page.get_by_label("Decision, in words")).to_have_value(WORDING)
    expect(chair.page.get_by_label("Decision, in words")).to_be_focused()
    expect(chair.page.get_by_label("Action 1")).to_have_value("Ring the agencies")
    faults = chair.faults("walk/written-meanwhile")
    assert not faults, "\n".join(["", *faults])


def test_who_records_arrivals_keeps_what_they_write_and_the_list_open(site: Site) -> None:
    chair, follower = site.watched(TRUTH_OWNER), site.watched(EXECUTIVES[0])
    hand = Pointer()
    meeting = open_meeting(chair.page, hand)
    chair.go(meeting)
    take_up(chair.page, hand)
    words, room = chair.page.get_by_label("Decision, in words"), chair.page.locator("details.tg-room")
    words.fill(WORDING)
    record_arrival(chair.page, hand, "Vasco Leal")
    expect(words).to_have_value(WORDING)
    follower.go(meeting)
    follower.page.get_by_role("button", name="I am here").click()
    expect(chair.page.locator("#room-list")).to_contain_text("3", timeout=LIVE)
    expect(room).to_have_attribute("open", "")
    chair.page.get_by_role("button", name="Vasco Leal has left").click()
    expect(chair.page.locator("#room-list")).to_contain_text("2")
    expect(words).to_have_value(WORDING)
    faults = chair.faults("walk/recorded-meanwhile")
    assert not faults, "\n".join(["", *faults])


def test_the_sentence_of_a_decision_is_written_while_the_chair_chooses(site: Site) -> None:
    chair = site.watched(TRUTH_OWNER)
    hand = Pointer()
    meeting = open_meeting(chair.page, hand)
    chair.go(meeting)
    take_up(chair.page, hand)
    words = chair.page.get_by_label("Decision, in words")
    chair.page.get_by_label("What is done about it").fill("Flexible rates ask for a card")
    chair.page.get_by_label("What is done about it").press("Tab")
    expect(words).to_have_value(re.compile(": flexible rates ask for a card. The figures prove it from"))
    words.fill("In our own words.")
    chair.page.get_by_label("What is done about it").fill("Something else")
    chair.page.get_by_label("What is done about it").press("Tab")
    expect(words).to_have_value("In our own words.")
    faults = chair.faults("walk/sentence")
    assert not faults, "\n".join(["", *faults])


def test_what_is_wrong_with_a_decision_is_seen_at_once(site: Site) -> None:
    chair = site.watched(TRUTH_OWNER)
    hand = Pointer()
    chair.go(open_meeting(chair.page, hand))
    take_up(chair.page, hand)
    chair.page.locator("#decide").get_by_text("Actions that follow").click()
    chair.page.get_by_label("Action 1").fill("Ring the agencies")
    chair.page.get_by_label("Decision, in words").fill(WORDING)
    hand.press(chair.page.get_by_role("button", name="Decide", exact=True))
    problem = chair.page.locator("#decide [role=alert]")
    expect(problem).to_be_focused()
    expect(problem).to_be_in_viewport()
    faults = chair.faults("walk/refused")
    assert not faults, "\n".join(["", *faults])


def test_the_keyboard_alone_is_enough(site: Site) -> None:
    chair = site.watched(None)
    hand = Keyboard(chair.page)
    sign_in(chair.page, hand)
    meeting = open_meeting(chair.page, hand)
    assemble(site, meeting)
    chair.go(meeting)
    record_arrival(chair.page, hand, "Vasco Leal")
    take_up(chair.page, hand)
    decide(chair.page, hand)
    close(chair.page, hand)
    seal(site, chair, hand, meeting)
    assert not hand.faults, "\n".join(["", *hand.faults])


def test_scripts_are_not_needed(site: Site) -> None:
    chair = site.watched(TRUTH_OWNER, java_script_enabled=False)
    hand = Pointer()
    meeting = open_meeting(chair.page, hand)
    assemble(site, meeting)
    chair.go(meeting)
    record_arrival(chair.page, hand, "Vasco Leal")
    take_up(chair.page, hand)
    decide(chair.page, hand)
    close(chair.page, hand)
    seal(site, chair, hand, meeting)


def sign_in(page: Page, hand: Hand) -> None:
    page.goto(SIGN_IN)
    hand.write(page.get_by_label("Email"), TRUTH_OWNER.email)
    hand.write(page.get_by_label("Password"), PASSWORD)
    hand.press(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")


def open_meeting(page: Page, hand: Hand, *, then_follows: Watched | None = None) -> str:
    """Open the coming meeting; its address. A follower who is there already sees it open."""
    page.goto("/meetings/")
    hand.press(page.locator("#coming").get_by_role("link", name="Customer truth steering").first)
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    if then_follows:
        then_follows.go(page.url)
    hand.press(page.get_by_role("button", name="Open the meeting"))
    expect(page.locator("#quorum")).to_contain_text("In session")
    if then_follows:
        expect(then_follows.page.locator("#quorum")).to_contain_text("In session", timeout=LIVE)
    return page.url


def assemble(site: Site, meeting: str) -> None:
    """The other members come in, each in a browser of their own: with the chair, one more than the quorum."""
    for part in (EXECUTIVES[0], EXECUTIVES[1], *LEADS[1:4]):
        with site.context(part) as context:
            assert "I leave" in send(context, meeting, f"{meeting}arrivals/").text()


def stand_aside(member: Watched, meeting: str) -> str:
    """A member comes in and is recused from the first item; its title."""
    page = member.page
    page.goto(meeting)
    page.get_by_role("button", name="I am here").click()
    page.locator("#agenda a").first.click()
    title = page.locator("#hand h2").first.inner_text()
    page.get_by_text("Declare an interest, or take no part").click()
    page.get_by_label("The interest that ties you to this item").fill("It is my figure.")
    page.get_by_role("button", name="Take no part").click()
    expect(page.get_by_text("You are recused from this item")).to_be_visible()
    page.goto(meeting)
    return title


def record_arrival(page: Page, hand: Hand, name: str) -> None:
    """The chair records somebody who has no browser at hand."""
    room = page.locator("#room-list")
    before = int(room.inner_text().split()[-1])
    hand.press(room)
    hand.write(page.get_by_label("Member"), name)
    hand.press(page.get_by_role("button", name="Record as present"))
    expect(room).to_contain_text(str(before + 1))


def take_up(page: Page, hand: Hand) -> None:
    hand.press(page.locator("#agenda a").first)
    page.wait_for_url(re.compile(r"\?item=\d+$"))
    hand.press(page.get_by_role("button", name="Take this item up"))
    expect(page.locator("#agenda")).to_contain_text("In hand")


def decide(page: Page, hand: Hand) -> None:
    hand.write(page.get_by_label("Decision, in words"), WORDING)
    hand.press(page.get_by_role("button", name="Decide", exact=True))
    expect(page.locator("#decided")).to_contain_text(WORDING)


def close(page: Page, hand: Hand) -> None:
    hand.press(page.locator("#agenda").get_by_role("link", name=MINUTES))
    hand.press(page.get_by_role("button", name="Confirm the minutes"))
    expect(page.locator("#agenda")).to_contain_text("Noted")
    hand.press(page.get_by_role("link", name="Close the meeting"))
    hand.press(page.get_by_role("button", name="Close the meeting"))
    expect(page.locator("#text")).to_contain_text(WORDING)


def seal(site: Site, chair: Watched, hand: Hand, meeting: str) -> Watched:
    """The minutes go out; those of the meeting before, which were confirmed, are signed by both and sealed."""
    hand.press(chair.page.get_by_role("button", name="Circulate the minutes"))
    expect(chair.page.get_by_label("Where these minutes stand")).to_contain_text("Circulated")
    chair.go(meeting)
    hand.press(chair.page.locator("#agenda").get_by_role("link", name=MINUTES))
    hand.press(chair.page.get_by_role("link", name="The minutes of"))
    chair.page.wait_for_url(re.compile(r"/minutes/$"))
    before = chair.page.url
    hand.press(chair.page.get_by_role("button", name="Sign the minutes"))
    expect(chair.page.locator("#signatures")).to_contain_text("Teresa Vaz")
    expect(chair.page.locator("#seal")).to_contain_text("Not sealed")
    secretary = site.watched(SECRETARY)
    secretary.go(before)
    secretary.page.get_by_role("button", name="Sign the minutes").click()
    expect(secretary.page.locator("#seal")).to_contain_text("SHA-256 of the seal")
    secretary.go("/view/")
    expect(secretary.page.locator("main")).to_contain_text(WORDING)
    return secretary
