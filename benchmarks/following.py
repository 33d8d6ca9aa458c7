"""How soon everybody who follows a meeting sees what the chair did: browsers as they behave, by the hundred.

Each follower asks for the page, listens to the stream (or asks once a second, where there is none), and is sent what
changed, or asks for it when it is told of a version alone; a page has changed once that is there whole.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from time import perf_counter

import numpy as np
from django.conf import settings
from django.test import Client

from benchmarks.sitting import Sitting
from truthgov.models import Person

CLICKS, APART, GIVEN_UP = 20, 2.0, 20.0
"""How often the chair takes up an item, seconds from one to the next, and after which a follower missed it."""
FOLLOWED = re.compile(rb'id="follow" data-version="(\d+)".*?hx-get="([^"]+)"')
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
EVERY = 1.0
LONGEST_LINE = 1 << 22


@dataclass
class Browser:
    """Somebody signed in, with a connection to the pages that is kept open as browsers do."""

    person: Person
    port: int
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    cookie: str = field(init=False)

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.person)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    async def get(self, address: str) -> tuple[int, bytes]:
        """Status and content of an answer."""
        return await self._asked(f"GET {address} HTTP/1.1\r\n{self._headers()}HX-Request: true\r\n\r\n")

    async def send(self, address: str, token: str) -> int:
        """The status of an act; the form's token stands in the cookie too."""
        content = f"csrfmiddlewaretoken={token}"
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}"
        status, _ = await self._asked(f"POST {address} HTTP/1.1\r\n{self._headers()}{kind}\r\n\r\n{content}")
        return status

    def _headers(self) -> str:
        return f"Host: localhost\r\nCookie: {self.cookie}\r\n"

    async def _asked(self, request: str) -> tuple[int, bytes]:
        """Once more over a new connection, where the one kept was closed meanwhile."""
        if self.line:
            try:
                return await self._over(*self.line, request)
            except (asyncio.IncompleteReadError, OSError):
                self.line[1].close()
        self.line = await asyncio.open_connection("127.0.0.1", self.port)
        return await self._over(*self.line, request)

    async def _over(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: str
    ) -> tuple[int, bytes]:
        writer.write(request.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        cookie = re.search(r"csrftoken=(\w+)", head)
        if cookie and "csrftoken" not in self.cookie:
            self.cookie += f"; csrftoken={cookie[1]}"
        length = re.search(r"(?i)content-length: (\d+)", head)
        content = await reader.readexactly(int(length[1])) if length else b""
        return int(head.split()[1]), content


@dataclass
class Follower:
    """What a follower's page shows, and when it came to."""

    browser: Browser
    page: str
    shown: int = 0
    ask: str = ""
    came: dict[int, float] = field(default_factory=dict)

    async def open(self) -> None:
        status, content = await self.browser.get(self.page)
        self._take(content if status == HTTPStatus.OK else b"")

    async def refresh(self) -> None:
        status, content = await self.browser.get(self.ask)
        if status == HTTPStatus.OK:
            self._take(content)

    async def listen(self, port: int) -> None:
        """Follow the stream."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LONGEST_LINE)
        request = f"GET {self.page} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.browser.cookie}\r\n\r\n"
        writer.write(request.encode())
        while line := await reader.readline():
            if line.startswith(b"data: {"):
                self._take(json.loads(line[6:])["around"].encode())
            elif line.startswith(b"data: ") and int(line[6:]) > self.shown:
                await self.refresh()

    async def ask_again_and_again(self, random: Random) -> None:
        """Follow without a stream, from any moment within a second on."""
        await asyncio.sleep(random.random() * EVERY)
        while True:
            started = perf_counter()
            await self.refresh()
            await asyncio.sleep(max(0.0, EVERY - (perf_counter() - started)))

    def _take(self, content: bytes) -> None:
        found = FOLLOWED.search(content)
        if found is None:
            raise RuntimeError(f"{self.page} is no meeting that is followed: {content[:200]!r}")
        self.shown, self.ask = int(found[1]), found[2].decode().replace("&amp;", "&")
        self.came.setdefault(self.shown, perf_counter())


@dataclass(frozen=True)
class Followed:
    """Seconds from each click of the chair (rows) to each follower's changed page, infinite where one was missed; and
    what was spent on all clicks."""

    seconds: np.ndarray
    spent: float


def followed(
    sitting: Sitting, web: int, live: int | None, clicks: int = CLICKS, spent: Callable[[], float] = float
) -> Followed:
    """Click after click; `spent` tells what was spent so far, of whatever is watched."""
    page = sitting.meeting.get_absolute_url()
    chair = Browser(sitting.chair, web)
    followers = [Follower(Browser(person, web), page) for person in sitting.followers]
    return asyncio.run(_followed(chair, followers, sitting.items, live, clicks, spent))


async def _followed(
    chair: Browser, followers: list[Follower], items: list[int], live: int | None, clicks: int,
    spent: Callable[[], float],
) -> Followed:  # fmt: skip
    _, content = await chair.get(followers[0].page)
    found = TOKEN.search(content)
    token = found[1].decode() if found else ""
    await _in_turn([each.open for each in followers])
    random = Random(1)
    following = [
        asyncio.create_task(each.listen(live) if live else each.ask_again_and_again(random)) for each in followers
    ]
    await asyncio.sleep(APART)
    taken, before_all = [], spent()
    for click in range(clicks):
        before, clicked = max(each.shown for each in followers), perf_counter()
        status = await chair.send(f"/items/{items[click % len(items)]}/in-hand/", token)
        if status != HTTPStatus.FOUND:
            raise RuntimeError(f"the chair's click was answered {status}")
        await _all_see(followers, before + 1)
        taken.append([each.came.get(before + 1, np.inf) - clicked for each in followers])
        await asyncio.sleep(max(0.0, APART - (perf_counter() - clicked)))
    spent_on_all = spent() - before_all
    for each in following:
        each.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    return Followed(np.array(taken), spent_on_all)


async def _all_see(followers: list[Follower], version: int) -> None:
    deadline = perf_counter() + GIVEN_UP
    while perf_counter() < deadline and any(each.shown < version for each in followers):
        await asyncio.sleep(0.02)


async def _in_turn(acts: list[Callable[[], Awaitable[None]]]) -> None:
    for act in acts:
        await act()
