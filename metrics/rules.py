"""Rules come from the dictionary by themselves: a link of a kind that can be judged, a measure with two sources."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from metrics.detection.kinds import KINDS
from metrics.models import TouchedSet

FROM_LINKS = """
    INSERT INTO metrics_rule (kind, link_id, state, quiet_periods)
    SELECT link.kind, link.id, 'active', 3 FROM metrics_link link
    WHERE link.kind = ANY(%(judged)s)
      AND (%(every)s OR link.from_measure_id = ANY(%(measures)s::bigint[])
                     OR link.to_measure_id = ANY(%(measures)s::bigint[]))
      AND NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.link_id = link.id AND rule.kind = link.kind)
    ORDER BY link.id ON CONFLICT DO NOTHING RETURNING link_id"""
FROM_SOURCES = """
    WITH reporting AS (
        SELECT DISTINCT measure_id, source_id FROM metrics_series WHERE measure_id = ANY(%s::bigint[]))
    INSERT INTO metrics_rule (kind, measure_id, source_id, other_source_id, state, quiet_periods)
    SELECT 'source_disagreement', one.measure_id, one.source_id, other.source_id, 'active', 3
    FROM reporting one JOIN reporting other ON other.measure_id = one.measure_id AND other.source_id > one.source_id
    WHERE NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.measure_id = one.measure_id
                      AND rule.source_id = one.source_id AND rule.other_source_id = other.source_id)
    ORDER BY one.measure_id, one.source_id, other.source_id ON CONFLICT DO NOTHING"""
FIRST_FIGURES = """
    SELECT series.id, min(reading.period_start) FROM metrics_series series
    JOIN metrics_link link ON link.to_measure_id = series.measure_id
    JOIN metrics_reading reading ON reading.series_id = series.id
    WHERE link.id = ANY(%s) GROUP BY series.id"""


def follow_links(measures: Iterable[int] | None = None) -> int:
    """Give every declared link its rule, and have its whole history judged; how many are new. Idempotent.

    With `measures`, only the links of these are looked at.
    """
    judged = [kind for kind in KINDS if kind != "source_disagreement"]
    wanted: dict[str, Any] = {"judged": judged, "every": measures is None, "measures": list(measures or ())}
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(FROM_LINKS, wanted)
        links = [link for (link,) in cursor.fetchall()]
        if links:
            cursor.execute(FIRST_FIGURES, [links])
            TouchedSet.objects.note(cursor.fetchall())
    return len(links)


def follow_sources(measures: Iterable[int]) -> None:
    """Give every two sources of a touched measure their rule; which of them is judged says the source of record."""
    with connection.cursor() as cursor:
        cursor.execute(FROM_SOURCES, [list(measures)])
