"""Work done side by side, where there are several cores, by forks of this process.

A fork begins with all that the process holds, without a copy of it, and has an interpreter and connections of its own:
threads share one interpreter, and two of them that judge get little more done than one.
"""

import ctypes
import fcntl
import gc
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from traceback import format_exception
from typing import Generic, NoReturn, TypeVar

from django.db import connection, connections

from metrics.assessment.memory import give_nothing_back

Made = TypeVar("Made")
Word = tuple[Made | None, Exception | None]
"""Something made, or a problem; neither says that this was all."""


LIMIT = Path("/sys/fs/cgroup/cpu.max")
"""What a container may use: microseconds of processors, or `max`, in each period of so many (Linux' cgroup v2)."""


def cores(limit: Path = LIMIT) -> int:
    """How many this process may use; one where a fork of a process with threads is not to be relied on."""
    if sys.platform != "linux":
        return 1
    may_run_on = len(os.sched_getaffinity(0))
    try:
        granted, period = limit.read_text().split()
        return may_run_on if granted == "max" else max(1, min(may_run_on, int(granted) // int(period)))
    except (OSError, ValueError):
        return may_run_on


AT_ONCE = min(cores(), 4)
"""Forks at a time: each takes a connection, and the memory of what it reads and makes."""
AHEAD, BYTES_AHEAD = 8, 1 << 20
"""What a fork may be ahead of whoever reads what it made: so many words that were taken, and bytes that were not."""
DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux' prctl.h."""
_inherited: list[object] = []
"""Connections of the process that a fork came from: kept, for what is let go says goodbye to the server."""
_lost: list[int] = []
"""Shares that this process has lost: it judges alone from then on, as there may be no room for more."""


class Lost(Exception):  # noqa: N818 - like the others
    """A fork ended before it had done its share: something else has ended it."""


def are_of_use() -> bool:
    """Whether forks would see what this process sees: not where an outer transaction holds something back."""
    return AT_ONCE > 1 and not _lost and not connection.savepoint_ids


@contextmanager
def abreast(work: Callable[[int], Iterable[Made]], shares: int) -> Iterator[list[Iterator[Made]]]:
    """What `work` makes of each share, as it comes, by a fork each; a single share is worked on here.

    `work` reads the database as others see it. What it raises is raised where its share is read; Lost, where a fork
    was ended. No fork outlives the context.
    """
    if shares == 1:
        yield [iter(work(0))]
        return
    with ExitStack() as forks:
        told = Told[Made]([forks.enter_context(_fork(work, share)) for share in range(shares)])
        yield [told.of(share) for share in range(shares)]


class Told(Generic[Made]):
    """What forks tell: taken from all of them whenever one is waited for, so that none waits for another's reader."""

    def __init__(self, lines: list["Connection[Word[Made], Word[Made]]"]) -> None:
        self.lines, self.come = lines, [deque[Word[Made]]() for _ in lines]
        self.open = set(range(len(lines)))

    def of(self, share: int) -> Iterator[Made]:
        """What the fork at work on a share tells, until it says that this was all."""
        while True:
            while not self.come[share]:
                self._take()
            made, problem = self.come[share].popleft()
            if problem is not None:
                raise problem
            if made is None:
                return
            yield made

    def _take(self) -> None:
        listened_to = [share for share in self.open if len(self.come[share]) < AHEAD]
        ready = wait([self.lines[share] for share in listened_to])
        for share in [share for share in listened_to if self.lines[share] in ready]:
            word = self._received(share)
            self.come[share].append(word)
            if word[0] is None:
                self.open.discard(share)

    def _received(self, share: int) -> Word[Made]:
        try:
            return self.lines[share].recv()
        except (EOFError, OSError):
            _lost.append(share)
            return None, Lost("A process that judged figures was ended; what waits is assessed once more.")


@contextmanager
def _fork(work: Callable[[int], Iterable[Made]], share: int) -> Iterator["Connection[Word[Made], Word[Made]]"]:
    reading, writing = Pipe(duplex=False)
    parent, fork = os.getpid(), os.fork()
    if not fork:
        _work(work, share, writing, parent)
    writing.close()
    try:
        with reading:
            yield reading
    finally:
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)


def _work(
    work: Callable[[int], Iterable[Made]], share: int, writing: "Connection[Word[Made], Word[Made]]", parent: int
) -> NoReturn:
    """What a fork does. It ends without closing anything: all but its own connections are others' too."""
    try:
        _end_with(parent)
        gc.freeze()
        give_nothing_back()
        _connect_anew()
        with suppress(OSError):  # as much as this user may have
            fcntl.fcntl(writing.fileno(), fcntl.F_SETPIPE_SZ, BYTES_AHEAD)
        for made in work(share):
            writing.send((made, None))
        writing.send((None, None))
    except Exception as problem:
        writing.send((None, _portable(problem)))
        raise
    finally:
        os._exit(0)


def _end_with(parent: int) -> None:
    """End when the process that this is a fork of does, however; what interrupts that one is its own affair."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        raise Lost("The process that this is a fork of has ended.")


def _connect_anew() -> None:
    """Leave the process its connections, whose ends on the server live as long as anybody holds ours."""
    for alias in list(connections):
        held = connections[alias]
        _inherited.append(held)
        if held.connection is not None:
            os.close(held.connection.fileno())
        connections[alias] = connections.create_connection(alias)


def _portable(problem: Exception) -> Exception:
    """The problem with where it arose, as far as it can be told to another process."""
    told = "".join(format_exception(problem))
    problem.add_note(told)
    try:
        pickle.loads(pickle.dumps(problem))  # noqa: S301 - our own
    except (pickle.PickleError, TypeError, ValueError, AttributeError):
        return RuntimeError(told)
    return problem
