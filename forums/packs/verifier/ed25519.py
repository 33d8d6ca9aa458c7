"""Ed25519 signatures checked in plain Python, after RFC 8032, sections 5.1.3, 5.1.4 and 5.1.7.

Only checking, which handles nothing secret: time may depend on what is checked. One key checks many signatures, so that
the multiples of the base point and of the key that any of them needs are worked out once.
"""

import hashlib
from functools import cache

Point = tuple[int, int, int, int]
"""Extended coordinates: x = X/Z, y = Y/Z, x*y = T/Z."""
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
ZERO: Point = (0, 1, 1, 0)
BASE = bytes.fromhex("58" + "66" * 31)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key made this signature of these bytes; False for anything malformed."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, scalar = decoded(public_key), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    x, y, z, t = _multiple(public_key, challenge)
    # R = sB - kA, compared as it is encoded: a point has one encoding.
    return encoded(added(_multiple(BASE, scalar), (P - x, y, z, P - t))) == signature[:32]


def decoded(text: bytes) -> Point | None:
    """The point that 32 bytes encode; None where they encode none."""
    number = int.from_bytes(text, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encoded(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


@cache
def _multiple_of(text: bytes, place: int, digit: int) -> Point:
    """The point that is encoded, times a digit in a place of a number to the base of 256."""
    if digit == 0:
        return ZERO
    highest = 1 << digit.bit_length() - 1
    if digit != highest:
        return added(_multiple_of(text, place, highest), _multiple_of(text, place, digit - highest))
    if digit > 1:
        half = _multiple_of(text, place, digit // 2)
    elif place:
        half = _multiple_of(text, place - 1, 128)
    else:
        point = decoded(text)
        if point is None:
            raise ValueError("not a point of the curve")
        return point
    return added(half, half)


def _multiple(text: bytes, scalar: int) -> Point:
    total = ZERO
    for place, digit in enumerate(scalar.to_bytes(32, "little")):
        total = added(total, _multiple_of(text, place, digit))
    return total
