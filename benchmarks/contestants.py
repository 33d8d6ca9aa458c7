"""What the REST intake is held against: the same SQL by itself, and a bare COPY."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from time import perf_counter
from uuid import uuid4

from django.db import connection, connections, transaction

from benchmarks.rows import Batch
from metrics.ingestion import Delivery, chunks, ingest, staging, storing
from metrics.ingestion.landing import Landing
from metrics.models import Submission
from truthgov.actor import Actor

CLOCKWORK = Actor(clockwork="benchmarks")
NULL = "\\N"
ONE_KEY = """
    CREATE TABLE one_key (
        measure text, segment text, period_start date, source text, value numeric, numerator numeric,
        denominator numeric, PRIMARY KEY (measure, segment, period_start, source)
    )
"""


@dataclass(frozen=True)
class Prepared:
    """A batch as the database gets it: its series exist, its lines are written."""

    lines: list[str]
    grains: dict[tuple[int, int], str]
    in_new_series: bool

    def __len__(self) -> int:
        return len(self.lines)


def prepare(batches: Iterable[Batch]) -> list[Prepared]:
    """Resolve batches beforehand, so that nothing but SQL is left to do."""
    with transaction.atomic():
        return [_prepared(batch) for batch in batches]


def make_one_key() -> None:
    """Make the table that is copied into."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(ONE_KEY)


def copied(batches: Sequence[Batch]) -> float:
    """Seconds of COPY into a table with one primary key: the rows as delivered, a transaction a batch."""
    prepared = [_as_delivered(batch) for batch in batches]
    with connections["owner"].cursor() as cursor:
        started = perf_counter()
        for lines in prepared:
            with transaction.atomic(using="owner"):
                cursor.copy_expert("COPY one_key FROM STDIN", StringIO("\n".join(lines)))
        return perf_counter() - started


def same_sql(prepared: Sequence[Prepared]) -> float:
    """Seconds of the statements that store a delivery, with nothing around them, on one connection."""
    connection.ensure_connection()
    started = perf_counter()
    for batch in prepared:
        with transaction.atomic():
            staging.fill(batch.lines)
            staging.faulty()
            staging.is_known()
            storing.land(in_new_series=batch.in_new_series)
            storing.append(uuid4())
            chunks.keep_in_step(batch.grains)
    return perf_counter() - started


def at_the_door(batches: Iterable[Batch]) -> None:
    """Take batches in without HTTP."""
    for batch in batches:
        ingest(batch.rows, Delivery(channel=Submission.Channel.COMMAND, source=batch.source), by=CLOCKWORK)


def fingerprint() -> list[tuple[int, int]]:
    """Rows and latest writing transaction of each table that takes figures: equal when nothing was written."""
    tables = ("observation", "reading", "series", "serieschunk", "submission", "touchedset")
    with connection.cursor() as cursor:
        answer = []
        for table in (*(f"metrics_{name}" for name in tables), "truthgov_auditentry"):
            cursor.execute(f"SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {table}")
            answer.append(cursor.fetchone())
        return answer


def _prepared(batch: Batch) -> Prepared:
    landing = Landing(batch.rows, Delivery(channel=Submission.Channel.COMMAND, source=batch.source), CLOCKWORK)
    figures = landing.figures
    grains = {(series, slot.first_year): slot.grain for series, slot in zip(figures.series, figures.slot, strict=True)}
    return Prepared(list(figures.lines()), grains, landing.made.issuperset(figures.series))


def _as_delivered(batch: Batch) -> list[str]:
    rows = batch.rows
    columns = zip(rows.measure, rows.segment, rows.period, rows.value, rows.numerator, rows.denominator, strict=True)
    return [
        "\t".join((measure, segment, f"{month}-01", batch.source, *(part or NULL for part in parts)))
        for measure, segment, month, *parts in columns
    ]
