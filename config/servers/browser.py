"""Chromium for the browser tests: found, else installed from Debian, else asked for in one line."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of a Chromium on this machine: CHROMIUM where it is given, else the first by its usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    """Leave with 0 when there is a Chromium, after installing Debian's where we may."""
    if chromium():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Chromium …", flush=True)
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if chromium():
        return 0
    print("Chromium is missing: install the package chromium, or set CHROMIUM to its path.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
