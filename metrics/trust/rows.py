"""The rows behind trust, counted where they lie: the whole with when it came, its parts, and what the parts come to."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from metrics.figures.known import STANDS
from metrics.figures.rolling import OVER_SEGMENTS
from metrics.formulas import Figure
from metrics.formulas.computing import fits

MISSED_FROM = Decimal("0.01")
"""The share of the whole from which a part is missed when it is silent: a smaller one may have nothing to report."""


class Whole(NamedTuple):
    """A figure of the whole from one source; `came_at` is when it first came, `is_late` whether that was late."""

    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    notices: list[str]
    observation: int
    came_at: datetime | None
    is_late: bool

    @property
    def size(self) -> Decimal:
        """What its parts' sizes are held against."""
        return abs(self.value) if self.denominator is None else self.denominator

    @property
    def is_quotient(self) -> bool:
        """Is it what its numerator over its denominator gives, as far as it came with them?"""
        if self.numerator is None or not self.denominator:
            return True
        return fits(Figure(self.value, self.numerator, self.denominator))


class Place(NamedTuple):
    """A series of the whole in a period, its parts being asked for.

    `missed_from` is the size from which a silent part is missed. Where by its `roll_up` the parts make up the whole,
    `size` is that of the whole, above which no part of it can be.
    """

    measure: int
    source: int
    whole: int
    start: date
    before: Sequence[date]
    """The three periods before, latest first."""
    missed_from: Decimal
    roll_up: str
    size: Decimal | None

    @property
    def key(self) -> tuple[int, date]:
        return self.whole, self.start


class Parts(NamedTuple):
    """How many parts were expected and came; the keys of the segments that are silent, or cannot be true."""

    expected: int = 0
    given: int = 0
    absent: Sequence[str] = ()
    implausible: Sequence[str] = ()
    above: Sequence[str] = ()


class Sum(NamedTuple):
    """What the parts along some dimensions come to; None where not every one of them says it."""

    by: str
    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None


Cell = tuple[int, date]
"""A series of the whole and the first day of a period."""
Within = dict[str, str]
"""The dimension values of the segment whose figures are judged; none of the whole."""


def wholes_of(series: Sequence[int], first: date, judged: Sequence[date], known_at: int | None) -> dict[Cell, Whole]:
    """The figures of these series in periods from `first` on; of those judged, also when they came. One query."""
    asked = {"series": list(series), "first": first, "last": judged[-1], "judged": list(judged), "entry": known_at}
    figures = WHOLES_NOW if known_at is None else WHOLES_THEN
    rows = _fetch(WHOLES.format(figures=figures), asked)
    return {
        (key, start): Whole(value, numerator, denominator, notices or [], observation, came_at, bool(late))
        for key, start, value, numerator, denominator, notices, observation, came_at, late in rows
    }


def parts_of(places: Collection[Place], within: Within, known_at: int | None) -> dict[Cell, Parts]:
    """The parts of each place; one query."""
    figures = PARTS_NOW if known_at is None else PARTS_THEN
    columns = _columns(places, within) | {"entry": known_at}
    rows = _fetch(PARTS.format(asked=ASKED, figures=figures), columns)
    return {(whole, start): Parts(*counts) for whole, start, *counts in rows}


def totals_of(places: Iterable[Place], within: Within, known_at: int | None) -> dict[Cell, list[Sum]]:
    """What the parts come to along each set of dimensions, of the places whose parts add up; one query,
    none where there is no such place."""
    adding = [place for place in places if place.roll_up in OVER_SEGMENTS]
    if not adding:
        return {}
    figures = FIGURES_NOW if known_at is None else FIGURES_THEN
    answer: dict[Cell, list[Sum]] = {}
    for whole, start, *rest in _fetch(
        TOTALS.format(asked=ASKED, figures=figures), _columns(adding, within) | {"entry": known_at}
    ):
        answer.setdefault((whole, start), []).append(Sum(*rest))
    return answer


def _columns(places: Collection[Place], within: Within) -> dict[str, Any]:
    return {
        "within": json.dumps(within),
        "along": list(within),
        "measures": [place.measure for place in places],
        "sources": [place.source for place in places],
        "wholes": [place.whole for place in places],
        "starts": [place.start for place in places],
        "firsts": [place.before[0] for place in places],
        "seconds": [place.before[1] for place in places],
        "thirds": [place.before[2] for place in places],
        "floors": [place.missed_from for place in places],
        "sizes": [place.size if place.roll_up in OVER_SEGMENTS else None for place in places],
    }


