"""What is looked at on every page: axe's findings, refused contents, script errors, room to the side."""

import re
from base64 import b64decode
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
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
ALIKE = 3
"""So many elements of one shape are looked at on a page: further rows of a table differ in their words alone."""
NEW = """
({known, alike}) => {
  const telling = ["class", "role", "type", "aria-current", "aria-expanded"]
  const shapeOf = element => [
    shapes.get(element.parentElement) ?? "", element.tagName,
    ...element.getAttributeNames().sort().map(name =>
      telling.includes(name) ? `${name}=${element.getAttribute(name)}` : name.startsWith("data-") ? "" : name),
    /^(A|BUTTON|LABEL|SUMMARY|TH|H[1-6])$/.test(element.tagName) && !element.textContent.trim() ? "wordless" : "",
  ].join(" ")
  const shapes = new Map(), counts = new Map(), seen = known && new Set(known)
  const fresh = new Set(), repeated = new Set()
  for (const element of document.body.querySelectorAll("*")) {
    const shape = shapeOf(element)
    shapes.set(element, shape)
    counts.set(shape, (counts.get(shape) ?? 0) + 1)
    if (counts.get(shape) > alike) repeated.add(element)
    else if (seen && !seen.has(shape)) fresh.add(element)
  }
  window.lookedAt = new WeakSet([...shapes.keys()].filter(element => element.checkVisibility()))
  const outermost = elements => [...elements].filter(element => !elements.has(element.parentElement))
  window.toLookAt = !seen ? document : fresh.size ? {include: outermost(fresh)} : null
  window.leftOut = outermost(repeated)
  return {shapes: [...counts.keys()], isNew: Boolean(window.toLookAt)}
}
"""
"""Elements whose shape was not looked at on such a page: what they are, and what all those stand in that hold them."""
NARROWER = """
() => {
  const shown = [...document.body.querySelectorAll("*")].filter(element => element.checkVisibility())
  const tooSmall = element => {
    const {width, height} = element.getBoundingClientRect()
    const beside = [...element.parentElement.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
    const isInText = getComputedStyle(element).display === "inline" && beside.some(node => node.data.trim())
    return (width < 24 || height < 24) && !isInText
  }
  const rolls = element => /auto|scroll/.test(getComputedStyle(element).overflow) &&
    (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
  const include = shown.filter(element => !window.lookedAt.has(element) || rolls(element) ||
    element.matches("a, button, input, select, textarea, summary, [tabindex], [role=button]") && tooSmall(element))
  window.toLookAt = include.length ? {include} : null
  window.leftOut = []
  return Boolean(window.toLookAt)
}
"""
"""What another width alone may have made worse: what it alone shows, targets that are small, regions that roll."""
FINDINGS = """
async tags => {
  if (!window.axe) return null
  const places = window.leftOut.map(element => {
    const place = document.createComment("")
    element.replaceWith(place)
    return place
  })
  const include = window.toLookAt.include?.filter(element => element.isConnected)
  const {violations} = include?.length === 0 ? {violations: []} : await axe.run(include ? {include} : document, {
    runOnly: tags, resultTypes: ["violations"], selectors: false, preload: false})
  window.leftOut.forEach((element, number) => places[number].replaceWith(element))
  return violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`))
}
"""
"""What is left out is taken out meanwhile: of what is hidden only, axe asks the style again for every rule."""
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

    def __init__(self, context: BrowserContext, seen: "Seen") -> None:
        context.add_init_script(NOTE_VIOLATIONS)
        self.page = context.new_page()
        self.camera = context.new_cdp_session(self.page)
        self.seen, self.noted = seen, list[str]()
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.noted.append(f"script error: {error}"))

    def go(self, address: str) -> Response:
        """Open an address, which has to answer."""
        response = self.page.goto(address)
        assert response is not None
        return response

    def faults(self, name: str) -> list[str]:
        """What is wrong with the page as it stands, at both widths; a picture of each is kept under `name`.

        Of what was looked at on such a page before, only its width and its errors are looked at again.
        """
        found: list[str] = []
        for width in WIDTHS:
            self._resize(width)
            is_first = width == WIDTHS[0]
            seen = self._violations() if (self._is_new() if is_first else self.page.evaluate(NARROWER)) else []
            seen += self.page.evaluate(TOO_WIDE, is_first)
            found += [f"{name} at {width}: {each}" for each in seen]
            self.picture(f"{name}-{width}")
        self._resize(max(WIDTHS))
        found += [f"{name}: {each}" for each in self.noted]
        self.noted.clear()
        return found

    def _resize(self, width: int, height: int = HEIGHT) -> None:
        if self.page.viewport_size != (wanted := {"width": width, "height": height}):
            self.page.set_viewport_size(wanted)  # type: ignore[arg-type]

    def _is_new(self) -> bool:
        known = self.seen.drawn.setdefault(kind_of(self.page.url), set())
        now = self.page.evaluate(NEW, {"known": list(known) or None, "alike": ALIKE})
        known.update(now["shapes"])
        return bool(now["isNew"])

    def _violations(self) -> list[str]:
        found = self.page.evaluate(FINDINGS, WCAG)
        if found is None:
            self.page.evaluate(AXE)
            found = self.page.evaluate(FINDINGS, WCAG)
        return list(found)

    def picture(self, name: str) -> Path:
        """The page down to where a picture ends, in a window as high, which the next look makes as it was.

        Looking beyond the edge of a window takes half again as long, and playwright's own picture twice.
        """
        path = ARTEFACTS / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        width, height = self.page.evaluate("scrollTo(0, 0), [innerWidth, document.documentElement.scrollHeight]")
        self._resize(width, max(HEIGHT, min(height, TALLEST)))
        how = {"format": "jpeg", "quality": 70, "optimizeForSpeed": True}
        path.write_bytes(b64decode(self.camera.send("Page.captureScreenshot", how)["data"]))
        return path

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not REFUSED_ON_PURPOSE.match(text):
            self.noted.append(text)


def kind_of(address: str) -> str:
    """The name of the page at an address, whatever it is about."""
    path = urlsplit(address).path
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


class Seen:
    """What each kind of page was seen to be made of, by its source and as drawn: what differs in words alone, of
    another reader or another organisation, is looked at once."""

    def __init__(self) -> None:
        self.sources: dict[str, set[str]] = defaultdict(set)
        self.drawn: dict[str, set[str]] = {}

    def knows(self, address: str) -> bool:
        return kind_of(address) in self.sources

    def is_news(self, address: str, html: str) -> bool:
        """Whether something stands on the page that did not when one of its kind was looked at; noted as looked at."""
        before = self.sources[kind_of(address)]
        shapes = _Shapes.of(html)
        is_news = not shapes <= before
        before |= shapes
        return is_news


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
