"""Whether figures hold: the ledger is what audit entries say, and what is shown and judged is what the ledger says;
what they are judged by is what was approved.

`truthgov.verification` says whether the entries themselves hold.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import starmap
from typing import NamedTuple

from django.db import connection, transaction

from metrics.dictionary.on_record import Standing, standing
from metrics.figures import beside
from metrics.ingestion import chunks
from metrics.ingestion.chunks import PACKED, RUNNING
from metrics.models import Measure, Series, SeriesChunk, TouchedSet
from truthgov import audit
from truthgov.actor import Actor
from truthgov.periods import Grain

MANY = 20
"""So many faults of a kind are told one by one."""
MENDING = Actor(clockwork="command verify_figures")


class Astray(NamedTuple):
    """A cell whose reading is not what the ledger says of it; what is shown and what was said are texts, or None."""

    series: int
    start: date
    shown: str | None
    said: str | None

    def __str__(self) -> str:
        if self.shown == self.said:
            return f"Series {self.series}, {self.start}: shown is {self.shown}, but not with what was said beside it."
        return f"Series {self.series}, {self.start}: shown is {self.shown or 'nothing'}, said {self.said or 'nothing'}."


class Stale(NamedTuple):
    """A series' array, from a year on, that is not what its readings make."""

    series: int
    first_year: int

    def __str__(self) -> str:
        return f"Series {self.series}: its figures from {self.first_year} on are not judged as they are shown."


@dataclass
class Verification:
    """What was looked at, and what is wrong.

    `altered` are submissions whose figures, and approvals whose terms, are no longer what their audit entry says, each
    in a sentence: only a backup mends them. What is `astray` or `stale` can be made anew from the ledger.
    """

    submissions: int = 0
    observations: int = 0
    approved: Standing = field(default_factory=Standing)
    altered: list[str] = field(default_factory=list)
    astray: list[Astray] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.altered or self.astray or self.stale)

    @property
    def faults(self) -> list[str]:
        """A line each; of very many of a kind the first ones, and how many more."""
        found: list[str] = []
        for kind in (self.altered, self.astray, self.stale):
            found += map(str, kind[:MANY])
            found += [f"… and {len(kind) - MANY} more."] if len(kind) > MANY else []
        return found


def verify() -> Verification:
    """Hold submissions, readings and arrays against the ledger, all as they stand at one moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return looked_at()


def mend() -> Verification:
    """Make the readings and arrays that differ anew from the ledger, and have them assessed; what was wrong.

    Nobody hands figures in meanwhile. An audit entry for each measure keeps what had been shown. Nothing is made from a
    ledger that was altered.
    """
    with audit.act(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE metrics_reading IN SHARE ROW EXCLUSIVE MODE")
        found = looked_at()
        if not found.altered and not found.holds:
            _put_back(found)
    return found


def looked_at() -> Verification:
    """What there is to see within the transaction under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM metrics_submission), (SELECT count(*) FROM metrics_observation)")
        found = Verification(*cursor.fetchone())
        cursor.execute(ALTERED)
        found.approved = standing()
        found.altered = [*starmap(_altered, cursor.fetchall()), *beside.altered(), *found.approved.altered]
        cursor.execute(ASTRAY)
        found.astray = [Astray(*row) for row in cursor.fetchall()]
        cursor.execute(STALE)
        found.stale = [Stale(*row) for row in cursor.fetchall()]
    return found


def _altered(submission: str, entry: int | None) -> str:
    if entry is None:
        return f"Figures of a submission {submission} stand in the ledger that no audit entry knows."
    if not submission:
        return f"Audit entry {entry} accepted a submission that is gone."
    return f"The figures of submission {submission} are not what audit entry {entry} says."


def _put_back(found: Verification) -> None:
    """Readings first; arrays follow from them."""
    cells = [(each.series, each.start) for each in found.astray]
    with connection.cursor() as cursor:
        if cells:
            asked = list(map(list, zip(*cells, strict=True)))
            cursor.execute(FORGET, asked)
            cursor.execute(SAY_AGAIN, asked)
        cursor.execute(GRAINS, [[each for each, *_ in (*cells, *found.stale)]])
        grains = dict(cursor.fetchall())
    arrays = {(series, SeriesChunk.first_year_of(start.year, grains[series])) for series, start in cells}
    arrays |= {(each.series, each.first_year) for each in found.stale}
    chunks.take_out({key: grains[key[0]] for key in arrays})
    touched = [*cells, *((each.series, date(each.first_year, 1, 1)) for each in found.stale)]
    first = dict(sorted(touched, reverse=True))  # of each series its earliest day stays
    TouchedSet.objects.note(first.items())
    _record(found, set(first))


