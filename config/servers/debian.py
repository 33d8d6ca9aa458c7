"""What tests need of Debian: found, else installed where we may, else asked for in one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable


def ensured(package: str, found: Callable[[], str | None], variable: str) -> int:
    """0 when `found` finds a program, after installing Debian's package where we may; else 1 and a line to do it."""
    if not found() and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"{package} …", flush=True)
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", package]):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if found():
        return 0
    print(f"A program is missing: install the package {package}, or set {variable} to its path.", file=sys.stderr)
    return 1
