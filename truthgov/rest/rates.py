"""How often somebody may call: a fixed window a minute, counted in the cache. A cache that is away limits nobody."""

import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

WINDOW_SECONDS: Final = 60
REST_SECONDS: Final = 30
_away_until = 0.0


@dataclass(frozen=True)
class Rate:
    """Where a caller stands in the present window; `reset` in seconds."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={max(self.remaining, 0)};t={self.reset}',
        }


def take(caller: str) -> Rate | None:
    """Count a request of a caller; `remaining` is negative once there are too many, None when nobody counts.

    A cache that does not answer is left alone for half a minute: callers must not wait for it.
    """
    global _away_until
    if time.monotonic() < _away_until:
        return None
    window, into = divmod(int(time.time()), WINDOW_SECONDS)
    name = f"rate:{caller}:{window}"
    try:
        cache.add(name, 0, timeout=2 * WINDOW_SECONDS)
        count = cache.incr(name)
    except (RedisError, ValueError):
        _away_until = time.monotonic() + REST_SECONDS
        return None
    return Rate(settings.API_REQUESTS_A_MINUTE, settings.API_REQUESTS_A_MINUTE - count, WINDOW_SECONDS - into)
