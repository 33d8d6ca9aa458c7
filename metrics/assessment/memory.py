"""Giving back to the system what was let go: the allocator keeps what lies below anything that is still held."""

import ctypes
from collections.abc import Callable
from functools import lru_cache


def give_back() -> None:
    """Give back all that is free; some milliseconds, so ask for it after large work alone."""
    _trim()(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], object]:
    """What the C library offers for it; where it is not glibc, nothing."""
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)
