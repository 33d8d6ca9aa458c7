"""What is looked at on every page: axe's findings, refused contents, script errors, room to the side."""

import re
from base64 import b64decode
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

from playwright.sync_api import APIResponse, BrowserContext, Response

from tests.config.processes import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARTEFACTS = ROOT / "artefacts"
WIDTHS = (1280, 390)
HEIGHT, TALLEST = 900, 4_000
REFUSED_ON_PURPOSE = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", event => {
  console.error(`violates ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`)
})
"""
LAID_OUT = ["target-size", "scrollable-region-focusable"]
"""Rules whose answer changes with the width; the others are asked again of what another width alone shows."""
FINDINGS = """
async ({tags, laidOut, anew}) => {
  const shown = [...document.querySelectorAll("body *")].filter(element => element.checkVisibility())
  const more = anew ? [] : shown.filter(element => !window.lookedAt.has(element))
  window.lookedAt = new WeakSet(shown)
  const asked = anew ? [[document, tags]] : [[document, {type: "rule", values: laidOut}]]
  if (more.length) asked.push([{include: more}, tags])
  const found = []
  for (const [where, runOnly] of asked) {
    const {violations} = await axe.run(where, {runOnly, resultTypes: ["violations"], selectors: false, preload: false})
    found.push(...violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`)))
  }
  return found
}
"""
TOO_WIDE = """
inTables => {
  const root = document.documentElement
  const wide = [...document.querySelectorAll("body *")].filter(element =>
    element.getBoundingClientRect().right > root.clientWidth + 1 && getComputedStyle(element).position !== "absolute")
  const rolling = inTables ? [...document.querySelectorAll(".tg-scroll")].filter(part =>
    part.scrollWidth > part.clientWidth + 1) : []
  const name = element => `${element.tagName.toLowerCase()}.${element.className}`
  return [
    ...(root.scrollWidth > root.clientWidth ? [`the page: ${wide.slice(-3).map(name)}`] : []),
    ...rolling.map(part => `a table: ${part.innerText.slice(0, 60)}`),
  ]
}
"""


class Watched:
    """A page whose errors and violations are noted from the beginning."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(NOTE_VIOLATIONS)
        self.page = context.new_page()
        self.camera = context.new_cdp_session(self.page)
        self.noted: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.noted.append(f"script error: {error}"))

    def go(self, address: str) -> Response:
        """Open an address, which has to answer."""
        response = self.page.goto(address)
        assert response is not None
        return response

    def faults(self, name: str) -> list[str]:
        """What is wrong with the page as it stands, at both widths; a picture of each is kept under `name`."""
        found: list[str] = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE)
            asked = {"tags": WCAG, "laidOut": LAID_OUT, "anew": width == WIDTHS[0]}
            seen = [*self.page.evaluate(FINDINGS, asked), *self.page.evaluate(TOO_WIDE, width == max(WIDTHS))]
            found += [f"{name} at {width}: {each}" for each in seen]
            self.picture(f"{name}-{width}")
        self.page.set_viewport_size({"width": max(WIDTHS), "height": HEIGHT})
        found += [f"{name}: {each}" for each in self.noted]
        self.noted.clear()
        return found

    def picture(self, name: str) -> Path:
        """The page down to where a picture ends, drawn by the browser alone: playwright's own takes twice as long."""
        path = ARTEFACTS / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        width = self.page.viewport_size["width"] if self.page.viewport_size else max(WIDTHS)
        area = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        how = {"format": "jpeg", "quality": 70, "captureBeyondViewport": True, "optimizeForSpeed": True, "clip": area}
        path.write_bytes(b64decode(self.camera.send("Page.captureScreenshot", how)["data"]))
        return path

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not REFUSED_ON_PURPOSE.match(text):
            self.noted.append(text)


class Seen:
    """What each page was seen to be made of: two readers' pages that differ in words alone are looked at once."""

    def __init__(self) -> None:
        self.shapes: dict[str, set[str]] = defaultdict(set)

    def knows(self, path: str) -> bool:
        return path in self.shapes

    def is_news(self, path: str, html: str) -> bool:
        """Whether something stands on the page at this path that did not when it was looked at; noted as looked at."""
        before = len(self.shapes[path])
        self.shapes[path] |= _Shapes.of(html)
        return len(self.shapes[path]) > before


class _Shapes(HTMLParser):
    """Every element by its tag, class and what it says of its use, below those that hold it."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    SHAPING = ("class", "role", "type", "aria-current", "aria-expanded", "disabled", "hidden", "open")

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.found: set[str] = set()

    @classmethod
    def of(cls, html: str) -> set[str]:
        shapes = cls()
        shapes.feed(html)
        return shapes.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        named = ".".join([tag, *(f"{name}={given[name]}" for name in self.SHAPING if name in given)])
        self.found.add(">".join([*self.path, named]))
        if tag not in self.VOID:
            self.path.append(named)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.path) - 1, -1, -1):
            if self.path[place].partition(".")[0] == tag:
                del self.path[place:]
                return


def send(context: BrowserContext, page: str, address: str, **fields: str) -> APIResponse:
    """Send the form for `address` that stands on `page`, as a browser does, but without drawing the page."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', context.request.get(page).text())
    assert token, f"{page} has no form"
    answer = context.request.post(address, form={**fields, "csrfmiddlewaretoken": token[1]})
    assert answer.ok, f"{address}: {answer.status}"
    return answer
