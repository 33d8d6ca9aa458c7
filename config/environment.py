"""Values of the environment, read into the shapes Django and Celery want. A wrong one names itself."""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import available_timezones

from environs import Env, EnvError, validate

SOCKET_SECONDS = 2.0
SECRET_LENGTH = 50
LOCAL_HOSTS = "localhost,127.0.0.1,[::1],testserver"
SUBMISSIONS = 465
"""The port on which mail servers expect TLS from the first byte (RFC 8314); on others it is asked for with STARTTLS."""
NAME = re.compile(r"(?!-)[\w-]+(\.[\w-]+)*\.?")
"""Of a host, in any alphabet; containers' have underscores."""


def wrong(name: str, advice: str) -> EnvError:
    """What is raised for variable `name`: a sentence that names it and says what it should be."""
    return EnvError(f'Environment variable "{name}" invalid: {advice}.')


def database(env: Env, name: str) -> dict[str, Any]:
    """Django's settings for the PostgreSQL address in variable `name`.

    `postgresql://role:password@host:port/database`; for a unix socket `postgresql://role@/database?host=/directory`.
    Raises EnvError, naming the variable, when it is missing or not such an address.
    """
    try:
        url = urlsplit(env.str(name))
        port, database_name = url.port, unquote(url.path.removeprefix("/"))
    except ValueError as problem:
        raise wrong(name, str(problem)) from None
    if url.scheme not in {"postgresql", "postgres"} or not url.username or not database_name:
        raise wrong(name, "write postgresql://role:password@host:port/database")
    # Our questions are short and many; to compile one takes longer than to answer it.
    options = {"options": "-c jit=off"} | dict(parse_qsl(url.query, keep_blank_values=True))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(url.username),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", url.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def redis_address(env: Env, name: str) -> str:
    """The Redis or Valkey address in variable `name`: `redis://`, `rediss://` or `unix://`."""
    address = str(env.str(name))
    if not _fits(_is_redis, address):
        raise wrong(name, "write redis://host:port/0 or unix:///socket?db=0")
    return address


def _is_redis(address: str) -> bool:
    url = urlsplit(address)
    asked = dict(parse_qsl(url.query, keep_blank_values=True)).get("db", "0")
    if url.scheme == "unix":
        return len(url.path) > 1 and not url.hostname and asked.isdecimal()
    number = url.path.removeprefix("/") or "0"
    is_numbered = number.isdecimal() and asked.isdecimal()
    return url.scheme in {"redis", "rediss"} and is_numbered and url.port != 0 and _is_host(url.hostname or "")


def broker_address(address: str) -> str:
    """The same address as Celery spells it: a unix socket is `redis+socket://`, its database a `virtual_host`."""
    url = urlsplit(address)
    if url.scheme != "unix":
        return address
    query = {"virtual_host" if key == "db" else key: value for key, value in parse_qsl(url.query)}
    return f"redis+socket://{url.path}" + (f"?{urlencode(query)}" if query else "")


def live_address(env: Env, name: str) -> str:
    """What addresses of streams begin with: nothing, a path such as `/live`, or `https://host:port`."""
    address = env.str(name, "").rstrip("/")
    if address and not address.startswith("/") and not origin_of(address):
        raise wrong(name, "write a path such as /live, or https://host:port")
    return str(address)


def origin_of(address: str) -> list[str]:
    """Scheme, host and port of an address in full; none where it is a path of our own."""
    url = urlsplit(address)
    return [f"{url.scheme}://{url.netloc}"] if url.scheme in {"http", "https"} and url.netloc else []


def secret(env: Env, name: str) -> str:
    """A secret of at least fifty characters, as Django's own deployment check asks for."""
    return str(env.str(name, validate=validate.Length(min=SECRET_LENGTH)))


def time_zone(env: Env, name: str) -> str:
    """The organisation's time zone, by its name in the IANA database; UTC when nothing is said."""
    zone = env.str(name, "UTC")
    if zone not in available_timezones():
        raise wrong(name, "write a name such as Europe/Lisbon")
    return zone


def secret_or(env: Env, name: str, other: str) -> str:
    """A secret like `secret`, or `other` where the variable is missing or empty."""
    return secret(env, name) if env.str(name, "") else other


def secrets(env: Env, name: str) -> list[str]:
    """Secrets like `secret`, with commas between; none where nothing is said."""
    return _listed(env, name, "", lambda key: len(key) >= SECRET_LENGTH, "write keys of at least 50 characters")


def hosts_served(env: Env, name: str, default: str | None) -> list[str]:
    """The names that people type, as Django's ALLOWED_HOSTS takes them; never none. Without a default it is a must."""
    advice = "write the names people type, such as truth.example.org, without https:// and port"
    return _some(name, _listed(env, name, default, _is_served, advice), advice)


