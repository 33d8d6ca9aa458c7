"""Two ways to use a page: with a pointer, or with the keyboard alone."""

from typing import Any, Protocol

from playwright.sync_api import Locator, Page

MOST_STOPS = 120
FOCUS = """
control => {
  const focused = document.activeElement, style = getComputedStyle(focused), place = focused.getClientRects()[0]
  const hit = place && document.elementFromPoint(place.left + place.width / 2, place.top + place.height / 2)
  const before = window.focusedBefore, stood = before?.isConnected
  window.focusedBefore = focused
  if (before === focused) return null  // a further part of one control: the month of a date, its calendar
  return {
    isReached: focused === control,
    name: `${focused.tagName.toLowerCase()} ${focused.id || focused.innerText || focused.name}`.slice(0, 60),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: Boolean(hit) && (focused.contains(hit) || hit.contains(focused)),
    onwards: !stood || Boolean(before.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING),
  }
}
"""


class Hand(Protocol):
    """What somebody does to a control."""

    def press(self, control: Locator) -> None:
        """Follow a link, push a button, open or close what folds."""

    def write(self, control: Locator, text: str) -> None:
        """Fill a field, or choose from a list by its beginning."""


class Pointer:
    def press(self, control: Locator) -> None:
        control.click()

    def write(self, control: Locator, text: str) -> None:
        if control.get_attribute("class") == "form-select":
            control.select_option(label=text)
        else:
            control.fill(text)


class Keyboard:
    """Tab, Enter and letters; every stop on the way shows its focus, uncovered, in the order of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def press(self, control: Locator) -> None:
        self._reach(control)
        self.page.keyboard.press("Enter")

    def write(self, control: Locator, text: str) -> None:
        self._reach(control)
        self.page.keyboard.type(text)

    def _reach(self, control: Locator) -> None:
        if control.evaluate("control => control === document.activeElement"):
            return
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = control.evaluate(FOCUS)
            if stop and self._is_there(stop):
                return
        raise AssertionError(f"{control} is not reached by Tab")

    def _is_there(self, stop: dict[str, Any]) -> bool:
        lacking = [each for each in ("outlined", "uncovered", "onwards") if not stop[each]]
        if lacking:
            self.faults.append(f"{self.page.url}: {stop['name']} is not {', '.join(lacking)}")
        return bool(stop["isReached"])
