"""Rules, minutes and what corrects them, with the keyboard alone: proposed by one, approved or answered by another."""

import re

import pytest
from playwright.sync_api import Page, expect

from config.demo.cast import EXECUTIVES, SECRETARY, SPONSOR, TRUTH_OWNER, Part
from tests.browser.conftest import Site
from tests.browser.hands import Keyboard
from tests.browser.test_walk import assemble, open_meeting

pytestmark = pytest.mark.browser
FORUM = "/forums/steering/"
FIRST_WORDS = "In session from 09:00 to 10:35"


class Seated:
    """Somebody at their keyboard."""

    def __init__(self, site: Site, part: Part) -> None:
        self.page: Page = site.watched(part).page
        self.keys = Keyboard(self.page)

    def push(self, button: str) -> None:
        self.keys.press(self.page.get_by_role("button", name=button, exact=True))

    def write(self, label: str, text: str) -> None:
        self.keys.write(self.page.get_by_label(label, exact=True), text)

    def unfold(self, summary: str) -> None:
        self.keys.press(self.page.locator("summary", has_text=re.compile(f"^{summary}$")))


def test_rules_and_minutes_need_no_pointer(site: Site) -> None:
    secretary, sponsor, chair, executive = (
        Seated(site, part) for part in (SECRETARY, SPONSOR, TRUTH_OWNER, EXECUTIVES[0])
    )
    propose_charter(secretary)
    approve_charter(sponsor)
    latest, sealed = held(secretary.page)
    amend(executive, secretary, latest)
    confirm(site, chair, latest)
    correct(secretary, chair, sealed)
    faults = [fault for each in (secretary, sponsor, chair, executive) for fault in each.keys.faults]
    assert not faults, "\n".join(["", *faults])


def propose_charter(secretary: Seated) -> None:
    secretary.page.goto(FORUM)
    secretary.keys.press(secretary.page.get_by_role("link", name="Propose a charter"))
    secretary.write("Quorum", "6")
    secretary.push("Propose")
    expect(secretary.page.locator("#charter-3")).to_be_visible()
    expect(secretary.page.get_by_role("button", name="Approve version 3")).to_be_hidden()


def approve_charter(sponsor: Seated) -> None:
    sponsor.page.goto(FORUM)
    expect(sponsor.page.locator(".tg-charter").first).to_contain_text("What it changes of the version approved before")
    sponsor.push("Approve version 3")
    expect(sponsor.page.locator(".tg-charter").first).to_contain_text("In force")


def held(page: Page) -> tuple[str, str]:
    """Where the minutes of the latest meeting stand, which is not confirmed, and those of one that is sealed."""
    page.goto("/meetings/")
    places = [str(link.get_attribute("href")) for link in page.locator("#held th a").all()]
    return f"{places[0]}minutes/", f"{places[-1]}minutes/"


def amend(executive: Seated, secretary: Seated, minutes: str) -> None:
    executive.page.goto(minutes)
    executive.unfold("Propose an amendment")
    executive.write("Beside which part", "Present")
    executive.write("What should stand there", "Ines Falcão joined from Porto.")
    executive.write("Why", "She asked for it.")
    executive.push("Propose it")
    expect(executive.page.locator("#amendments")).to_contain_text("beside “Present")
    secretary.page.goto(minutes)
    secretary.write("Why it is accepted or declined", "She did.")
    secretary.push("Accept")
    expect(secretary.page.locator("#amendments")).to_contain_text("Accepted")
    secretary.push("Circulate the new wording")
    expect(secretary.page.locator("#text")).to_contain_text("Ines Falcão joined from Porto.")


def confirm(site: Site, chair: Seated, minutes: str) -> None:
    """By the next meeting, which the chair opens, and to which the others come."""
    assemble(site, open_meeting(chair.page, chair.keys))
    chair.page.reload()
    chair.keys.press(chair.page.locator("#agenda").get_by_role("link", name=re.compile("^Minutes of")))
    chair.push("Confirm the minutes")
    expect(chair.page.locator("#agenda")).to_contain_text("Noted")
    chair.page.goto(minutes)
    expect(chair.page.get_by_label("Where these minutes stand")).to_contain_text("To be signed")


def correct(secretary: Seated, chair: Seated, minutes: str) -> None:
    secretary.page.goto(minutes)
    secretary.unfold("Correct what was sealed")
    secretary.write("Where it reads", FIRST_WORDS)
    secretary.write("It holds that", "In session from 09:00 to 10:40")
    secretary.write("Why", "The clock was slow.")
    secretary.push("Record the correction")
    expect(secretary.page.locator("#corrections")).to_contain_text("To be countersigned")
    chair.page.goto(minutes)
    chair.push("Countersign it")
    expect(chair.page.locator("#corrections")).to_contain_text("In force")
