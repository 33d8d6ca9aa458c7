"""The hotels' programs: they push figures over REST with keys of their own, as any feed does."""

from datetime import timedelta
from urllib.parse import urlencode

from django.test import Client

from config.demo import moved
from config.demo.cast import ADMINISTRATOR, Cast
from metrics import keys
from metrics.models import Source
from truthgov import clock
from truthgov.models import Function

ENDPOINT = "/api/v1/observation-batches"


class Refused(RuntimeError):  # noqa: N818 - said of the delivery
    """The product refused the demonstration's figures; the message is its answer."""


class Program:
    """A program with one key for every function's figures, from every source."""

    def __init__(self, cast: Cast) -> None:
        _, self.key = keys.issue(
            "Hotel data warehouse",
            functions=Function.objects.all(),
            sources=Source.objects.all(),
            expires_at=clock.now() + timedelta(days=365),
            by=cast.actor(ADMINISTRATOR),
        )
        self.client = Client()

    def push(self, figures: list[moved.Figure], *, reason: str = "") -> None:
        """Push one delivery of figures as CSV; raises Refused with the product's answer.

        With a `reason`, what is on record already may be restated.
        """
        kind = "correction" if reason else "warehouse"
        answer = self.client.post(
            f"{ENDPOINT}?{urlencode({'reason': reason} if reason else {})}",
            data=moved.as_csv(figures),
            content_type="text/csv",
            headers={
                "authorization": f"Bearer {self.key}",
                "idempotency-key": f'"{kind}-{clock.now():%Y-%m-%d}"',
            },
        )
        if answer.status_code not in (200, 201):
            raise Refused(answer.content.decode())
