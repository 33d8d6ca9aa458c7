"""Levels that jumped and relations that went, as SQL."""

from collections.abc import Sequence

from benchmarks.rivals.figures import FOUND, Asked, rarer, score
from benchmarks.rivals.showing import REACH
from metrics.assessment.looks import Look

SINCE, AT_MOST, BEFORE, LASTING = 3, 12, 12, 8
"""Months that a new level has stood, how many at most, how many are known before, and how many for the worse."""
JUMP, MOSTLY, MOVED = 3.0, 0.8, 0.01
PLACES = AT_MOST - SINCE + 1
HALF, RELATED, GONE = 10, 0.05, 0.33
"""Months that each half needs; chance within which a relation is still there; the smallest loss that matters."""
BIAS = 1.06


def broken(asked: Asked, looks: Sequence[Look]) -> str:
    """A step that stays, beyond the natural limits of the level before it, while no companion moved in that place.

    A measure without a companion is not judged. Where no step lies behind a segment's figures, no companion is read.
    """
    measure, companions = looks[0].kpi, [look.outcome for look in looks if not look.is_alone]
    if not companions:
        return "SELECT 0 AS segment WHERE false"
    sign = asked.entries[measure].sign
    stayed = f"""(steps.size * {sign} > 0 OR steps.run >= {LASTING})
        AND {asked.matters(measure, "abs(looked.size)")} AND abs(looked.size) >= {JUMP} * looked.sigma
        AND looked.scored >= {rarer(FOUND / 2 / PLACES)} AND looked.stays AND looked.no_line AND looked.as_last_year"""
    moved = "".join(
        f"\n AND NOT EXISTS (SELECT FROM {_looked_at(asked, each)} AS beside WHERE scored >= {rarer(MOVED / 2)})"
        for each in companions
    )
    return f"""SELECT steps.segment FROM ({_largest(asked, measure)}) AS steps,
            LATERAL {_looked_at(asked, measure)} AS looked
        WHERE {stayed}{moved}"""


def _largest(asked: Asked, measure: int) -> str:
    """The largest step of each segment in its last months, where it is large and rare: tried everywhere."""
    before, since = "(squares - total * total / number)", "(squares_since - total_since * total_since / number_since)"
    return f"""SELECT DISTINCT ON (segment) segment, month AS begun, number_since AS run, size FROM (
            SELECT *, total_since / number_since - total / number AS size,
                sqrt(({before} + {since}) / (number + number_since - 2)) AS sigma
            FROM (SELECT segment, month, count(*) OVER until - 1 AS number, sum(apart) OVER until - apart AS total,
                    sum(apart * apart) OVER until - apart * apart AS squares,
                    count(*) OVER of_all - count(*) OVER until + 1 AS number_since,
                    sum(apart) OVER of_all - sum(apart) OVER until + apart AS total_since,
                    sum(apart * apart) OVER of_all - sum(apart * apart) OVER until + apart * apart AS squares_since
                FROM (SELECT segment, month, value - avg(value) OVER (PARTITION BY segment) AS apart
                      FROM {asked.figures(measure, REACH - 1)}) AS centred
                WINDOW of_all AS (PARTITION BY segment),
                    until AS (PARTITION BY segment ORDER BY month ROWS UNBOUNDED PRECEDING)) AS sums
            WHERE number >= {BEFORE} AND number_since >= {SINCE} AND number_since <= {AT_MOST}) AS tried
        WHERE abs(size) >= {JUMP} * sigma
            AND {score(_t("number", "number_since"), "(number + number_since - 2)")} >= {rarer(FOUND / 2 / PLACES)}
        ORDER BY segment, {_t("number", "number_since")} DESC"""


def _t(number: str, number_since: str) -> str:
    return f"abs(size) / nullif(sigma * sqrt(1.0 / {number} + 1.0 / {number_since}), 0)"


