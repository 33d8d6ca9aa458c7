"""Minutes in parts: what was drafted from the record stays as it is; the prose that people write stands beside it.

The database composes the same text and refuses any other, see `MINUTES_READ_AS_THEIR_PARTS`. It imports no Django.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

Part = Mapping[str, str]
"""`key`, which stays the same, and `text`, as drafted."""
BESIDE = "> "


def part(key: str, lines: Iterable[str]) -> dict[str, str]:
    """A part of these lines; what somebody wrote over several lines is drawn in, so that it never reads as prose."""
    drawn_in = (line.replace("\r\n", "\n").replace("\n", "\n   ") for line in lines)
    return {"key": key, "text": "\n".join(drawn_in).rstrip()}


def compose(parts: Sequence[Part], prose: Mapping[str, str]) -> str:
    """The text that is signed: each part with its prose below it, every line of which begins with `> `."""
    return "\n\n".join(f"{each['text']}{_beside(prose.get(each['key'], ''))}" for each in parts) + "\n"


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def tidied(prose: str) -> str:
    """Prose as it is kept: lines ended by LF, nothing blank at its ends or at the end of a line."""
    return "\n".join(line.rstrip() for line in prose.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def _beside(prose: str) -> str:
    return f"\n{BESIDE}" + prose.replace("\n", f"\n{BESIDE}") if prose else ""
