"""What would become of rows at the one door, row by row, with nothing stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import IO

from django.db import connection, transaction

from metrics.ingestion import comparing, storing
from metrics.ingestion.delivery import Delivery, RowError, Rows
from metrics.ingestion.faults import refusal
from metrics.ingestion.landing import Landing
from truthgov.actor import Actor
from truthgov.figures import word_figure

COMPARED = """
    SELECT staging.row, staging.notices, staging.value, reading.value, staging.reason IS NOT NULL,
        reading.series_id IS NULL,
        (reading.value, reading.numerator, reading.denominator)
            IS DISTINCT FROM (staging.value, staging.numerator, staging.denominator)
    FROM staging LEFT JOIN metrics_reading AS reading USING (series_id, period_start)
"""


class Fate(StrEnum):
    NEW = "new"
    RESTATED = "restated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of a row: its figure, the one on record, why it is refused, or what is odd about it."""

    fate: Fate
    value: Decimal | None = None
    on_record: Decimal | None = None
    refusal: RowError | None = None
    notices: Sequence[str] = ()


def rehearse(rows: Rows, delivery: Delivery, *, by: Actor) -> dict[int, Rehearsed]:
    """The fate of each row by its index, judged by the same rules in the same order as `ingest` would.

    Raises SourceDenied as `ingest` does. A row that says again what another row of the delivery says is unchanged.
    """
    if not len(rows):
        return {}
    with transaction.atomic():
        landing = Landing(rows, replace(delivery, lenient=True), by)
        landing.check()
        landing.note_oddities()
        compared = _compared()
        transaction.set_rollback(True)
    refused = {row: Rehearsed(Fate.REFUSED, refusal=error) for row, error in landing.refusals.items()}
    unsaid = {row: Rehearsed(Fate.UNCHANGED) for row in range(len(rows))}
    return unsaid | compared | refused


def _compared() -> dict[int, Rehearsed]:
    with connection.cursor() as cursor:
        cursor.execute(COMPARED)
        return {row: _fate(row, *rest) for row, *rest in cursor.fetchall()}


def _fate(
    row: int, notices: list[str] | None, value: Decimal, on_record: Decimal | None, has_reason: bool, is_new: bool,
    differs: bool,
) -> Rehearsed:  # fmt: skip
    if is_new:
        return Rehearsed(Fate.NEW, value, notices=notices or ())
    if not differs:
        return Rehearsed(Fate.UNCHANGED, value, on_record)
    if not has_reason:
        return Rehearsed(Fate.REFUSED, value, on_record, refusal(row, "reason_missing"))
    return Rehearsed(Fate.RESTATED, value, on_record, notices=notices or ())


@dataclass(frozen=True)
class Tally:
    """What would become of rows, counted, with those that are refused.

    `noted` of those that change nothing give a reason, which nothing is left to be the reason of.
    """

    new: int
    restated: int
    unchanged: int
    noted: int
    refusals: list[RowError]


def tally(rows: Rows, delivery: Delivery, *, by: Actor, restating: IO[bytes], noted_from: date) -> Tally:
    """The same as `rehearse`, for as many rows as one may deliver at once.

    Of rows that are taken only those are told that would restate a figure: `restating` is written to, a line each in
    the columns of `comparing.RESTATED`. People say why when a figure misses its target: of periods that start on
    `noted_from` or later, such a row without a reason is refused.
    """
    if not len(rows):
        return Tally(0, 0, 0, 0, [])
    with transaction.atomic():
        landing = Landing(rows, replace(delivery, lenient=True), by)
        landing.check()
        staged = len(landing.figures)
        standing = [] if landing.made.issuperset(landing.figures.series) else storing.standing()
        if any(each.differs and each.has_reason for each in standing):
            comparing.write_restating(restating)
        missed = [_missed(*each) for each in comparing.missed(noted_from)]
        transaction.set_rollback(True)
    unsaid = [refusal(each.row, "reason_missing") for each in standing if each.differs and not each.has_reason]
    unchanged = len(rows) - staged - len(landing.refusals) + sum(not each.differs for each in standing)
    refusals = sorted([*landing.refusals.values(), *unsaid, *missed], key=lambda error: error.row)
    restated = sum(each.differs and each.has_reason for each in standing)
    noted = sum(each.has_reason and not each.differs for each in standing)
    return Tally(staged - len(standing) - len(missed), restated, unchanged, noted, refusals)


def _missed(row: int, target: Decimal, unit: str) -> RowError:
    return RowError(row, "target_missed", f"It misses its target of {word_figure(target, unit)}: say why.")
