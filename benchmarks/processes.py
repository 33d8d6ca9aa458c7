"""The product's own processes on a database of the run, and the memory they took."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import environment
from config.servers import process, product
from config.servers.account import ourselves
from config.servers.places import free_port

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "benchmarks.settings"
MEGABYTE_IN_KILOBYTES = 1024


@contextmanager
def web(database: str) -> Iterator[tuple[process.Child, int]]:
    """Pages and API as the product serves them: the process and its port."""
    port = free_port()
    with _running("web", product.web(port), database) as child:
        child.wait_until(lambda: product.serves(port))
        yield child, port


@contextmanager
def live(database: str) -> Iterator[tuple[process.Child, int]]:
    """What tells browsers that a meeting changed: the process and its port."""
    port = free_port()
    with _running("live", product.live(port), database) as child:
        child.wait_until(lambda: product.serves(port))
        yield child, port


@contextmanager
def worker(database: str) -> Iterator[process.Child]:
    """The product's worker."""
    with _running("worker", product.worker(), database) as child:
        yield child


def peak_megabytes(child: process.Child) -> float:
    """The largest resident memory that any one process of a family has ever had."""
    return max(map(_peak, _family(child.process.pid))) / MEGABYTE_IN_KILOBYTES


def together_megabytes(child: process.Child) -> float:
    """What a family takes at this moment, memory that several share counted once."""
    return sum(map(_proportional, _family(child.process.pid))) / MEGABYTE_IN_KILOBYTES


def cpu_seconds(child: process.Child) -> float:
    """What a family has computed so far."""
    return sum(map(_computed, _family(child.process.pid)))


@contextmanager
def _running(name: str, command: list[str], database: str) -> Iterator[process.Child]:
    given = environment(database) | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "WARNING",
    }
    with TemporaryDirectory() as home:
        log = Path(home) / "log"
        child = process.spawn(name, command, ourselves(), environment=given, directory=ROOT, log=log)
        is_well = False
        try:
            yield child
            is_well = True
        finally:
            if not is_well:
                print(log.read_text(errors="replace")[-3000:], file=sys.stderr)
            child.stop()


def _family(parent: int) -> list[int]:
    """A process and its descendants."""
    children = _told_of(parent, f"task/{parent}/children").split()
    return [parent, *(each for child in children for each in _family(int(child)))]


def _peak(pid: int) -> int:
    return _kilobytes(pid, "status", "VmHWM:")


def _proportional(pid: int) -> int:
    return _kilobytes(pid, "smaps_rollup", "Pss:")


def _kilobytes(pid: int, file: str, name: str) -> int:
    lines = _told_of(pid, file).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _told_of(pid: int, file: str) -> str:
    """What the system tells of a process; nothing of one that has just ended."""
    try:
        return Path(f"/proc/{pid}/{file}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _computed(pid: int) -> float:
    """In user and system mode; the fields after the name, which may hold blanks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
