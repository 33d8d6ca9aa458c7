"""An agenda arranged in the browser: by dragging, from the keyboard, and by its buttons without scripts."""

import pytest
from playwright.sync_api import Page, expect

from config.demo.cast import SECRETARY
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def agenda(page: Page) -> list[str]:
    """The first three items, by number, as soon as they are there."""
    entries = page.locator(".tg-entry")
    expect(entries.nth(2)).to_be_attached()
    return [str(entry.get_attribute("data-item")) for entry in entries.all()[:3]]


def test_items_move_by_mouse_and_from_the_keyboard_and_the_focus_stays(site: Site) -> None:
    secretary = site.watched(SECRETARY)
    page = open_agenda(secretary.page)
    first, second, third = agenda(page)
    page.locator(f"#handle-{second}").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#said")).to_contain_text("number 1, in")
    assert agenda(page) == [second, first, third]
    expect(page.locator(f"#handle-{second}")).to_be_focused()
    above = {"x": 200, "y": 6}
    page.drag_and_drop(f"#handle-{third}", f".tg-entry[data-item='{second}']", target_position=above)
    expect(page.locator(".tg-entry").first).to_have_attribute("data-item", third)
    expect(page.locator("#publications")).to_contain_text("Changed since publication 1")
    assert not secretary.faults("agenda/arranged")


def test_buttons_move_them_without_scripts(site: Site) -> None:
    page = open_agenda(site.watched(SECRETARY, java_script_enabled=False).page)
    first, second, third = agenda(page)
    page.locator(f"#down-{first}").click()
    assert agenda(page) == [second, first, third]
    expect(page.locator(f"#handle-{first}")).to_be_hidden()


def open_agenda(page: Page) -> Page:
    """Of the next steering meeting, by the links that lead there."""
    page.goto("/meetings/")
    page.locator("#coming").get_by_role("link", name="Customer truth steering").first.click()
    page.locator("#whole-agenda").click()
    expect(page.locator(".tg-entry").first).to_be_visible()
    return page
