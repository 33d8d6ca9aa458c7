"""The rules as questions in SQL: one statement a rule, of all its segments at once, whose rows are what it finds.

Each asks what the product's rule of that kind asks of the latest month, as far as one statement can: what is to be
expected, with seasons and over-dispersion; persistence; what matters; what a companion did. Each is written to be
quick: one pass over the figures with windows, and what costs more asked only of segments that may still be found.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from benchmarks.declaring import DECIMALS
from benchmarks.rivals.figures import DOUBT, FOUND, RANGE_TO_SIGMA, RANGE_WORTH, TABLE, Asked, persistent, rarer, score
from benchmarks.rivals.parts import among_segments, hidden
from benchmarks.rivals.showing import FENCE, REACH, Course, shown, shown_of
from benchmarks.rivals.steps import broken, no_longer_serves
from metrics.assessment.looks import Look

DOUBTED = rarer(DOUBT)
TOLERANCE = 0.05
WINDOWS, SIGNS = 4, 4
"""What is charged for looking at six windows within each other, and for the signs of gaming that can be asked."""


def question(asked: Asked, looks: Sequence[Look]) -> str:
    """The question of a rule, from its looks: one, or one a companion beside that at the measure itself."""
    return QUESTIONS[looks[0].kind](asked, looks)


def _diverges(asked: Asked, looks: Sequence[Look]) -> str:
    """Level, trend, and the last one to six months together, over which the KPI holds or has improved."""
    kpi, outcome, lag = looks[0].kpi, looks[0].outcome, looks[0].lag
    entry = asked.entries[outcome]
    off_target = f"{entry.sign} * ({entry.bound(0.8)} - served.value)"
    off = f"bool_or(ago = 0 AND {asked.misses(outcome, 'served.value')})"
    holds = f"bool_or(ago = 0 AND {asked.meets(kpi, 'made.value')} AND made.moved > -{DOUBTED})"
    improved = f"bool_or(ago = 0 AND made.moved >= {rarer(FOUND / 2)})"
    lost, lost_together = (asked.matters(outcome, f"served.{each}") for each in ("lost", "lost_together"))
    fell = f"{lost_together} AND coalesce(served.lost_since_last_year >= 0.5 * served.lost_together, true)"
    stood = f"{asked.meets(kpi, 'made.mean')} AND made.together > -{DOUBTED}"
    return f"""WITH suffers AS MATERIALIZED ({_suffers(asked, outcome)}),
            served AS MATERIALIZED (SELECT * FROM {shown(asked, outcome, among=_in("suffers"))} AS served),
            fallen AS MATERIALIZED (SELECT segment FROM served WHERE ago = 0
                AND (off >= {DOUBTED} OR moved <= -{DOUBTED} OR together <= -{DOUBTED})),
            made AS MATERIALIZED (SELECT * FROM {shown(asked, kpi, ago=lag, among=_in("fallen"))} AS made)
        SELECT segment FROM served JOIN made USING (segment, ago)
        GROUP BY segment HAVING {_not_withdrawn(asked, kpi, lag)} AND (
            ({holds} AND bool_or(ago = 0 AND {asked.matters(outcome, off_target)})
                AND {persistent("served.off", FOUND / 2)})
            OR (({holds} AND {off} OR {improved}) AND bool_or(ago = 0 AND {lost})
                AND {persistent("-served.moved", FOUND / 2)})
            OR (bool_or(ago = 0 AND served.together <= -{DOUBTED} AND {lost_together}) AND (
                ({off} AND bool_or({fell} AND {stood} AND -served.together >= {rarer(FOUND / 2 / WINDOWS)}))
                OR bool_or({fell} AND made.together >= {DOUBTED}
                    AND {_joined("-served.together", "made.together")}))))"""


def _suffers(asked: Asked, outcome: int) -> str:
    """Segments in which an outcome is off target, or worse than its mean by what matters: what is looked at."""
    latest = f"month = {asked.ago(0)}"
    lost = f"{asked.entries[outcome].sign} * (avg(value) - max(value) FILTER (WHERE {latest}))"
    return f"""SELECT segment FROM {asked.figures(outcome, REACH)} GROUP BY segment
        HAVING bool_or({latest} AND {asked.misses(outcome)}) OR {asked.matters(outcome, lost)}"""


def _in(segments: str) -> str:
    return f"segment IN (SELECT segment FROM {segments})"


def _joined(fallen: str, improved: str) -> str:
    """Whether an outcome's fall is rare by itself, or by itself somewhat and very much so beside the improvement."""
    alone, own, both = rarer(FOUND / 4 / WINDOWS), rarer(0.01 / WINDOWS), rarer(FOUND / 4)
    return f"""({fallen} >= {alone} OR ({fallen} >= {own}
        AND {_charged(fallen, WINDOWS)} + {_charged(improved, 2)} >= {round(both * 2**0.5, 4)}))"""


