"""The one door through which truthgov calls others: scheme, port and host by allow-list, the address checked as it is
connected to, no redirect followed, size and time limited.
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from time import monotonic
from typing import Any

import httpx
from django.conf import settings

from truthgov.errors import Refusal
from truthgov.figures import counted
from truthgov.hanging_up import Watched, hung_up_on

MAX_BYTES = 32 * 1024 * 1024
CONNECT_SECONDS = 10.0
BUSY = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}
SAID = 500
"""Characters of an address elsewhere that are passed on: as many as one may have here."""
TRANSLATED = ip_network("64:ff9b::/96")
"""NAT64: an IPv4 address in the clothes of a global IPv6 one."""


class EgressRefused(Refusal):
    """Our own rules forbid the call; calling again changes nothing before a setting or an address does."""


class Unreachable(Exception):  # noqa: N818 - said of the other side
    """The other side did not answer, or not as it should; a later call may succeed, `after` a while that it names."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


@dataclass(frozen=True)
class Fetched:
    """What came back with status 200: `link` is its Link header, `is_whole` whether its length was stated.

    An answer that only ends with its connection may have been cut short, and nothing in it says so.
    """

    content_type: str
    body: bytes
    link: str = ""
    is_whole: bool = True


def fetch(
    url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int = MAX_BYTES, seconds: float | None = None
) -> Fetched:
    """GET an address. EgressRefused where our rules forbid it or it redirects, Unreachable for every other failure."""
    require_allowed(url)
    seconds = settings.EGRESS_SECONDS if seconds is None else seconds
    asked = {"Accept-Encoding": "identity", "User-Agent": "truthgov", **(headers or {})}
    deadline = monotonic() + seconds
    timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        with (
            hung_up_on(seconds) as watched,
            httpx.Client(
                transport=CheckedTransport(verify=_certificates()), timeout=timeout, trust_env=False
            ) as client,
            client.stream("GET", url, headers=asked, follow_redirects=False, extensions=_telling(watched)) as response,
        ):
            _require_answer(response)
            body = _read(response, max_bytes, deadline)
            told = response.headers
            is_whole = "content-length" in told or "transfer-encoding" in told
            return Fetched(told.get("content-type", ""), body, told.get("link", ""), is_whole)
    except httpx.HTTPError as error:
        raise Unreachable(
            f"{httpx.URL(url).host} did not answer as it should: {error or type(error).__name__}."
        ) from error


class CheckedTransport(httpx.HTTPTransport):
    """Connects to the very address that was checked, so that a name cannot point elsewhere in between."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        address = checked_address(name, request.url.port or _default_port(request.url))
        # The Host header and the certificate's name stay those of the address asked for.
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": name}
        return super().handle_request(request)


def _telling(watched: Watched) -> dict[str, Any]:
    """What has httpx tell of its connection as soon as it stands."""

    def trace(event: str, told: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            watched(told["return_value"].get_extra_info("socket").fileno())

    return {"trace": trace}


@cache
def _certificates() -> ssl.SSLContext:
    """Whom a server's certificate may come from; read once, since reading them costs more than most calls."""
    return httpx.create_ssl_context(trust_env=False)


def require_allowed(address: str) -> None:
    """EgressRefused unless our lists allow this address; where its name leads is checked as it is connected to."""
    url = url_of(address)
    if url.scheme not in settings.EGRESS_SCHEMES:
        raise EgressRefused(f"Feeds are fetched over {' or '.join(settings.EGRESS_SCHEMES)}; change the address.")
    if url.userinfo:
        raise EgressRefused("The address holds a password; give it as the feed's token instead.")
    require_host(url.host, url.port or _default_port(url))


def url_of(address: str) -> httpx.URL:
    """An address that names a host, or none; EgressRefused for what is no address."""
    try:
        url = httpx.URL(address)
        _ = url.host  # its international form is read here, and may be none
    except (httpx.InvalidURL, UnicodeError) as error:
        raise EgressRefused(f"This is no address: {error}; correct it.") from error
    return url


def require_host(name: str, port: int) -> None:
    """EgressRefused unless our lists name this host and port, and, where the host is an address, allow it."""
    if port not in settings.EGRESS_PORTS:
        raise EgressRefused(f"Port {port} is not one that may be called; an operator names it in EGRESS_PORTS.")
    if name not in settings.EGRESS_HOSTS:
        raise EgressRefused(f"{name} is not a host that may be called; an operator names it in EGRESS_HOSTS.")
    with suppress(ValueError):  # a name, which is looked up when it is connected to
        _require_public(name, ip_address(name))


def may_be_plain() -> bool:
    """May what is called go unencrypted? Where plain HTTP is allowed, and nowhere else."""
    return "http" in settings.EGRESS_SCHEMES


def checked_address(name: str, port: int) -> str:
    """An address of a host. One that may not be called refuses all: who mixes them has something in mind."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{name} has no address: {error}.") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        _require_public(name, ip_address(address))
    return addresses[0]


def _require_public(name: str, address: IPv4Address | IPv6Address) -> None:
    if not _may_be_called(address):
        raise EgressRefused(
            f"{name} leads to {address}, a private address; an operator names its network in EGRESS_PRIVATE_NETWORKS "
            "if it is meant."
        )


def _may_be_called(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    networks = map(ip_network, settings.EGRESS_PRIVATE_NETWORKS)
    if any(address in network for network in networks if network.version == address.version):
        return True
    carries_another = isinstance(address, IPv6Address) and (
        address in TRANSLATED or address.sixtofour is not None or address.teredo is not None
    )
    return address.is_global and not address.is_multicast and not carries_another


def _require_answer(response: httpx.Response) -> None:
    if response.has_redirect_location:
        raise EgressRefused(f"It redirects to {response.headers['location'][:SAID]}; give the address it leads to.")
    if response.status_code != httpx.codes.OK:
        after = _pause(response.headers) if response.status_code in BUSY else None
        wants = f", and asks for a pause of {_worded(after)}" if after else ""
        raise Unreachable(f"It answered {response.status_code} {response.reason_phrase}{wants}.", after=after)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable("It answered compressed, though asked not to.")


def _pause(told: httpx.Headers) -> timedelta | None:
    """How long a server asks to be left alone: so many seconds, or until a date by its own clock. None where it does
    not say so."""
    asked = told.get("retry-after", "")
    try:
        if asked.isdecimal():
            return timedelta(seconds=int(asked))
        return max(parsedate_to_datetime(asked) - parsedate_to_datetime(told.get("date", "")), timedelta())
    except (ValueError, TypeError, OverflowError):
        return None


def _worded(pause: timedelta) -> str:
    seconds = ceil(pause.total_seconds())
    return counted(seconds, "second") if seconds < 120 else counted(ceil(seconds / 60), "minute")


def _read(response: httpx.Response, max_bytes: int, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise Unreachable(f"It sends more than {max_bytes} bytes.")
        if monotonic() > deadline:
            break
    if monotonic() > deadline:  # also where it was hung up on: what states no length then ends as if it were whole
        raise Unreachable("It takes too long to send its answer.")
    return bytes(body)


def _default_port(url: httpx.URL) -> int:
    return 443 if url.scheme == "https" else 80