def _is_served(host: str) -> bool:
    """A leading dot stands for every name below, brackets are around an IPv6 address."""
    if host.startswith("["):
        return host.endswith("]") and _is_host(host[1:-1])
    return host == "*" or NAME.fullmatch(host.removeprefix(".")) is not None


def hosts_called(env: Env, name: str) -> list[str]:
    """Names or addresses of hosts that may be called; none where nothing is said."""
    return _listed(env, name, "", _is_host, "write hosts such as crm.example.org, without https:// and port")


def ports(env: Env, name: str, default: int) -> list[int]:
    """Numbers of ports; never none."""
    advice = "write numbers from 1 to 65535"
    return [int(each) for each in _some(name, _listed(env, name, str(default), _is_port, advice), advice)]


def port(env: Env, name: str, default: int) -> int:
    """The number of one port."""
    given = str(env.str(name, str(default)))
    if not _fits(_is_port, given):
        raise wrong(name, "write a number from 1 to 65535")
    return int(given)


def schemes(env: Env, name: str) -> list[str]:
    """How feeds may be fetched: `https` where nothing is said; never not at all."""
    advice = "write https, or https,http"
    return _some(name, _listed(env, name, "https", {"https", "http"}.__contains__, advice), advice)


def networks(env: Env, name: str) -> list[str]:
    """Networks as `ipaddress` reads them; none where nothing is said."""
    return _listed(env, name, "", _is_network, "write networks such as 10.1.0.0/16, with nothing right of the mask")


def origins(env: Env, name: str) -> list[str]:
    """Scheme and host of other sites, `*.` for every name below; none where nothing is said."""
    return _listed(env, name, "", _is_origin, "write origins such as https://truth.example.org")


def public_address(env: Env, name: str, default: str) -> str:
    """What addresses in mails begin with: scheme, host and port; the default where nothing is said."""
    address = str(env.str(name, "")).rstrip("/") or default
    if not _fits(_is_origin, address) or "*" in address:
        raise wrong(name, "write https://truth.example.org, without a path")
    return address


def mail_host(env: Env, name: str, *, is_needed: bool) -> str:
    """The server that mails go through; empty where there is none and none is needed."""
    host = str(env.str(name) if is_needed else env.str(name, ""))
    if (host or is_needed) and not _fits(_is_host, host):
        raise wrong(name, "write the host that takes our mails, such as mail.example.org; localhost is one, too")
    return host


def mail_encryption(env: Env, name: str, port: int) -> tuple[bool, bool]:
    """Whether mails are encrypted from the first byte, and whether with STARTTLS; never both."""
    is_encrypted = bool(env.bool(name, False))
    return is_encrypted and port == SUBMISSIONS, is_encrypted and port != SUBMISSIONS


def currency(env: Env, name: str) -> str:
    """A currency's three letters (ISO 4217); EUR where nothing is said."""
    code = str(env.str(name, "EUR"))
    if not re.fullmatch("[A-Z]{3}", code):
        raise wrong(name, "write three capital letters such as EUR")
    return code


def folder(env: Env, name: str, default: Path) -> Path:
    """A folder, which need not exist yet. An empty name would be wherever we happen to be started."""
    path = str(env.str(name, str(default))).strip()
    if not path:
        raise wrong(name, "write a folder")
    return Path(path)


def _listed(env: Env, name: str, default: str | None, fits: Callable[[str], bool], advice: str) -> list[str]:
    """What stands between commas in variable `name`, each of which fits; it must be set where there is no default."""
    given = str(env.str(name) if default is None else env.str(name, default))
    found = [each.strip() for each in given.split(",") if each.strip()]
    if not all(_fits(fits, each) for each in found):
        raise wrong(name, advice)
    return found


def _some(name: str, found: list[str], advice: str) -> list[str]:
    if not found:
        raise wrong(name, advice)
    return found


def _fits(test: Callable[[str], bool], value: str) -> bool:
    """Whether a value passes a test that may also be unable to read it."""
    try:
        return test(value)
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    """A name or an address, and nothing around it."""
    return NAME.fullmatch(host) is not None or ip_address(host).version == 6  # IPv4 reads like a name


def _is_port(number: str) -> bool:
    return number.isascii() and number.isdecimal() and 0 < int(number) < 2**16


def _is_network(network: str) -> bool:
    return bool(ip_network(network))


def _is_origin(address: str) -> bool:
    url = urlsplit(address)
    is_bare = address == f"{url.scheme}://{url.netloc}" and "@" not in url.netloc and url.port != 0
    return url.scheme in {"https", "http"} and is_bare and _is_host((url.hostname or "").removeprefix("*."))
