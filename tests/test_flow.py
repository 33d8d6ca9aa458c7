"""The whole line over HTTP, with the product's own web, worker and beat: from a pushed figure to a minuted decision."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from html import unescape
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from config.celery import app
from config.demo import ground, moved, steering
from config.demo.cast import ADMINISTRATOR, EXECUTIVES, JOURNEY_OWNERS, LEADS, SECRETARY, TRUTH_OWNER, Cast, Part
from tests.config.processes import until
from tests.processes.product import Product
from truthgov import clock

pytestmark = pytest.mark.processes
PASSWORD = "correct horse battery"
MEMBERS = (*EXECUTIVES, *LEADS, *JOURNEY_OWNERS)
CASE = "Booked room revenue"


class Visitor:
    """Somebody's browser without scripts: it reads pages, and sends the forms that stand on them."""

    def __init__(self, product: Product, part: Part) -> None:
        self.line = httpx.Client(base_url=product.url, follow_redirects=True, verify=False)  # no TLS here
        self.page = self.read("/accounts/login/")
        self.send("/accounts/login/", login=part.email, password=PASSWORD)

    def read(self, address: str) -> str:
        """The page at an address, which has to be there."""
        return self._received(self.line.get(address))

    def send(self, address: str, **fields: str | list[str]) -> str:
        """Send the form for `address` that stands on the page last read, with its token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)
        assert token, "the page has no form"
        assert f'action="{address}"' in self.page or self.at.path == address, f"no form on {self.at} goes to {address}"
        return self._received(self.line.post(address, data=fields | {"csrfmiddlewaretoken": token[1]}))

    def _received(self, answer: httpx.Response) -> str:
        assert answer.is_success, f"{answer.request.method} {answer.url}: {answer.status_code}\n{answer.text}"
        self.at, self.page = answer.url, unescape(answer.text)
        return self.page


@pytest.fixture
def cast(own_database: dict[str, str]) -> Cast:
    """The hotels' people, journeys, dictionary and forum, without a figure and without a meeting."""
    starts_on = moved.last_complete_month(date.today()).shift(-28).start
    founded = Cast(PASSWORD, starts_on)
    with clock.at(timezone.make_aware(datetime.combine(starts_on, time(7)))):
        founded.found()
        ground.lay(founded, starts_on=starts_on)
        steering.charter(founded, starts_on=starts_on)
    return founded


@pytest.fixture
def product(own_database: dict[str, str], cast: Cast, tmp_path: Path) -> Iterator[Product]:
    with Product(own_database, tmp_path) as running:
        running.work()
        yield running


def test_a_pushed_figure_becomes_a_minuted_decision(product: Product) -> None:
    push(product, issued_key(Visitor(product, ADMINISTRATOR)))
    chair, secretary = Visitor(product, TRUTH_OWNER), Visitor(product, SECRETARY)
    until(lambda: CASE in chair.read("/contradictions/"))

    app.send_task("forums.prepare_meetings")  # beat asks for it every hour
    meeting = awaited(lambda: found(r'href="(/meetings/\d+/)"', chair.read("/meetings/")))
    chair.read(meeting)
    assert "In session" in chair.send(f"{meeting}opening/")
    assemble(product, meeting)

    decide(chair, meeting)
    chair.read(f"{meeting}closing/")
    assert "Deposits on all flexible rates" in chair.send(f"{meeting}closing/")

    secretary.read(f"{meeting}minutes/")
    assert "To be confirmed" in secretary.send(f"{meeting}minutes/circulation/")
    assert "sign once the next meeting has confirmed" in chair.read(f"{meeting}minutes/")
    assert "Deposits on all flexible rates" in Visitor(product, EXECUTIVES[0]).read("/view/")


def issued_key(administrator: Visitor) -> str:
    """A key for every function and source, as the page shows it once."""
    page = administrator.read("/keys/")
    page = administrator.send(
        "/keys/",
        name="Hotel data warehouse",
        functions=ticked(page, "functions"),
        sources=ticked(page, "sources"),
        expires_on=found(r'name="expires_on" value="([\d-]+)"', page),
    )
    return found(r"(tgv_live_\w+)</code>", page)


def push(product: Product, key: str) -> None:
    figures = moved.as_csv(moved.figures(date.today()))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv", "Idempotency-Key": '"first-delivery"'}
    address = f"{product.url}/api/v1/observation-batches"
    answer = httpx.post(address, content=figures, headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text
    again = httpx.post(address, content=figures, headers=headers, timeout=60)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == answer.json()


def assemble(product: Product, meeting: str) -> None:
    """The other members come in; with the chair they make the quorum of five."""
    for part in MEMBERS[:4]:
        member = Visitor(product, part)
        member.read(meeting)
        assert "I leave" in member.send(f"{meeting}arrivals/")


def decide(chair: Visitor, meeting: str) -> None:
    """The chair takes the case up and resolves it, with an action for somebody."""
    item = found(rf'href="[^"]*\?item=(\d+)"[^>]*>\s*<span>{CASE}', chair.read(meeting))
    chair.read(f"{meeting}?item={item}")
    page = chair.send(f"/items/{item}/in-hand/")
    assert "In hand" in page
    page = chair.send(
        f"/items/{item}/decisions/",
        type="resolve_contradiction",
        wording="Deposits on all flexible rates",
        remedy_from=found(r'name="remedy_from" value="([\d-]+)"', page),
        title_1="Deposits in the booking engine",
        owner_1=found(r'name="owner_1".*?<option value="(\d+)"', page),
        due_on_1=found(r'name="remedy_from" value="([\d-]+)"', page),
    )
    assert "Decided" in page
    assert "Deposits in the booking engine" in page


def ticked(page: str, name: str) -> list[str]:
    """The values of all boxes of this name."""
    return re.findall(rf'name="{name}" value="(\d+)"', page)


def found(pattern: str, page: str) -> str:
    """What the pattern's group matches, or nothing."""
    match = re.search(pattern, page, re.DOTALL)
    return match[1] if match else ""


def awaited(look: Callable[[], str]) -> str:
    """What `look` finds, as soon as it finds something."""
    until(look)
    return look()
