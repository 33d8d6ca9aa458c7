"""Chromium, and the product serving an organisation of its own to it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext
from pytest_django import DjangoDbBlocker

from config.demo.cast import Part
from tests.browser.looking import Seen, Watched, send
from tests.browser.organisations import ORGANISATIONS, PASSWORD, Names, names
from tests.chromium import launched
from tests.databases import cloned, environment_at, pointed_at, prepared, restored
from tests.processes.product import Product
from tests.servers import RUN, WORKER

SIGN_IN = "/accounts/login/"


@pytest.fixture(scope="session")
def databases(template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """The databases that hold the organisations, by name: made once a run, and copied, which a connection hinders."""
    return {
        name: prepared(name, template_database, furnish, django_db_blocker) for name, furnish in ORGANISATIONS.items()
    }


@pytest.fixture
def hotels(databases: dict[str, str], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django's connections on a copy of the hotels, for one test to read and to change."""
    with cloned(databases["hotels"]) as copy, pointed_at(copy, django_db_blocker), django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def samples(databases: dict[str, str], django_db_blocker: DjangoDbBlocker) -> dict[str, Names]:
    """What stands in the addresses, by organisation."""
    found = {}
    for organisation, database in databases.items():
        with cloned(database) as copy, pointed_at(copy, django_db_blocker), django_db_blocker.unblock():
            found[organisation] = names()
    return found


@pytest.fixture(scope="module")
def chromium(samples: dict[str, Names]) -> Iterator[Browser]:
    """The browser, for one module at a time: while it runs, Django's models are out of reach of this thread."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def seen() -> Seen:
    """What was looked at in this run."""
    return Seen()


class Site:
    """The product serving one organisation, as seen by its people's browsers."""

    def __init__(self, product: Product, browser: Browser, seen: Seen) -> None:
        self.url, self.product, self.browser, self.seen = product.url, product, browser, seen
        self.cookies: dict[str, object] = {}

    def context(self, part: Part | None, **options: object) -> BrowserContext:
        """A browser of somebody signed in, or of nobody."""
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        if part is None:
            return self.browser.new_context(base_url=self.url, **settings)  # type: ignore[arg-type]
        if part.email not in self.cookies:
            with self.browser.new_context(base_url=self.url) as entrance:
                send(entrance, SIGN_IN, SIGN_IN, login=part.email, password=PASSWORD)
                self.cookies[part.email] = entrance.storage_state()
        return self.browser.new_context(base_url=self.url, storage_state=self.cookies[part.email], **settings)  # type: ignore[arg-type]

    def watched(self, part: Part | None, **options: object) -> Watched:
        return Watched(self.context(part, **options), self.seen)


@pytest.fixture(scope="module")
def site_of(
    databases: dict[str, str], chromium: Browser, seen: Seen, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Site]]:
    """An organisation's site by its name, to be read and not changed."""
    with ExitStack() as running:

        @cache
        def site(name: str) -> Site:
            copy = running.enter_context(cloned(databases[name]))
            product = Product(environment_at(copy), tmp_path_factory.mktemp(name))
            return Site(running.enter_context(product), chromium, seen)

        yield site


@pytest.fixture(scope="session")
def hotels_to_change(databases: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product serving the hotels to one test after the other: starting it takes longer than most of them."""
    name = f"test_{os.environ[RUN]}_{os.environ.get(WORKER, 'main')}_hotels"
    restored(name, databases["hotels"])
    with Product(environment_at(name), tmp_path_factory.mktemp("site"), is_live=True) as product:
        yield product


@pytest.fixture
def site(hotels_to_change: Product, databases: dict[str, str], chromium: Browser, seen: Seen) -> Iterator[Site]:
    """The hotels as they were before the tests, for this one to change."""
    restored(urlsplit(hotels_to_change.environment["DATABASE_URL"]).path[1:], databases["hotels"])
    yield Site(hotels_to_change, chromium, seen)
    for context in chromium.contexts:  # nobody asks on when the hotels are put back
        context.close()
