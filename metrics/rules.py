"""Rules come from the dictionary by themselves: a link of a kind that can be judged, a measure with two sources."""

from collections.abc import Iterable
from itertools import combinations

from django.db import connection

from metrics.detection.kinds import KINDS
from metrics.models import Rule, TouchedSet
from truthgov import audit

FROM_LINKS = """
    INSERT INTO metrics_rule (kind, link_id, state, quiet_periods)
    SELECT link.kind, link.id, 'active', 3 FROM metrics_link link
    WHERE link.kind = ANY(%s)
      AND NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.link_id = link.id AND rule.kind = link.kind)
    ORDER BY link.id ON CONFLICT DO NOTHING RETURNING link_id"""
SOURCES = """
    SELECT measure_id, array_agg(DISTINCT source_id ORDER BY source_id) FROM metrics_series
    WHERE measure_id IN (SELECT measure_id FROM metrics_series WHERE id = ANY(%s))
    GROUP BY measure_id HAVING count(DISTINCT source_id) > 1"""
FIRST_FIGURES = """
    SELECT series.id, min(reading.period_start) FROM metrics_series series
    JOIN metrics_link link ON link.to_measure_id = series.measure_id
    JOIN metrics_reading reading ON reading.series_id = series.id
    WHERE link.id = ANY(%s) GROUP BY series.id"""


def follow_links() -> int:
    """Give every declared link its rule, and have its whole history judged; how many are new. Idempotent."""
    judged = [kind for kind in KINDS if kind != "source_disagreement"]
    with audit.act(), connection.cursor() as cursor:
        cursor.execute(FROM_LINKS, [judged])
        links = [link for (link,) in cursor.fetchall()]
        if links:
            cursor.execute(FIRST_FIGURES, [links])
            TouchedSet.objects.note(cursor.fetchall())
    return len(links)


def follow_sources(series: Iterable[int]) -> None:
    """Give every two sources of a touched measure their rule; which of them is judged says the source of record."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, [list(series)])
        sources = dict(cursor.fetchall())
    known = Rule.objects.filter(measure__in=sources).values_list("measure", "source", "other_source")
    wanted = {(measure, *pair) for measure, reporting in sources.items() for pair in combinations(reporting, 2)}
    Rule.objects.bulk_create(
        (Rule(kind=Rule.Kind.SOURCE_DISAGREEMENT, measure_id=measure, source_id=one, other_source_id=other)
         for measure, one, other in sorted(wanted - set(known))),
        ignore_conflicts=True,
    )  # fmt: skip
