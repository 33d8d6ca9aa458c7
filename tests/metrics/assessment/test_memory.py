"""What was let go goes back to the system, whatever is still held above it."""

import ctypes
import resource
from pathlib import Path

import numpy as np
import pytest

from metrics.assessment.memory import give_back

PIECES, SIZE = 500, 100_000


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another allocator than glibc's")
def test_what_lies_below_something_held_is_given_back() -> None:
    pieces = [np.ones(SIZE, np.uint8) for _ in range(PIECES)]
    full, last = _resident(), pieces[-1]
    del pieces
    give_back()
    assert full - _resident() > PIECES * SIZE / 2
    assert last.all()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
