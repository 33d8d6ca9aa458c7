"""Other tools, each installed into an environment of its own in a folder that is thrown away, and asked there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

UV = Path(sys.executable).with_name("uv")
QUIET = "send_anonymous_usage_stats: false\nuser_cookie_id: nobody\n"
"""Soda's own settings: it reports home otherwise. Great Expectations is told by its environment."""


@dataclass(frozen=True)
class Tool:
    """A tool by its name, what is installed for it, and the program that asks with it."""

    name: str
    packages: Sequence[str]
    program: str


TOOLS = (
    Tool("Soda Core", ["soda-core-postgres==3.5.6"], "run_soda.py"),
    Tool("Great Expectations", ["great_expectations[postgresql]==1.24.1"], "run_great_expectations.py"),
)


class NotInstalled(Exception):  # noqa: N818 - it reads as what happened
    """A tool cannot be installed here; says why."""


@contextmanager
def installed(tool: Tool) -> Iterator[Path]:
    """The folder of a tool's environment. Raises NotInstalled where its packages cannot be had."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _run([UV, "venv", "--quiet", "--python", sys.executable, folder / "tool"])
        _run([UV, "pip", "install", "--quiet", "--python", folder / "tool" / "bin" / "python", *tool.packages])
        (folder / ".soda").mkdir()
        (folder / ".soda" / "config.yml").write_text(QUIET)
        yield folder


def ask(tool: Tool, folder: Path, given: Mapping[str, Any]) -> list[tuple[float, int]]:
    """For each list of questions, seconds that it took and how many of them found something.

    Raises RuntimeError when the tool fails.
    """
    program = Path(__file__).with_name(tool.program)
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "GX_ANALYTICS_ENABLED": "false"}
    done = subprocess.run(
        [folder / "tool" / "bin" / "python", program], input=json.dumps(given), env=environment, cwd=folder,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{tool.name}: {done.stderr[-3000:] or done.stdout[-3000:]}")
    return [(seconds, found) for seconds, found in json.loads(done.stdout.splitlines()[-1])]


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(done.stderr[-500:])
