"""Chromium as the tests drive it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from config.servers.browser import chromium

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
expect.set_options(timeout=30_000)  # as long as a click waits: a busy machine answers late, and what never comes fails


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of this thread's own; while it runs, playwright keeps an event loop here."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
