"""Values of the environment, read into the shapes Django and Celery want. A wrong one names itself."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import available_timezones

from environs import Env, EnvError, validate

SOCKET_SECONDS = 2.0


def database(env: Env, name: str) -> dict[str, Any]:
    """Django's settings for the PostgreSQL address in variable `name`.

    `postgresql://role:password@host:port/database`; for a unix socket `postgresql://role@/database?host=/directory`.
    Raises EnvError, naming the variable, when it is missing or not such an address.
    """
    try:
        url = urlsplit(env.str(name))
        port, database_name = url.port, unquote(url.path.removeprefix("/"))
    except ValueError as problem:
        raise EnvError(f'Environment variable "{name}" invalid: {problem}.') from None
    if url.scheme not in {"postgresql", "postgres"} or not url.username or not database_name:
        raise EnvError(f'Environment variable "{name}" invalid: write postgresql://role:password@host:port/database.')
    options = dict(parse_qsl(url.query))
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
    address = env.str(name)
    if urlsplit(address).scheme not in {"redis", "rediss", "unix"}:
        raise EnvError(f'Environment variable "{name}" invalid: write redis://host:port/0 or unix:///socket?db=0.')
    return address


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
        raise EnvError(f'Environment variable "{name}" invalid: write a path such as /live, or https://host:port.')
    return str(address)


def origin_of(address: str) -> list[str]:
    """Scheme, host and port of an address in full; none where it is a path of our own."""
    url = urlsplit(address)
    return [f"{url.scheme}://{url.netloc}"] if url.scheme in {"http", "https"} and url.netloc else []


def secret(env: Env, name: str) -> str:
    """A secret of at least fifty characters, as Django's own deployment check asks for."""
    return str(env.str(name, validate=validate.Length(min=50)))


def time_zone(env: Env, name: str) -> str:
    """The organisation's time zone, by its name in the IANA database; UTC when nothing is said."""
    zone = env.str(name, "UTC")
    if zone not in available_timezones():
        raise EnvError(f'Environment variable "{name}" invalid: write a name such as Europe/Lisbon.')
    return zone


def secret_or(env: Env, name: str, other: str) -> str:
    """A secret like `secret`, or `other` where the variable is missing or empty."""
    return secret(env, name) if env.str(name, "") else other
