"""How long the pages take that everybody reads, asked one after the other by somebody signed in."""

import http.client
from collections.abc import Callable, Mapping
from time import perf_counter

import numpy as np
from django.conf import settings
from django.test import Client

from truthgov.models import Person

VIEW = "/view/"
PAGES = {"desk": "/", "view": VIEW, "queue": "/contradictions/", "dictionary": "/dictionary/"}
HELLO = "/hello/"
WARM_UP = 10


class Reader:
    """Somebody signed in; each request goes over a connection of its own, opened before the clock starts."""

    def __init__(self, person: Person, port: int) -> None:
        client = Client()
        client.force_login(person)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, address: str) -> float:
        """Milliseconds that one page took. Raises RuntimeError on an answer that is not a page."""
        self.line.connect()
        started = perf_counter()
        self._ask(address)
        taken = (perf_counter() - started) * 1000
        self.line.close()
        return taken

    def page(self, address: str) -> bytes:
        """The page at an address. Raises RuntimeError on an answer that is not a page."""
        self.line.connect()
        shown = self._ask(address)
        self.line.close()
        return shown

    def _ask(self, address: str) -> bytes:
        self.line.request("GET", address, headers={"Cookie": self.cookie, "Host": "localhost"})
        answer = self.line.getresponse()
        shown = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{address}: {answer.status}")
        return shown


def first_readings(reader: Reader, times: int, act: Callable[[int], None]) -> tuple[np.ndarray, np.ndarray]:
    """What the view took right after each of so many acts, when nothing of it is kept, and a hello after each."""
    view, hello, warm_up = [], [], min(WARM_UP, times)
    for number in range(times + warm_up):
        act(number)
        view.append(reader.get(VIEW))
        hello.append(reader.get(HELLO))
    return np.array(view[warm_up:]), np.array(hello[warm_up:])


def milliseconds(readers: Mapping[str, Reader], times: int) -> dict[tuple[str, str], np.ndarray]:
    """What each of so many requests took, by reader and address; asked in turns, so that noise falls on all."""
    addresses, warm_up = [HELLO, *PAGES.values()], min(WARM_UP, times)
    taken: dict[tuple[str, str], list[float]] = {(name, address): [] for name in readers for address in addresses}
    for _ in range(times + warm_up):
        for (name, address), column in taken.items():
            column.append(readers[name].get(address))
    return {asked: np.array(column[warm_up:]) for asked, column in taken.items()}
