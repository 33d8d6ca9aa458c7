"""Looking into the ledger: a figure by its cell, and whether a submission's figures are what its digest says."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from metrics.figures.known import figures
from metrics.models import Observation, Submission
from truthgov.figures import plain


def value_of(series_id: int, start: date, *, known_at: int | None = None) -> Decimal | None:
    """The figure of a series in the period that starts on a day, as known at an audit entry, or now; None if none."""
    found = figures([series_id], start, start, known_at=known_at).get((series_id, start))
    return found.value if found else None


def digest_of(submission: UUID) -> str:
    """The digest of a submission, computed anew from its observations, as `Figures.digest` says."""
    return hashlib.sha256("\n".join(_lines(submission)).encode()).hexdigest()


def is_unaltered(submission: Submission) -> bool:
    """Whether the ledger still holds what the submission's digest says."""
    return digest_of(submission.pk) == submission.digest


def _lines(submission: UUID) -> Iterator[str]:
    rows = Observation.objects.filter(submission=submission).order_by("series_id", "period_start")
    fields = ("series_id", "period_start", "definition_id", "value", "numerator", "denominator", "reason")
    for series, start, definition, *parts, reason in rows.values_list(*fields).iterator():
        yield "\t".join([f"{series}", f"{start}", f"{definition}", *map(plain, parts), reason or ""])
