"""How much a body of JSON holds, told from its signs alone: before a parser makes objects of it. Pure."""

import numpy as np

from truthgov.intake import MAX_ROWS, TooLarge

MOST_OPENED = 2 + 3 * MAX_ROWS
"""Objects and lists in a body: itself and its list, then of each row itself, its period and its segment."""
DEEPEST = 32
QUOTE, OPENED = b'"{'
_OTHERS = bytes(set(range(256)) - set(b'{}[]"'))
_ALIKE = bytes.maketrans(b"[]", b"{}")


class TooDeep(Exception):  # noqa: N818 - said of what was sent
    """Objects and lists stand in each other more than `DEEPEST` times."""


def require_bounded(body: bytes, *, around: int) -> None:
    """Raises TooLarge for JSON with more than `MAX_ROWS` rows, TooDeep where it is nested too deeply; rows are the
    objects that so many others stand around.

    What is no JSON is left to its parser.
    """
    shape = _shape(body)
    opened = shape.count(b"{")
    if opened > MAX_ROWS and (opened > MOST_OPENED or _rows(shape, around) > MAX_ROWS):
        raise TooLarge(f"There are more than {MAX_ROWS} rows; send them in parts.")
    for _ in range(DEEPEST):
        flatter = shape.replace(b"{}", b"")
        if len(flatter) == len(shape):
            return
        shape = flatter
    if b"{}" in shape:
        raise TooDeep


def _rows(shape: bytes, around: int) -> int:
    """How many objects open with so many open around them."""
    each = np.frombuffer(shape[: 2 * MOST_OPENED], np.uint8)
    steps = np.where(each == OPENED, np.int32(1), np.int32(-1))
    return int(np.count_nonzero((steps > 0) & (np.cumsum(steps, dtype=np.int32) == around + 1)))


def _shape(body: bytes) -> bytes:
    """The braces outside of texts, brackets being braces, too."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Two quotes side by side change nothing for what is around them, whether they are of one text or of two.
    signs = body.translate(_ALIKE, _OTHERS).replace(b'""', b"")
    if b'"' not in signs:
        return signs
    each = np.frombuffer(signs, np.uint8)
    is_text = np.cumsum(each == QUOTE, dtype=np.uint8) & 1
    return each[(is_text == 0) & (each != QUOTE)].tobytes()
