"""What a browser asks of the small process that tells of changes, and how it is answered: bytes in, bytes out. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

HEALTH = "/health/"
ADDRESS = re.compile(r"(?:/live)?/meetings/(\d{1,18})/")
NUMBER = re.compile(r"[0-9]{1,18}")
COMMON = ("Cache-Control: no-store", "Connection: close", "X-Accel-Buffering: no", "X-Content-Type-Options: nosniff")
END = b"\r\n\r\n"


@dataclass(frozen=True)
class Asked:
    """An address that was asked for, and the headers by their names in small letters."""

    path: str
    headers: dict[str, str]
    query: str = ""

    @classmethod
    def read(cls, sent: bytes) -> "Asked":
        """The request of these bytes, up to the empty line. Raises ValueError where it is no GET of HTTP/1."""
        line, *lines = sent.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, address, protocol = line.split(" ")
        if method != "GET" or not protocol.startswith("HTTP/1."):
            raise ValueError(line)
        headers = [each.partition(":") for each in lines]
        where = urlsplit(address)
        return cls(where.path, {name.strip().lower(): value.strip() for name, _, value in headers}, where.query)

    @property
    def meeting(self) -> int | None:
        """The meeting that is followed at this address."""
        found = ADDRESS.fullmatch(self.path)
        return int(found[1]) if found else None

    @property
    def item(self) -> int | None:
        """The item that the page shows, where it is not the one in hand."""
        asked = parse_qs(self.query).get("item", [""])[0]
        return int(asked) if NUMBER.fullmatch(asked) else None

    @property
    def origin(self) -> str:
        return self.headers.get("origin", "")

    def cookie(self, name: str) -> str:
        parts = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return next((value for called, _, value in parts if called == name), "")

    def is_from_elsewhere(self, host: str) -> bool:
        """Does a page of another host ask? One on another port of ours is ours as well."""
        return bool(self.origin) and urlsplit(self.origin).hostname != host


def head(status: HTTPStatus, asked: Asked, content: str = "text/plain") -> bytes:
    """How an answer begins; a page of ours on another port may read it."""
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"Content-Type: {content}", *COMMON]
    if asked.origin and status == HTTPStatus.OK:
        allowed = f"Access-Control-Allow-Origin: {asked.origin}"
        lines += [allowed, "Access-Control-Allow-Credentials: true", "Vary: Origin"]
    return "\r\n".join(lines).encode("latin-1") + END


def told(version: int) -> bytes:
    """A version, as an event."""
    return f"data: {version}\n\n".encode()


def shown(version: int, parts: Mapping[str, str]) -> bytes:
    """A version with the parts of the screen that show it, as an event of its own name."""
    return f"event: shown\ndata: {json.dumps({'version': version, **parts})}\n\n".encode()