def _fetch(query: str, asked: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return cursor.fetchall()


WHOLES_NOW = """
    SELECT series_id, period_start, value, numerator, denominator, notices, observation_id
    FROM metrics_reading WHERE series_id = ANY (%(series)s) AND period_start BETWEEN %(first)s AND %(last)s
"""
WHOLES_THEN = f"""
    SELECT DISTINCT ON (o.series_id, o.period_start)
           o.series_id, o.period_start, o.value, o.numerator, o.denominator, o.notices, o.id AS observation_id
    FROM metrics_observation o JOIN metrics_submission d ON d.id = o.submission_id
    WHERE o.series_id = ANY (%(series)s) AND o.period_start BETWEEN %(first)s AND %(last)s AND d.entry <= %(entry)s
      AND {STANDS}
    ORDER BY o.series_id, o.period_start, o.id DESC
"""  # noqa: S608 - STANDS is our own
# Late is what first came late: a correction later on is another matter.
WHOLES = """
    SELECT figure.*, came.at, came.late
    FROM ({figures}) figure
    LEFT JOIN LATERAL (
        SELECT d.received_at AS at, 'late' = ANY (o.notices) AS late
        FROM metrics_observation o JOIN metrics_submission d ON d.id = o.submission_id
        WHERE o.series_id = figure.series_id AND o.period_start = figure.period_start
          AND figure.period_start = ANY (%(judged)s)
        ORDER BY o.id LIMIT 1) came ON true
"""
ASKED = """
    FROM unnest(%(measures)s::bigint[], %(sources)s::bigint[], %(wholes)s::bigint[], %(starts)s::date[],
                %(firsts)s::date[], %(seconds)s::date[], %(thirds)s::date[], %(floors)s::numeric[],
                %(sizes)s::numeric[])
         AS asked(measure, source, whole, start, first, second, third, missed_from, size)
    JOIN metrics_series s ON s.measure_id = asked.measure AND s.source_id = asked.source AND s.id <> asked.whole
"""
PARTS_NOW = """
    SELECT period_start, coalesce(denominator, abs(value)) AS size, notices
    FROM metrics_reading
    WHERE series_id = s.id AND period_start IN (asked.third, asked.second, asked.first, asked.start)
"""
PARTS_THEN = f"""
    SELECT DISTINCT ON (o.period_start) o.period_start, coalesce(o.denominator, abs(o.value)) AS size, o.notices
    FROM metrics_observation o JOIN metrics_submission d ON d.id = o.submission_id
    WHERE o.series_id = s.id AND o.period_start BETWEEN asked.third AND asked.start AND d.entry <= %(entry)s
      AND {STANDS}
    ORDER BY o.period_start, o.id DESC
"""  # noqa: S608 - STANDS is our own
# A part is expected where it reported the period before, or the two periods before that one.
PARTS = """
    SELECT whole, start,
           count(*) FILTER (WHERE expected), count(*) FILTER (WHERE given IS NOT NULL),
           array_remove(array_agg(CASE WHEN expected AND given IS NULL THEN segment END), NULL),
           array_remove(array_agg(CASE WHEN implausible THEN segment END), NULL),
           array_remove(array_agg(CASE WHEN given > size THEN segment END), NULL)
    FROM (
        SELECT asked.whole, asked.start, asked.size, g.key AS segment, part.given, part.implausible,
               coalesce(part.first >= asked.missed_from, false)
               OR coalesce(part.second >= asked.missed_from AND part.third >= asked.missed_from, false) AS expected
    {asked}
        JOIN metrics_segment g ON g.id = s.segment_id AND g.values @> %(within)s::jsonb
        CROSS JOIN LATERAL (
            SELECT max(size) FILTER (WHERE period_start = asked.start) AS given,
                   max(size) FILTER (WHERE period_start = asked.first) AS first,
                   max(size) FILTER (WHERE period_start = asked.second) AS second,
                   max(size) FILTER (WHERE period_start = asked.third) AS third,
                   coalesce(bool_or(period_start = asked.start AND 'factor_of_1000' = ANY (notices)), false)
                       AS implausible
            FROM ({figures}) figure) part
    ) parts GROUP BY whole, start
"""
FIGURES_NOW = """
    SELECT value, numerator, denominator FROM metrics_reading WHERE series_id = s.id AND period_start = asked.start
"""
FIGURES_THEN = f"""
    SELECT o.value, o.numerator, o.denominator
    FROM metrics_observation o JOIN metrics_submission d ON d.id = o.submission_id
    WHERE o.series_id = s.id AND o.period_start = asked.start AND d.entry <= %(entry)s
      AND {STANDS}
    ORDER BY o.id DESC LIMIT 1
"""  # noqa: S608 - STANDS is our own
TOTALS = """
    SELECT asked.whole, asked.start, cut.by, sum(figure.value),
           CASE WHEN count(figure.numerator) = count(*) THEN sum(figure.numerator) END,
           CASE WHEN count(figure.denominator) = count(*) THEN sum(figure.denominator) END
    {asked}
    JOIN metrics_segment g ON g.id = s.segment_id AND g.values @> %(within)s::jsonb
    CROSS JOIN LATERAL (
        SELECT string_agg(name, ', ' ORDER BY name) AS by FROM jsonb_object_keys(g.values) name
        WHERE name <> ALL (%(along)s::text[])) cut
    CROSS JOIN LATERAL ({figures}) figure
    GROUP BY asked.whole, asked.start, cut.by ORDER BY asked.whole, asked.start, cut.by
"""