def _charged(scored: str, looks: int) -> str:
    """The score of a chance so many times as large: as good as exact in the tail."""
    return f"sqrt(greatest(({scored}) * ({scored}) - 2 * ln({looks}), 0))"


def _not_withdrawn(asked: Asked, kpi: int, lag: int) -> str:
    """Whether a KPI still makes its claim in the judged month: not in trouble by now."""
    if lag:
        return f"segment NOT IN (SELECT segment FROM {asked.now(kpi)} AND {asked.misses(kpi)})"
    troubled = f"made.moved <= -{DOUBTED} OR ({asked.misses(kpi, 'made.value')} AND made.moved < {DOUBTED})"
    return f"NOT bool_or(ago = 0 AND ({troubled}))"


def _passed_on(asked: Asked, looks: Sequence[Look]) -> str:
    """What is received lies beyond its red threshold, or has fallen away, while what was passed on stands well."""
    kpi, outcome, lag = looks[0].kpi, looks[0].outcome, looks[0].lag
    if asked.entries[outcome].has_target:
        red = asked.misses(outcome, deviations=1.6)
        given = f"SELECT segment FROM {asked.now(kpi, lag)} AND {asked.meets(kpi)} AND {asked.is_read(kpi)}"
        received = f"SELECT segment FROM {asked.now(outcome)} AND {red} AND {asked.is_read(outcome)}"
        among = f"segment IN ({given} INTERSECT {received})"
        return f"""SELECT segment FROM {shown(asked, outcome, among=among, deviations=1.6)} AS received
            GROUP BY segment HAVING bool_or(ago = 0 AND off >= {rarer(0.025)})
                OR {persistent("off", 0.025, one_is_enough=False, zone=0.5)} OR count(*) FILTER (WHERE {red}) = 6"""
    shares = f"""(SELECT segment, month, received.value / passed.value AS value, NULL::float8 AS denominator
        FROM (SELECT * FROM {asked.figures(outcome, REACH)}) AS received JOIN
            (SELECT segment, (month + INTERVAL '{lag} months')::date AS month, value
             FROM {asked.figures(kpi, REACH + lag, lag)} AND value > 0) AS passed USING (segment, month)
        {FENCE}) AS shares"""
    return f"""WITH received AS MATERIALIZED (SELECT * FROM {shown_of(asked, Course(shares, 1))} AS received),
            fallen AS MATERIALIZED (SELECT segment FROM received GROUP BY segment HAVING {persistent("-moved", FOUND)})
        SELECT segment FROM {shown(asked, kpi, ago=lag, among=_in("fallen"))} AS passed
        WHERE ago = 0 AND moved > -{DOUBTED}"""


def _gamed(asked: Asked, looks: Sequence[Look]) -> str:
    """A KPI holds or improved while what guards it worsened; it bunches at its target; its denominator is gone."""
    kpi, guard, lag = looks[0].kpi, looks[0].outcome, looks[0].lag
    chance = FOUND / SIGNS
    holds = f"bool_or(ago = 0 AND {asked.meets(kpi, 'made.value')} AND made.moved > -{DOUBTED})"
    off = f"NOT bool_or(ago = 0 AND {asked.meets(guard, 'guarding.value')})"
    improved = f"bool_or(ago = 0 AND made.moved >= {rarer(chance)})"
    shrunk = _shrunk(asked, kpi, lag)
    return f"""WITH suffers AS MATERIALIZED ({_suffers(asked, guard)}),
            guarding AS MATERIALIZED (SELECT * FROM {shown(asked, guard, among=_in("suffers"))} AS guarding),
            fallen AS MATERIALIZED (SELECT segment FROM guarding WHERE ago = 0 AND moved <= -{DOUBTED}),
            shrunk AS MATERIALIZED (SELECT segment FROM {shrunk}),
            made AS MATERIALIZED (SELECT * FROM {shown(asked, kpi, ago=lag, among=_in("fallen"))} AS made)
        SELECT segment FROM guarding JOIN made USING (segment, ago)
        GROUP BY segment HAVING ({holds} AND {off} OR {improved})
            AND bool_or(ago = 0 AND {asked.matters(guard, "guarding.lost")}) AND {persistent("-guarding.moved", chance)}
        UNION SELECT segment FROM {shown(asked, kpi, ago=lag, among=_in("shrunk"))} AS made
        WHERE ago = 0 AND moved >= {DOUBTED}{_bunched(asked, kpi, lag)}"""


