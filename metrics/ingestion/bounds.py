"""How much a body of JSON holds, told from its signs alone: before a parser makes objects of it. Pure."""

import numpy as np

from truthgov.intake import MAX_ROWS, TooLarge

MOST_OPENED = 2 + 3 * MAX_ROWS
"""Objects and lists in a body: itself and its list, then of each row itself, its period and its segment."""
DEEPEST = 32
QUOTE = ord('"')
_OTHERS = bytes(set(range(256)) - set(b'{}[]"'))
_ALIKE = bytes.maketrans(b"[]", b"{}")


class TooDeep(Exception):  # noqa: N818 - said of what was sent
    """Objects and lists stand in each other more than `DEEPEST` times."""


def require_bounded(body: bytes) -> None:
    """Raises TooLarge for JSON that no `MAX_ROWS` rows can be, TooDeep where it is nested too deeply.

    What is no JSON is left to its parser.
    """
    shape = _shape(body)
    if shape.count(b"{") > MOST_OPENED:
        raise TooLarge(f"There are more than {MAX_ROWS} rows; send them in parts.")
    for _ in range(DEEPEST):
        flatter = shape.replace(b"{}", b"")
        if len(flatter) == len(shape):
            return
        shape = flatter
    if b"{}" in shape:
        raise TooDeep


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
