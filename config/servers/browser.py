"""Chromium for the browser tests."""

import os
import shutil
import sys

from config.servers.debian import ensured

SHELL = "chromium-headless-shell"
"""The same engine without a window around it: begins in half the time, and needs no GTK."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of a Chromium on this machine: CHROMIUM where it is given, else the first by its usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    sys.exit(ensured(SHELL, chromium, "CHROMIUM"))
