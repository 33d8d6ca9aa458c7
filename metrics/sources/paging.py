"""How one answer leads to the next: a Link header, a cursor, or numbers that count up. No database."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from metrics.sources.paths import JsonPath, PathError
from truthgov.egress import Unreachable, url_of
from truthgov.errors import InvalidInput
from truthgov.repeated import RepeatedError

MAX_PAGES = 500
LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")
NEXT = re.compile(r";\s*rel\s*=\s*(?:\"(?:[^\"]*\s)?next(?:\s[^\"]*)?\"|next(?![\w-]))", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """An answer as paging sees it: where it was fetched, its number (from 0), its Link header, content and rows."""

    address: str
    number: int
    link: str
    content: Any
    rows: int


@dataclass(frozen=True)
class Paging:
    """`kind` is none, link, cursor, page or offset; `parameter` is the query parameter that asks for the next page.

    `cursor` is the JMESPath of the next cursor; `first` the number of the first page, `size` the rows of a full one.
    """

    kind: str = ""
    parameter: str = ""
    cursor: str = ""
    first: int = 1
    size: int = 0

    def start(self, address: str) -> str:
        """The address of the first page."""
        numbers = {"page": self.first, "offset": 0}
        return self._at(address, numbers[self.kind]) if self.kind in numbers else address

    def after(self, page: Page) -> str | None:
        """The address of the page after this one; None after the last. Unreachable where it cannot be read."""
        try:
            return self._following(page)
        except (httpx.InvalidURL, PathError, RepeatedError) as error:
            raise Unreachable(f"Its next page cannot be told: {str(error).rstrip('.')}.") from error

    def _following(self, page: Page) -> str | None:
        if self.kind == "link":
            return self._linked(page)
        if self.kind == "cursor":
            cursor = JsonPath(self.cursor).search(page.content)
            return self._at(page.address, cursor) if cursor not in (None, "", False) else None
        if self.kind in ("page", "offset") and page.rows and page.rows >= self.size:
            counted = self.first + page.number + 1 if self.kind == "page" else self._offset(page)
            return self._at(page.address, counted)
        return None

    def _offset(self, page: Page) -> int:
        return int(httpx.URL(page.address).params[self.parameter]) + page.rows

    def _at(self, address: str, value: Any) -> str:
        return str(httpx.URL(address).copy_set_param(self.parameter, str(value)))

    def _linked(self, page: Page) -> str | None:
        """The address of the link called `next`, which may be relative to the page."""
        for address, parameters in LINK.findall(page.link):
            if NEXT.search(parameters):
                return str(httpx.URL(page.address).join(address))
        return None


def check(paging: Paging, *, is_json: bool) -> None:
    """InvalidInput, by field, where what the kind of paging needs is missing."""
    errors = {}
    if paging.kind == "cursor" and not is_json:
        errors["pages"] = "needs JSON: a sheet holds no cursor"
    if paging.kind in ("cursor", "page", "offset") and not paging.parameter:
        errors["page_parameter"] = "is needed: the name of the query parameter that asks for the next page"
    if paging.kind == "cursor":
        try:
            JsonPath(paging.cursor)
        except PathError:
            errors["cursor_path"] = "is needed: the JMESPath of the next cursor"
    if errors:
        raise InvalidInput("The pages cannot be followed as described.", errors)


def same_origin(address: str, other: str) -> bool:
    """Do two addresses lead to one server? A secret goes to no other. EgressRefused for what is no address."""
    return _origin(address) == _origin(other)


def _origin(address: str) -> tuple[str, str, int | None]:
    url = url_of(address)
    return url.scheme, url.host, url.port
