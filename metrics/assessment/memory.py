"""Giving back to the system what was let go: the allocator keeps what lies below anything that is still held."""

import ctypes
from collections.abc import Callable
from functools import lru_cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""What glibc's malloc.h calls how much free memory is given back, and from how much a request is one of its own."""
MOST = 2**30


def give_back() -> None:
    """Give back all that is free; some milliseconds, so ask for it after large work alone."""
    _trim()(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], object]:
    """What the C library offers for it; where it is not glibc, nothing."""
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)


def keep() -> None:
    """Give nothing back from now on, in a process that ends soon: what is let go is what it asks for next."""
    ask = getattr(ctypes.CDLL(None), "mallopt", lambda *_: 0)
    for what in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
        ask(what, MOST)
