"""Chromium, and the product serving an organisation of its own to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django import DjangoDbBlocker

from config.demo.cast import Part
from config.servers.browser import chromium as chromium_here
from tests.browser.looking import Watched, sign_in
from tests.browser.organisations import ORGANISATIONS, PASSWORD, Names, names
from tests.databases import cloned, environment_at, pointed_at, prepared
from tests.processes.product import Product

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def furnished(
    template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Callable[[str], str]:
    """The name of a database that holds an organisation, made once a run."""
    return lambda name: prepared(name, template_database, ORGANISATIONS[name], django_db_blocker)


@pytest.fixture(scope="session")
def hotels(furnished: Callable[[str], str]) -> str:
    return furnished("hotels")


@pytest.fixture(scope="session")
def newcomers(furnished: Callable[[str], str]) -> str:
    return furnished("newcomers")


@pytest.fixture(scope="session")
def samples(hotels: str, newcomers: str, django_db_blocker: DjangoDbBlocker) -> dict[str, Names]:
    """What stands in the addresses, by organisation."""
    found = {}
    for organisation, database in (("hotels", hotels), ("newcomers", newcomers)):
        with pointed_at(database, django_db_blocker), django_db_blocker.unblock():
            found[organisation] = names()
    return found


@pytest.fixture(scope="module")
def chromium(hotels: str, newcomers: str, samples: dict[str, Names]) -> Iterator[Browser]:
    """The browser, for one module at a time: while it runs, Django's models are out of reach of this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_here(), args=FLAGS)
        yield browser
        browser.close()


class Site:
    """The product serving one organisation, as seen by its people's browsers."""

    def __init__(self, product: Product, browser: Browser) -> None:
        self.url, self.browser = product.url, browser
        self.cookies: dict[str, object] = {}

    def context(self, part: Part | None, **options: object) -> BrowserContext:
        """A browser of somebody signed in, or of nobody."""
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        if part is None:
            return self.browser.new_context(base_url=self.url, **settings)  # type: ignore[arg-type]
        if part.email not in self.cookies:
            with self.browser.new_context() as entrance:
                self.cookies[part.email] = sign_in(entrance, self.url, part.email, PASSWORD)
        return self.browser.new_context(base_url=self.url, storage_state=self.cookies[part.email], **settings)  # type: ignore[arg-type]

    def watched(self, part: Part | None, **options: object) -> Watched:
        return Watched(self.context(part, **options))


@pytest.fixture(scope="module")
def sites(
    hotels: str, newcomers: str, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Site]]:
    """Both organisations, to be read and not changed."""
    logs = {name: tmp_path_factory.mktemp(name) for name in ORGANISATIONS}
    with (
        Product(environment_at(hotels), logs["hotels"]) as first,
        Product(environment_at(newcomers), logs["newcomers"]) as second,
    ):
        yield {"hotels": Site(first, chromium), "newcomers": Site(second, chromium)}


@pytest.fixture
def site(hotels: str, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    """The hotels in a database of this test's own."""
    with cloned(hotels) as database, Product(environment_at(database), tmp_path) as product:
        yield Site(product, chromium)
