"""A push of figures by a key: read, taken in and answered once, however often it is sent."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Self

from django.urls import reverse

from metrics.api import idempotency
from metrics.api.bodies import read_body, read_rows
from metrics.api.forms.figures import BatchQuery
from metrics.api.idempotency import Answer
from metrics.ingestion import Delivery, Outcome, RowError, RowsRefused, SourceDenied, ingest, remember
from metrics.ingestion.formats import Sent
from metrics.models import Submission
from truthgov import audit
from truthgov.actor import Actor
from truthgov.models import Key
from truthgov.rest.authentication import KeyRequest
from truthgov.rest.problems import Problem, error
from truthgov.rest.views import read_query

MOST_ERRORS = 1000
LENIENT = re.compile(r'(?:^|,)\s*handling\s*=\s*("?)lenient\1\s*(?:[,;]|$)', re.IGNORECASE)
"""A preference as RFC 7240 writes it, in quotes or without."""


@dataclass(frozen=True)
class Push:
    """One request to take figures in; `digest` is the SHA-256 of all that it asks for."""

    key: Key
    idempotency_key: str
    digest: str
    sent: Sent
    is_lenient: bool

    @classmethod
    def of(cls, request: KeyRequest) -> Self:
        """Raises Problem for whatever is malformed, too large, or lacks its idempotency key."""
        text, query = idempotency.key_of(request), read_query(request, BatchQuery)
        body = read_body(request)
        is_lenient = LENIENT.search(request.headers.get("Prefer", "")) is not None
        asked = "\n".join([request.content_type or "", str(is_lenient), query["source"], query["reason"]])
        digest = hashlib.sha256(asked.encode() + b"\n" + body).hexdigest()
        sent = read_rows(request, body)
        sent = sent._replace(source=sent.source or query["source"], reason=sent.reason or query["reason"])
        return cls(request.auth, text, digest, sent, is_lenient)

    def answer(self) -> Answer:
        """Take the figures in, or repeat what was answered before; one transaction with the stored answer."""
        try:
            with audit.act():
                idempotency.claim(self.key, self.idempotency_key)
                known = idempotency.stored(self.key, self.idempotency_key, self.digest)
                if known:
                    return known
                answer = self._answer_of(ingest(self.sent.rows, self._delivery, by=Actor(key=self.key)))
                idempotency.store(self.key, self.idempotency_key, self.digest, answer)
        except RowsRefused as refused:
            remember(refused.impossible)
            errors = [self._error(refusal) for refusal in refused.refusals[:MOST_ERRORS]]
            raise Problem(422, "rows_refused", _summed_up(refused), errors) from refused
        except SourceDenied as denied:
            raise Problem(403, "not_your_source", str(denied)) from denied
        return answer

    @property
    def _delivery(self) -> Delivery:
        return Delivery(Submission.Channel.API, self.sent.source, self.sent.reason, lenient=self.is_lenient)

    def _answer_of(self, outcome: Outcome) -> Answer:
        body = told(outcome.submission) if outcome.submission else nothing_new(outcome)
        if outcome.refusals:
            body["errors"] = [self._error(refusal) for refusal in outcome.refusals]
        location = body["id"] and reverse("metrics:api:batch", args=[body["id"]])
        status = 207 if outcome.refusals else 201 if outcome.submission else 200
        return Answer(status, body, location or "")

    def _error(self, refusal: RowError) -> dict[str, str]:
        return error(self.sent.place.format(refusal.row), refusal.code, refusal.message)


def _summed_up(refused: RowsRefused) -> str:
    left = len(refused.refusals) - MOST_ERRORS
    return f"{refused} The first {MOST_ERRORS} are told here, and {left} more are not." if left > 0 else str(refused)


def told(submission: Submission) -> dict[str, Any]:
    """A submission as its resource."""
    return {
        "id": str(submission.pk),
        "received_at": submission.received_at.isoformat(),
        "counts": {name: getattr(submission, name) for name in ("accepted", "restated", "unchanged", "refused")},
        "receipt": {"entry": submission.entry, "hash": f"sha256:{submission.entry_hash}"},
        "digest": f"sha256:{submission.digest}",
    }


def nothing_new(outcome: Outcome) -> dict[str, Any]:
    """The answer to a push that wrote nothing: there is no batch to look at, and no entry that says so."""
    received_at = outcome.received_at.isoformat()
    return {"id": None, "received_at": received_at, "counts": outcome.counts, "receipt": None, "digest": None}
