"""Work done side by side, where there are several cores, by forks of this process.

A fork begins with all that the process holds, without a copy of it, and has an interpreter and connections of its own:
threads share one interpreter, and two of them that judge get little more done than one.
"""

import fcntl
import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection, Pipe, wait
from traceback import format_exception
from typing import Generic, NoReturn, TypeVar

from django.db import connection, connections

from metrics.assessment.memory import keep

Made = TypeVar("Made")
Word = tuple[Made | None, Exception | None]
"""Something made, or a problem; neither says that this was all."""


def _cores() -> int:
    """How many this process may use; one where a fork of a process with threads is not to be relied on."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


AT_ONCE = min(_cores(), 4)
"""Forks at a time: each takes a connection, and the memory of what it reads and makes."""
AHEAD = 1 << 20
"""Bytes that a fork may be ahead of whoever reads what it made."""
_inherited: list[object] = []
"""Connections of the process that a fork came from: it must neither use nor close them."""


class Lost(Exception):  # noqa: N818 - like the others
    """A fork ended before it had done its share: something else has ended it."""


def are_of_use() -> bool:
    """Whether forks would see what this process sees: not where an outer transaction holds something back."""
    return AT_ONCE > 1 and not connection.savepoint_ids


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
        ready = wait([self.lines[share] for share in self.open])
        for share in [share for share in self.open if self.lines[share] in ready]:
            word = _received(self.lines[share])
            self.come[share].append(word)
            if word[0] is None:
                self.open.discard(share)


def _received(line: "Connection[Word[Made], Word[Made]]") -> Word[Made]:
    try:
        return line.recv()
    except (EOFError, OSError):
        return None, Lost("A process that judged figures was ended; what waits is assessed once more.")


@contextmanager
def _fork(work: Callable[[int], Iterable[Made]], share: int) -> Iterator["Connection[Word[Made], Word[Made]]"]:
    reading, writing = Pipe(duplex=False)
    fork = os.fork()
    if not fork:
        reading.close()  # or it would not notice when nobody reads any more
        _work(work, share, writing)
    writing.close()
    try:
        with reading:
            yield reading
    finally:
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)


def _work(work: Callable[[int], Iterable[Made]], share: int, writing: "Connection[Word[Made], Word[Made]]") -> NoReturn:
    """What a fork does. It ends without closing anything: all but its own connections are others' too."""
    try:
        gc.freeze()
        keep()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _connect_anew()
        with suppress(OSError):  # as much as this user may have
            fcntl.fcntl(writing.fileno(), fcntl.F_SETPIPE_SZ, AHEAD)
        _tell(work, share, writing.send)
    finally:
        os._exit(0)


def _tell(work: Callable[[int], Iterable[Made]], share: int, tell: Callable[[Word[Made]], None]) -> None:
    try:
        for made in work(share):
            tell((made, None))
        tell((None, None))
    except Exception as problem:
        problem.add_note("".join(format_exception(problem)))
        tell((None, problem))
        raise


def _connect_anew() -> None:
    for alias in list(connections):
        _inherited.append(connections[alias])
        connections[alias] = connections.create_connection(alias)
