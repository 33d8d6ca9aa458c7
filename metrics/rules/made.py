"""Rules come from the dictionary by themselves: from links, from measures and their counter-measures, from sources.

Of what can be judged. A link makes a rule of its own kind, and of `divergence` also one that asks whether it still
holds. Every measure is asked whether its level broke and its figures are whole; one with a target and with figures in
segments whether its total hides a part that fails and, unless a link has them compared, whether they differ.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from metrics.detection.kinds import KINDS
from metrics.models import Link, Rule, TouchedSet
from metrics.prepared import Prepared

FEWEST_SIBLINGS = 3
"""Segments of the same dimensions from which a measure is compared across them."""
WANTED = Prepared("rules_wanted", """
    WITH chosen AS (SELECT id FROM metrics_measure WHERE %(every)s OR id = ANY(%(measures)s::bigint[])),
    link AS (
        SELECT id, kind FROM metrics_link WHERE %(every)s
            OR from_measure_id = ANY(%(measures)s::bigint[]) OR to_measure_id = ANY(%(measures)s::bigint[])),
    of_links AS (
        SELECT kind, id FROM link UNION ALL SELECT 'broken_link', id FROM link WHERE kind = 'divergence'),
    guarding AS (
        SELECT counter.guards_id AS measure, counter.id AS counter FROM metrics_measure counter
        WHERE counter.guards_id IS NOT NULL
          AND (%(every)s OR counter.id = ANY(%(measures)s::bigint[]) OR counter.guards_id = ANY(%(measures)s::bigint[]))
          AND NOT EXISTS (SELECT FROM metrics_link gamed WHERE gamed.kind = 'gaming'
                          AND gamed.from_measure_id = counter.guards_id AND gamed.to_measure_id = counter.id)),
    alone AS MATERIALIZED (
        SELECT asked.kind, chosen.id FROM chosen
        CROSS JOIN unnest(ARRAY['definition_break', 'integrity', 'inconsistency', 'mix']) AS asked(kind)
        WHERE NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.measure_id = chosen.id
                          AND rule.kind = asked.kind AND rule.other_measure_id IS NULL)),
    wanted (kind, link_id, measure_id, other_measure_id) AS (
        SELECT kind, id, NULL::bigint, NULL::bigint FROM of_links
        WHERE NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.link_id = of_links.id AND rule.kind = of_links.kind)
        UNION ALL SELECT 'gaming', NULL, measure, counter FROM guarding
        WHERE NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.kind = 'gaming'
                          AND rule.measure_id = guarding.measure AND rule.other_measure_id = guarding.counter)
        UNION ALL SELECT kind, NULL, id, NULL FROM alone WHERE kind = ANY(%(judged)s::text[]) AND CASE kind
            WHEN 'mix' THEN EXISTS (SELECT FROM metrics_definition stated WHERE stated.measure_id = alone.id
                                    AND stated.status = 'approved' AND stated.target IS NOT NULL)
                AND EXISTS (SELECT FROM metrics_series series JOIN metrics_segment segment
                            ON segment.id = series.segment_id AND segment.key <> '{}'
                            WHERE series.measure_id = alone.id)
            WHEN 'inconsistency' THEN NOT EXISTS (SELECT FROM metrics_link compared
                                                  WHERE compared.kind = 'inconsistency'
                                                    AND compared.to_measure_id = alone.id)
                AND EXISTS (SELECT FROM metrics_definition stated WHERE stated.measure_id = alone.id
                            AND stated.status = 'approved' AND stated.target IS NOT NULL)
                AND EXISTS (
                SELECT FROM metrics_series series JOIN metrics_segment segment
                ON segment.id = series.segment_id AND segment.key <> '{}'
                CROSS JOIN LATERAL (SELECT array_agg(name ORDER BY name) AS dimensions
                                    FROM jsonb_object_keys(segment.values) AS name) AS cut
                WHERE series.measure_id = alone.id
                GROUP BY cut.dimensions HAVING count(DISTINCT segment.id) >= %(siblings)s)
            ELSE EXISTS (SELECT FROM metrics_series series WHERE series.measure_id = alone.id) END)
    INSERT INTO metrics_rule (kind, link_id, measure_id, other_measure_id)
    SELECT kind, link_id, measure_id, other_measure_id FROM wanted WHERE kind = ANY(%(judged)s::text[])
    ORDER BY kind, link_id, measure_id, other_measure_id ON CONFLICT DO NOTHING RETURNING id""",
    every="bool", judged="text[]", measures="bigint[]", siblings="int",
)  # fmt: skip
FROM_SOURCES = Prepared("rules_from_sources", """
    WITH reporting AS (
        SELECT DISTINCT measure_id, source_id FROM metrics_series WHERE measure_id = ANY(%(measures)s::bigint[]))
    INSERT INTO metrics_rule (kind, measure_id, source_id, other_source_id)
    SELECT 'source_disagreement', one.measure_id, one.source_id, other.source_id
    FROM reporting one JOIN reporting other ON other.measure_id = one.measure_id AND other.source_id > one.source_id
    WHERE NOT EXISTS (SELECT FROM metrics_rule rule WHERE rule.measure_id = one.measure_id
                      AND rule.source_id = one.source_id AND rule.other_source_id = other.source_id)
    ORDER BY one.measure_id, one.source_id, other.source_id ON CONFLICT DO NOTHING""",
    measures="bigint[]",
)  # fmt: skip
FIRST_FIGURES = """
    SELECT series.id, min(reading.period_start) FROM metrics_rule rule
    LEFT JOIN metrics_link link ON link.id = rule.link_id
    JOIN metrics_series series
      ON series.measure_id = coalesce(link.to_measure_id, rule.other_measure_id, rule.measure_id)
    JOIN metrics_reading reading ON reading.series_id = series.id
    WHERE rule.id = ANY(%s) GROUP BY series.id"""


def follow(measures: Iterable[int] | None = None) -> list[tuple[int, date]]:
    """Give everything declared its rules; the series whose history they have yet to judge, each with its first day.

    With `measures`, only what concerns these is looked at. Idempotent.
    """
    with connection.cursor() as cursor:
        WANTED.ask(
            cursor,
            {"judged": sorted(KINDS), "every": measures is None, "measures": list(measures or ()),
             "siblings": FEWEST_SIBLINGS},
        )  # fmt: skip
        made = [rule for (rule,) in cursor.fetchall()]
    return history_of(made)


def have_new_ones_judged() -> bool:
    """Give everything declared its rules, and have whatever these judge assessed; whether there is something."""
    with transaction.atomic(savepoint=False):
        unjudged = follow()
        TouchedSet.objects.note(unjudged)
    return bool(unjudged)


def have_links_judged(links: Iterable[Link]) -> None:
    """Have assessed what new links let be judged: by rules of their own, and breaks beside new companions."""
    links = list(links)
    joined = [link for link in links if link.kind in (Link.Kind.COMPANION, Link.Kind.DIVERGENCE)]
    ends = {end for link in joined for end in (link.from_measure_id, link.to_measure_id)}
    breaks = Rule.objects.filter(kind=Rule.Kind.DEFINITION_BREAK, measure__in=ends, other_measure=None)
    with transaction.atomic(savepoint=False):
        beside = history_of(list(breaks.values_list("pk", flat=True)))
        _let_stand_back(links)
        TouchedSet.objects.note([*follow(), *beside])


def _let_stand_back(links: Iterable[Link]) -> None:
    """What the dictionary or people had judged is judged as the link says that states the same."""
    for link in links:
        Rule.objects.stating(link).filter(link=None, replaced_by=None).update(replaced_by=link)


def history_of(rules: list[int]) -> list[tuple[int, date]]:
    """The series that rules judge, each with the first day of its figures."""
    if not rules:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FIRST_FIGURES, [rules])
        return cursor.fetchall()


def follow_sources(measures: Iterable[int]) -> None:
    """Give every two sources of a touched measure their rule; which of them is judged says the source of record."""
    with connection.cursor() as cursor:
        FROM_SOURCES.ask(cursor, {"measures": list(measures)})