def _bunched(asked: Asked, kpi: int, lag: int) -> str:
    """The last three to six values lie closer on the good side of their target than chance can keep them."""
    entry = asked.entries[kpi]
    target = entry.bound(0.8)
    if target is None:
        return ""
    good = f"{entry.sign} * (value - {target})"
    width, sigma = good, f"avg(abs(moved)) / {RANGE_TO_SIGMA}"
    if asked.is_fraction(kpi):
        width, sigma = f"({good} + 1 / denominator) * sqrt(denominator)", f"sqrt({target} * (1 - {target}))"
    inside = f"CASE WHEN {good} >= 0 THEN {width} ELSE 'Infinity' END"
    runs = (
        f"0.3989 * max({inside}) FILTER (WHERE month > {asked.ago(lag + run)}) / nullif({sigma}, 0)"
        f" <= {(FOUND / SIGNS / 4) ** (1 / run):.5f}"
        for run in (3, 4, 5, 6)
    )
    return f"""
        UNION SELECT segment FROM (
            SELECT *, value - lag(value) OVER (PARTITION BY segment ORDER BY month) AS moved
            FROM {asked.figures(kpi, lag + REACH, lag)}) AS values GROUP BY segment HAVING {" OR ".join(runs)}"""


def _shrunk(asked: Asked, kpi: int, lag: int) -> str:
    """Segments in which a fifth of the denominator is gone, beyond its natural limits in two of three months."""
    tested = f"month > {asked.ago(lag + 3)}"
    return f"""(SELECT segment, month, ln(denominator) AS size,
            avg(ln(denominator)) FILTER (WHERE NOT {tested}) OVER of_all AS usual,
            ln(denominator) - lag(ln(denominator)) OVER (PARTITION BY segment ORDER BY month) AS moved
            FROM {asked.figures(kpi, lag + REACH, lag)} AND denominator > 0
            WINDOW of_all AS (PARTITION BY segment)) AS sizes
        GROUP BY segment HAVING max(usual - size) FILTER (WHERE month = {asked.ago(lag)}) >= -ln(0.8)
            AND count(*) FILTER (WHERE {tested} AND size - usual < -ln(1.25) / 2) >= 2
            AND max(usual - size) FILTER (WHERE month = {asked.ago(lag)})
                >= 2.66 * avg(abs(moved)) FILTER (WHERE NOT {tested})"""


def _more_promised(asked: Asked, looks: Sequence[Look]) -> str:
    """Beyond the tolerance what falls due exceeds what can be kept, lastingly; or what was not kept piles up."""
    look, number = looks[0], 12
    tolerance = look.tolerance if look.tolerance == look.tolerance else TOLERANCE
    over = f"""segment IN (SELECT segment FROM {_load(asked, look, 0)} WHERE due > kept * {1 + tolerance})"""
    course = Course(f"{_load(asked, look, REACH)} WHERE {over}", -1, bound=math.log(1 + tolerance))
    lasting = f"""SELECT segment FROM {shown_of(asked, course)} AS load
        GROUP BY segment HAVING {persistent("off", FOUND / 2, one_is_enough=False)}"""
    t = f"(avg(value) * sqrt({number}) / nullif(stddev(value), 0))"
    return f"""{lasting} UNION SELECT segment FROM (
            SELECT *, sum(due - kept) OVER in_time AS left_over, kept - due + sum(due - kept) OVER in_time AS until
            FROM {_load(asked, look, number - 1)} WINDOW in_time AS (PARTITION BY segment ORDER BY month)) AS queue
        GROUP BY segment HAVING count(*) = {number} AND avg(value) > 0
            AND sum(due - kept) - min(until) >= {max(0.25, tolerance)} * avg(kept)
            AND {score(t, str(RANGE_WORTH * (number - 1)))} >= {rarer(FOUND / 2)}"""


