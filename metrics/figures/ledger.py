"""Reading the ledger: what was said, what was known when, and whether it still is what its audit entry says."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from metrics.figures.known import figures
from metrics.models import Absence, Observation, Submission
from truthgov.figures import plain


def value_of(series_id: int, start: date, *, known_at: int | None = None) -> Decimal | None:
    """The figure of a series in the period that starts on a day, as known at an audit entry, or now; None if none."""
    found = figures([series_id], start, start, known_at=known_at).get((series_id, start))
    return found.value if found else None


def known_at(entry: int) -> QuerySet[Observation]:
    """Of each cell the observation that was its reading at an audit entry; `observation_id` is its own, as there."""
    later = Observation.objects.filter(
        series_id=OuterRef("series_id"), period_start=OuterRef("period_start"), id__gt=OuterRef("id"),
        submission__entry__lte=entry,
    )  # fmt: skip
    gone = Absence.objects.filter(
        series=OuterRef("series_id"), period_start=OuterRef("period_start"), withdraws__gte=OuterRef("id"),
        entry__lte=entry,
    )  # fmt: skip
    known = Observation.objects.filter(~Exists(later), ~Exists(gone), submission__entry__lte=entry)
    return known.annotate(observation_id=F("id"))


def digest_of(submission: UUID) -> str:
    """The digest of a submission, computed anew from its observations; equal to the stored one unless they changed.

    SHA-256 over a line a figure, in the order of series and period: series, first day, definition, value, numerator,
    denominator and, of a restatement, its reason, with tabs between; figures in their shortest plain notation.
    """
    return hashlib.sha256("\n".join(_lines(submission)).encode()).hexdigest()


def is_unaltered(submission: Submission) -> bool:
    """Whether the ledger still holds what the submission's digest says."""
    return digest_of(submission.pk) == submission.digest


def _lines(submission: UUID) -> Iterator[str]:
    rows = Observation.objects.filter(submission=submission).order_by("series_id", "period_start")
    fields = ("series_id", "period_start", "definition_id", "value", "numerator", "denominator", "reason")
    for series, start, definition, *parts, reason in rows.values_list(*fields).iterator():
        yield "\t".join([f"{series}", f"{start}", f"{definition}", *map(plain, parts), reason or ""])
