"""Work on arrays done side by side, where there are several cores: numpy lets go of the interpreter."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Piece = TypeVar("Piece")
Made = TypeVar("Made")


def _cores() -> int:
    """How many this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # not everywhere
    return len(allowed(0)) if allowed else os.cpu_count() or 1


AT_ONCE = min(_cores(), 4)
"""Pieces worked on at a time: more would wait for each other's turn with the interpreter."""


def abreast(
    work: Callable[[Piece], Made], pieces: Iterable[Piece], is_large: Callable[[Piece], bool], most: int = AT_ONCE
) -> Iterator[Made]:
    """What `work` makes of each piece, in their order; of large ones `most` at a time, while the next is made ready.

    Small ones are worked on here: a thread would cost more. `work` must not ask the database.
    """
    waiting: deque[Callable[[], Made]] = deque()
    with ThreadPoolExecutor(most) as threads:  # none begins before it is given something
        for piece in pieces:
            beside = most > 1 and is_large(piece)
            waiting.append(threads.submit(work, piece).result if beside else partial(work, piece))
            if len(waiting) > most:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()