def _load(asked: Asked, look: Look, begin: int) -> str:
    """What falls due beside what can be kept, and the logarithm of their ratio."""
    return f"""(SELECT segment, month, due, kept.value AS kept, ln(greatest(due, 0.5) / kept.value) AS value,
            NULL::float8 AS denominator
        FROM (SELECT segment, (month + INTERVAL '{look.lag} months')::date AS month, value AS due
              FROM {asked.figures(look.kpi, begin + look.lag, look.lag)}) AS promised
            JOIN (SELECT * FROM {asked.figures(look.outcome, begin)} AND value > 0) AS kept USING (segment, month)
        ) AS load"""


def _two_sources(asked: Asked, looks: Sequence[Look]) -> str:
    """Two sources are further apart than the tolerance, at the decimals of the measure."""
    one, other = (asked.now(looks[0].kpi, source=source) for source in looks[0].sources or (0, 0))
    decimals = DECIMALS[asked.entries[looks[0].kpi].unit]
    return f"""SELECT segment FROM (SELECT segment, round(value::numeric, {decimals}) AS record FROM {one}) AS one
            JOIN (SELECT segment, round(value::numeric, {decimals}) AS said FROM {other}) AS other USING (segment)
        WHERE abs(said - record) > {TOLERANCE} * abs(record)"""


def _whole(asked: Asked, looks: Sequence[Look]) -> str:
    """A figure is impossible, a thousand times its neighbours, missing where one is due, or stands still."""
    measure = looks[0].outcome
    unit, now = asked.entries[measure].unit, f"month = {asked.ago(0)}"
    bounds = {"fraction": "value < 0 OR value > 1 OR denominator < 0 OR numerator > denominator", "count": "value < 0"}
    value, usual = f"max(value) FILTER (WHERE {now})", f"avg(value) FILTER (WHERE NOT {now})"
    lately = f"month > {asked.ago(4)}"
    alike = " AND ".join(f"max({each}) FILTER (WHERE {lately}) IS NOT DISTINCT FROM min({each}) FILTER (WHERE {lately})"
                         for each in ("value", "denominator"))  # fmt: skip
    return f"""SELECT segment FROM {asked.figures(measure, 12)}
        GROUP BY segment HAVING bool_or({now} AND ({bounds.get(unit, "false")}))
            OR (max(month) < {asked.ago(0)} AND count(*) >= 8 AND bool_and(whole IS NULL))
            OR (max(month) = {asked.ago(2)} AND avg(denominator) >= 0.1 * avg(whole_denominator))
            OR ({value} > 0 AND {usual} > 0 AND abs(abs(log(abs({value} / {usual}))) - 3) <= 0.3)
            OR (count(*) FILTER (WHERE {lately}) = 4 AND {alike} AND {value} <> 0
                AND {_stands_still(asked, measure)})"""


def _stands_still(asked: Asked, measure: int) -> str:
    """Whether so many repeats in a row are rare by how often the figures of a segment repeated before."""
    repeated, told = (f"count(*) FILTER (WHERE {which})" for which in ("repeats AND NOT in_a_row", "NOT in_a_row"))
    return f"""(SELECT (({repeated} + 1.0) / ({told} + 2)) ^ count(*) FILTER (WHERE in_a_row) <= {FOUND}
                AND {told} >= 12
            FROM (SELECT repeats, bool_and(repeats) OVER (ORDER BY month DESC) AS in_a_row
                FROM (SELECT month, value = lag(value) OVER in_time
                          AND denominator IS NOT DISTINCT FROM lag(denominator) OVER in_time AS repeats
                      FROM {asked.figures(measure, REACH)} AND segment = {TABLE}.segment
                      WINDOW in_time AS (ORDER BY month)) AS told WHERE repeats IS NOT NULL) AS counted)"""


QUESTIONS: Mapping[str, Callable[[Asked, Sequence[Look]], str]] = {
    "divergence": _diverges,
    "handoff": _passed_on,
    "gaming": _gamed,
    "source_disagreement": _two_sources,
    "overcommitment": _more_promised,
    "inconsistency": among_segments,
    "mix": hidden,
    "definition_break": broken,
    "broken_link": no_longer_serves,
    "integrity": _whole,
}
