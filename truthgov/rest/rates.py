"""How often somebody may call: a fixed window a minute, counted in a row of the database, which every process shares.

One statement counts and answers, so that of many requests at once exactly the limit gets through. No broker is asked.
"""

import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import connection

WINDOW_SECONDS: Final = 60
COUNTED = """
    INSERT INTO truthgov_ratewindow AS held (caller, "window", count) VALUES (%s, %s, 1)
    ON CONFLICT (caller) DO UPDATE SET
        count = CASE WHEN held."window" = excluded."window" THEN held.count + 1 ELSE 1 END, "window" = excluded."window"
    RETURNING count
"""


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


def take(caller: str, *, at: float | None = None) -> Rate:
    """Count a request of a caller at a moment (seconds since 1970, now); `remaining` is negative after too many."""
    window, into = divmod(int(time.time() if at is None else at), WINDOW_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [caller, window])
        count = cursor.fetchone()[0]
    return Rate(settings.API_REQUESTS_A_MINUTE, settings.API_REQUESTS_A_MINUTE - count, WINDOW_SECONDS - into)
