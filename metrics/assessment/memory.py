"""Giving back to the system what was let go: the allocator keeps what lies below anything that is still held."""

import ctypes
from collections.abc import Callable
from functools import lru_cache

MOST = {-1: 2**30, -3: 2**25}
"""By M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h: how much is free before any is given back, and how
much may be asked for without a mapping of its own (more is refused)."""


def give_back() -> None:
    """Give back all that is free; some milliseconds, so ask for it after large work alone."""
    _trim()(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], object]:
    """What the C library offers for it; where it is not glibc, nothing."""
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)


def give_nothing_back() -> None:
    """Keep what is let go, in a process that ends soon: it is what is asked for next."""
    ask = getattr(ctypes.CDLL(None), "mallopt", lambda *_: 0)
    for which, most in MOST.items():
        ask(which, most)
