"""Connections that are ended from outside once their time is over.

A frozen server keeps no limit of its own, libpq waits for it for ever, and one that sends a byte now and then never
lets a read time out.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Timer

Watched = Callable[[int], None]
"""Told the file descriptor of a connection, before anything is said on it."""


@contextmanager
def hung_up_on(seconds: float) -> Iterator[Watched]:
    """What is watched here is hung up on after so many seconds."""
    with ExitStack() as lines:
        yield lambda handle: lines.enter_context(_ended_after(seconds, handle))


@contextmanager
def _ended_after(seconds: float, handle: int) -> Iterator[None]:
    with socket.socket(fileno=os.dup(handle)) as line:
        watch = Timer(seconds, line.shutdown, [socket.SHUT_RDWR])
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            watch.join()
