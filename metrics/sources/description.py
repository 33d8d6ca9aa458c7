"""How a feed is described, judged before anything is stored or called. No database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.sources import paging, placeholders
from metrics.sources.mapping import check_mapping
from metrics.sources.paging import Paging
from truthgov import egress
from truthgov.deferred import Deferred
from truthgov.egress import EgressRefused
from truthgov.errors import InvalidInput

if TYPE_CHECKING:
    from metrics.sources import database, query
else:  # they load SQLAlchemy
    database, query = Deferred("metrics.sources.database"), Deferred("metrics.sources.query")

HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent"}
SECRETS = {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"}
"""Headers that hold secrets: theirs is the sealed field, not the open one."""


@dataclass(frozen=True)
class Description:
    """Where figures stand, how they are asked for and how a row is read; `format` is json, csv or sql."""

    url: str
    format: str
    query: str
    rows_path: str
    mapping: Mapping[str, str]
    secret_header: str
    headers: Mapping[str, str]
    paging: Paging

    def check(self) -> None:
        """InvalidInput, by field, for what cannot work or may not be called."""
        try:
            self._check()
        except EgressRefused as refused:
            raise InvalidInput(
                "The address may not be called.", {"url": f"may not be called: {str(refused).rstrip('.')}"}
            ) from refused

    def _check(self) -> None:
        check_mapping(self.mapping, self.rows_path, is_json=self.format == "json")
        if self.format == "sql":
            query.check(self.query)
            database.server(self.url)
            return
        self._check_address()
        self._check_headers()
        paging.check(self.paging, is_json=self.format == "json")

    def _check_address(self) -> None:
        if strange := placeholders.unknown(self.url):
            raise InvalidInput(
                "The address cannot be used.",
                {"url": f"holds {{{strange[0]}}}; use {{period}}, {{period_start}} or {{period_end}}"},
            )
        egress.require_allowed(self.url.replace("{", "").replace("}", ""))

    def _check_headers(self) -> None:
        for name, value in self.headers.items():
            if not HEADER.fullmatch(name) or not value.isascii() or not value.isprintable():
                raise _faulty_header(f"is not a header: {name[:40]!r}; write Name: value, a line each")
            if name.lower() in OURS:
                raise _faulty_header(f"names {name}, which is set by truthgov itself")
            if name.lower() in SECRETS:
                raise _faulty_header(f"names {name}: give its value as the secret, which is kept encrypted")
        if not HEADER.fullmatch(self.secret_header) or self.secret_header.lower() in OURS:
            raise InvalidInput("The secret cannot be sent so.", {"secret_header": "is not the name of a header"})


def _faulty_header(problem: str) -> InvalidInput:
    return InvalidInput("The headers cannot be sent.", {"headers": problem})
