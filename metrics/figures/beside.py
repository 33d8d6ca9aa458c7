"""Whether what stands beside figures is what it was: who gave them, what was remarked on them, and what they are of.

The digest of a submission holds its figures; its audit entry holds the rest, as far as it was told when it was made.
"""

from django.db import connection

from metrics.ingestion.serieskeys import IDENTITY
from metrics.ingestion.staging import REFUSALS, REMARKS


def altered() -> list[str]:
    """A sentence for each submission, series, segment and restatement that is not what it was."""
    found = []
    with connection.cursor() as cursor:
        for statement, sentence in STATEMENTS.items():
            cursor.execute(statement)
            found += [sentence.format(*row) for row in cursor.fetchall()]
    return found


DELIVERED = f"""
    WITH remarked AS (SELECT submission_id, {REMARKS} AS digest FROM metrics_observation
        WHERE restates IS NOT NULL OR notices IS NOT NULL GROUP BY submission_id)
    SELECT s.id, e.number FROM metrics_submission s
    JOIN truthgov_auditentry e ON e.number = s.entry AND e.code = 'submission.accepted'
    LEFT JOIN remarked ON remarked.submission_id = s.id
    WHERE (s.person_id, s.key_id, s.channel, s.reason)
            IS DISTINCT FROM ((e.actor ->> 'person')::bigint, (e.actor ->> 'key')::bigint, e.data ->> 'channel',
                e.data ->> 'reason')
        OR e.data -> 'counts' <> jsonb_build_object('accepted', s.accepted, 'restated', s.restated,
            'unchanged', s.unchanged, 'refused', s.refused)
        OR e.data ? 'remarks' AND (extract(epoch FROM s.received_at), s.source_id, s.function_id, remarked.digest,
                {REFUSALS.format("s.refusals")})
            IS DISTINCT FROM ((e.data ->> 'received_at')::numeric, (e.data ->> 'source')::bigint,
                (e.data ->> 'function')::bigint, e.data ->> 'remarks', e.data ->> 'refusals')
    ORDER BY e.number
"""  # noqa: S608 - nothing of it comes from outside
RESTATED = """
    SELECT each.id FROM (
        SELECT id, restates, series_id, period_start,
            lag(id) OVER (PARTITION BY series_id, period_start ORDER BY id) AS before
        FROM metrics_observation) each
    WHERE restates IS DISTINCT FROM before AND NOT (restates IS NULL AND EXISTS (
        SELECT FROM metrics_absence gone WHERE gone.series_id = each.series_id
            AND gone.period_start = each.period_start AND gone.withdraws >= before))
    ORDER BY 1
"""
"""Where the figure before was withdrawn, there is none to restate."""
MISPLACED = """
    SELECT DISTINCT o.series_id FROM metrics_observation o JOIN metrics_series series ON series.id = o.series_id
    JOIN metrics_definition definition ON definition.id = o.definition_id
    WHERE definition.measure_id <> series.measure_id ORDER BY 1
"""
SERIES = f"""
    SELECT number FROM (
        SELECT number, data -> 'series' ->> 'digest' AS digest,
            generate_series((run ->> 0)::bigint, (run ->> 1)::bigint) AS id
        FROM truthgov_auditentry CROSS JOIN LATERAL jsonb_array_elements(data -> 'series' -> 'runs') AS run
        WHERE code = 'submission.accepted' AND jsonb_typeof(data -> 'series') = 'object') told
    LEFT JOIN metrics_series series USING (id)
    LEFT JOIN metrics_measure measure ON measure.id = series.measure_id
    LEFT JOIN metrics_source source ON source.id = series.source_id
    LEFT JOIN metrics_segment segment ON segment.id = series.segment_id
    GROUP BY number, digest HAVING digest IS DISTINCT FROM {IDENTITY.format(id="told.id")} ORDER BY number
"""  # noqa: S608 - nothing of it comes from outside
SEGMENTS = """
    SELECT key FROM metrics_segment WHERE CASE WHEN key IS JSON THEN key::jsonb <> values ELSE true END ORDER BY 1
"""
STATEMENTS = {
    DELIVERED: "What is said of submission {}, beside its figures, is not what audit entry {} says.",
    RESTATED: "Observation {} does not restate the one that stood before it.",
    MISPLACED: "Series {} has figures under a definition of another measure.",
    SERIES: "A series that audit entry {} brought is of another measure, segment or source than it was.",
    SEGMENTS: "Segment {} is not what its name says.",
}