def _looked_at(asked: Asked, measure: int) -> str:
    """A step at a place that is given, closely: what it is worth where neighbours resemble each other, and its form."""
    chance = "0"
    if asked.is_fraction(measure):
        chance = "avg(value) * (1 - avg(value)) * avg(1 / nullif(denominator, 0))"
    worth = "((1 - alike) / (1 + alike))"
    freedom = f"((number + number_since - 2) * 2 * {worth} / (1 + {worth} * {worth}))"
    t = f"{_t('number', 'number_since')} * sqrt({worth})"
    alike = "least(0.9, seen + (1 + 3 * seen) / (number + number_since))"
    return f"""(SELECT *, {score(t, freedom)} AS scored FROM (
        SELECT *, CASE WHEN seen * sqrt(number + number_since) > 1 THEN {alike} ELSE 0 END AS alike FROM (
        SELECT max(size) AS size, count(*) FILTER (WHERE NOT since) AS number,
            count(*) FILTER (WHERE since) AS number_since,
            sqrt(greatest(sum(apart * apart) / (count(*) - 2), {chance})) AS sigma,
            sum(apart * neighbour) / nullif(sum(apart * apart), 0) AS seen,
            sum(apart * apart) < regr_syy(value, at) - regr_sxy(value, at) ^ 2 / regr_sxx(value, at) AS no_line,
            avg(over::int) FILTER (WHERE since) >= {MOSTLY}
                AND avg(over::int) FILTER (WHERE NOT since) <= {1 - MOSTLY:.1f}
                AND bool_or(over AND month = {asked.ago(0)}) AS stays,
            coalesce(avg(sign(size) * (value - year_value)) FILTER (WHERE since) >= abs(max(size)) / 2, true)
                AS as_last_year
        FROM (SELECT *, lag(apart) OVER (ORDER BY month) AS neighbour,
                sign(size) * (value - level) > abs(size) / 2 AS over
            FROM (SELECT *, value - CASE WHEN since THEN level + size ELSE level END AS apart
                FROM (SELECT *, avg(value) FILTER (WHERE NOT since) OVER () AS level,
                        avg(value) FILTER (WHERE since) OVER () - avg(value) FILTER (WHERE NOT since) OVER () AS size
                    FROM (SELECT month, value, denominator, month >= steps.begun AS since,
                            month - DATE '2000-01-01' AS at, lag(value, 12) OVER (ORDER BY month) AS year_value
                        FROM {asked.figures(measure, REACH - 1)} AND segment = steps.segment) AS figures
                    ) AS levels) AS residuals) AS each) AS seen) AS told)"""


def no_longer_serves(asked: Asked, looks: Sequence[Look]) -> str:
    """Ranks went together in the earlier half of the months known of both, and no longer do, or go the other way."""
    kpi, outcome, lag = looks[0].kpi, looks[0].outcome, looks[0].lag
    sign = asked.entries[kpi].sign * asked.entries[outcome].sign
    both = f"""SELECT segment, month, month > {asked.ago(REACH // 2)} AS late,
            made.value AS made, served.value AS served
        FROM (SELECT segment, (month + INTERVAL '{lag} months')::date AS month, value
              FROM {asked.figures(kpi, REACH - 1 + lag, lag)}) AS made
            JOIN (SELECT segment, month, value FROM {asked.figures(outcome, REACH - 1)}) AS served
            USING (segment, month)"""
    ranked = f"""SELECT segment, month, late, rank() OVER (PARTITION BY segment, late ORDER BY made) AS made,
        rank() OVER (PARTITION BY segment, late ORDER BY served) AS served FROM ({both}) AS both_known"""
    lags = ", ".join(
        f"lag({side}, {back}) OVER in_time AS {side}_{back}" for side in ("made", "served") for back in (1, 2, 3)
    )
    halves = f"""SELECT segment, late, count(*) AS number, {sign} * corr(made, served) AS rho,
            greatest(1, 1 + 2 * ({" + ".join(_like_itself(back) for back in (1, 2, 3))})) AS alike
        FROM (SELECT *, {lags} FROM ({ranked}) AS ranked
              WINDOW in_time AS (PARTITION BY segment, late ORDER BY month)) AS lagged
        GROUP BY segment, late HAVING count(*) >= {HALF}"""
    z, variance = "atanh(greatest(-0.999, least(0.999, {0}.rho)))", f"({BIAS} / ({{0}}.number / {{0}}.alike - 3))"
    early, late = (f"{z.format(half)} / sqrt({variance.format(half)})" for half in ("early", "late"))
    apart = f"""({z.format("early")} - {z.format("late")})
        / sqrt({variance.format("early")} + {variance.format("late")})"""
    enough = " AND ".join(f"{half}.number > 3 * {half}.alike" for half in ("early", "late"))
    return f"""WITH half AS ({halves})
        SELECT segment FROM half AS early JOIN half AS late USING (segment)
        WHERE late.late AND NOT early.late AND CASE WHEN {enough} THEN
            ({late} < {rarer(RELATED)} AND early.rho - late.rho >= {GONE}
                AND {early} >= {rarer(FOUND / 2)} AND {apart} >= {rarer(FOUND / 2)})
            OR (late.rho <= -{GONE} AND -{late} >= {rarer(FOUND / 2)}) END"""


def _like_itself(back: int) -> str:
    """What both sides' likeness to what stood so many months before takes from the worth of their number."""
    mean, variance = "(count(*) + 1) / 2.0", "((count(*) * count(*) - 1) / 12.0)"
    products = (
        f"(sum({side} * {side}_{back}) - ({mean}) * sum({side}_{back} + {side}) + ({mean}) ^ 2 * count({side}_{back}))"
        for side in ("made", "served")
    )
    ours, theirs = products
    return f"(1 - {back}.0 / count(*)) * {ours} / (count(*) * {variance}) * {theirs} / (count(*) * {variance})"
