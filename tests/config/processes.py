"""Processes of ours as tests see them: started, waited for, and looked for afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
PATIENCE = 60.0


def servers(*arguments: str, **extra: str) -> subprocess.Popen[str]:
    """`python -m config.servers …`, without the addresses that this test run goes to unless `extra` gives them."""
    environment = {key: value for key, value in os.environ.items() if key not in ADDRESSES} | extra
    return subprocess.Popen(
        [sys.executable, "-m", "config.servers", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding_interrupts,
    )


def heeding_interrupts() -> None:
    """A shell's background jobs, such as a test run may be, ignore Ctrl-C, and so would whatever they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(condition: Callable[[], object]) -> None:
    """Wait for `condition`, looking every tenth of a second; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> set[int]:
    """The processes below `pid`, from the kernel's own list."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting.extend(below)
    return found


def alive(pids: set[int]) -> set[int]:
    """Those of `pids` that still run; one that ended and was not yet collected does not."""
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.add(pid)
    return running


def environment_of(lines: str) -> Mapping[str, str]:
    """What `env` printed, as a mapping."""
    return dict(line.split("=", 1) for line in lines.splitlines() if "=" in line)