def _record(found: Verification, series: set[int]) -> None:
    measures = dict(Series.objects.filter(pk__in=series).values_list("pk", "measure"))
    for measure in Measure.objects.filter(pk__in=measures.values()).order_by("pk"):
        own = [each._asdict() for each in found.astray if measures[each.series] == measure.pk]
        audit.record("measure.figures_put_back", measure, by=MENDING, measure=measure.code, readings=own)


STANDING = """
    SELECT DISTINCT ON (series_id, period_start) series_id, period_start, value, numerator, denominator,
        id AS observation_id, definition_id, notices
    FROM metrics_observation o
    WHERE NOT EXISTS (SELECT FROM metrics_absence gone WHERE gone.series_id = o.series_id
        AND gone.period_start = o.period_start AND gone.withdraws >= o.id)
    ORDER BY series_id, period_start, id DESC
"""
"""What the ledger says of each cell: its latest observation, unless it was withdrawn."""
ALTERED = r"""
    WITH held AS (
        SELECT submission_id, encode(sha256(convert_to(string_agg(concat_ws(E'\t', series_id,
            to_char(period_start, 'YYYY-MM-DD'), definition_id, trim_scale(value),
            coalesce(trim_scale(numerator)::text, ''), coalesce(trim_scale(denominator)::text, ''),
            coalesce(reason, '')), E'\n' ORDER BY series_id, period_start), 'UTF8')), 'hex') AS digest
        FROM metrics_observation GROUP BY submission_id)
    SELECT coalesce(s.id, held.submission_id)::text, s.entry
    FROM metrics_submission s FULL JOIN held ON held.submission_id = s.id
    LEFT JOIN truthgov_auditentry e ON e.number = s.entry AND e.code = 'submission.accepted'
    WHERE s.id IS NULL OR s.digest IS DISTINCT FROM held.digest OR s.digest IS DISTINCT FROM e.data ->> 'digest'
       OR s.entry_hash IS DISTINCT FROM e.hash OR e.subject_id <> s.id::text
    UNION ALL
    SELECT '', number FROM truthgov_auditentry e
    WHERE code = 'submission.accepted' AND NOT EXISTS (SELECT FROM metrics_submission WHERE entry = e.number)
    ORDER BY 2, 1
"""
"""The digest of each submission, as `metrics.ingestion.figures` makes it, against its own and its entry's."""
ASTRAY = f"""
    SELECT series_id, period_start, trim_scale(shown.value)::text, trim_scale(said.value)::text
    FROM metrics_reading shown FULL JOIN ({STANDING}) said USING (series_id, period_start)
    WHERE (shown.value, shown.numerator, shown.denominator, shown.observation_id, shown.definition_id, shown.notices)
        IS DISTINCT FROM
        (said.value, said.numerator, said.denominator, said.observation_id, said.definition_id, said.notices)
    ORDER BY 1, 2
"""  # noqa: S608 - nothing of it comes from outside
STALE = f"""
    WITH made AS (
        SELECT reading.series_id, years.first_year, {PACKED}
        FROM metrics_reading reading JOIN metrics_definition definition ON definition.id = reading.definition_id
        CROSS JOIN LATERAL ({RUNNING.format(grain="definition.grain")}) AS running
        CROSS JOIN LATERAL (SELECT extract(year FROM reading.period_start)::integer AS this) AS year
        CROSS JOIN LATERAL (SELECT year.this - year.this % CASE definition.grain {
    " ".join(f"WHEN '{grain.value}' THEN {SeriesChunk.YEARS[grain]}" for grain in Grain)
} END AS first_year) AS years
        GROUP BY reading.series_id, years.first_year)
    SELECT series_id, first_year
    FROM metrics_serieschunk chunk FULL JOIN made USING (series_id, first_year)
    WHERE (chunk.ordinals, chunk."values", chunk.numerators, chunk.denominators)
        IS DISTINCT FROM (made.ordinals, made."values", made.numerators, made.denominators)
    ORDER BY 1, 2
"""  # noqa: S608 - nothing of it comes from outside
FORGET = """
    DELETE FROM metrics_reading AS reading USING unnest(%s::bigint[], %s::date[]) AS cell (series_id, period_start)
    WHERE reading.series_id = cell.series_id AND reading.period_start = cell.period_start
"""
SAY_AGAIN = f"""
    INSERT INTO metrics_reading
        (series_id, period_start, value, numerator, denominator, observation_id, definition_id, notices)
    SELECT said.series_id, said.period_start, said.value, said.numerator, said.denominator, said.observation_id,
        said.definition_id, said.notices
    FROM ({STANDING}) said JOIN unnest(%s::bigint[], %s::date[]) AS cell (series_id, period_start)
        USING (series_id, period_start)
"""  # noqa: S608 - nothing of it comes from outside
GRAINS = """
    SELECT series.id, (SELECT grain FROM metrics_definition WHERE measure_id = series.measure_id
        AND status = 'approved' ORDER BY version DESC LIMIT 1)
    FROM metrics_series series WHERE series.id = ANY (%s)
"""
