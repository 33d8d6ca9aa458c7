"""What a measure has shown of late, segment by segment, as SQL: how far months moved, alone and taken together."""

from dataclasses import dataclass

from benchmarks.rivals.figures import ENOUGH, RANGE_TO_SIGMA, RANGE_WORTH, SCREEN, Asked, score

REACH, GUARD, WIDEST = 38, 3, 6
"""Months looked back on, those that are tested, and those that are taken together at most."""
FENCE = "OFFSET 0"
"""Keeps a planner from writing an expression out wherever it is used: it is worked out once."""
PRESUMED = "(1 + 0.0025 * {})"
"""Variance in binomial ones that a proportion of so many cases is presumed to have, worth four degrees of freedom."""
SEASONAL = "(year_value IS NOT NULL AND NOT (years >= 12 AND echo_of_year <= 0.3 * squares / history))"
"""A season shows in a segment, or cannot be excluded."""
LEANING = "like_months * lean / (like_months * lean + 1 - lean)"
"""How far last year's deviation is expected again."""


@dataclass(frozen=True)
class Course:
    """A series of each segment: where its figures stand (`segment`, `month`, `value` and `denominator`, as what follows
    FROM), which way is better, whether it is a proportion, and the bound that it is held against."""

    figures: str
    sign: int
    fraction: bool = False
    bound: float | None = None


def shown(asked: Asked, measure: int, *, ago: int = 0, among: str = "true", deviations: float = 0.8) -> str:
    """What a measure has shown up to so many months ago, held against its target or a bound that far from its base."""
    entry = asked.entries[measure]
    figures = f"{asked.figures(measure, ago + REACH, ago)} AND {among}"
    course = Course(figures, entry.sign, entry.unit == "fraction", entry.bound(deviations))
    return shown_of(asked, course, ago=ago)


def shown_of(asked: Asked, course: Course, *, ago: int = 0) -> str:
    """The last six months of each segment, `ago` counted back from the month that many before the judged one.

    `moved` and `off` are the month's own scores of being better than was to be expected and of being off its bound;
    `together` is the score of all months since, whose mean is `mean`. `lost` and `lost_together` say how much worse
    they are. What is to be expected is the same month last year where a season shows or cannot be excluded, else the
    mean of the past; together, last year's deviation as far as years resemble each other.
    """
    fraction, sign = course.fraction, course.sign
    weight, binomial = ("denominator", "(level * (1 - level))") if fraction else ("1.0", "1.0")
    past, quiet = (f"month <= {asked.ago(ago + number)}" for number in (GUARD, WIDEST))
    scores = _scores(_level(course.figures, weight, past), binomial)
    source = _likeness(_screened(_ranges(scores, past, quiet), past))
    return f"""(
    SELECT segment, ago, value, weight, near, mean, {sign} * (year_mean - mean) AS lost_since_last_year,
        {sign} * (expected - value) AS lost, {sign} * (expected_together - mean) AS lost_together,
        {score("moved", "freedom")} AS moved, {score("off", "freedom")} AS off,
        {score("together", "freedom_together")} AS together
    FROM (
        SELECT *, {_moved(sign, fraction=fraction)} AS moved, {_off(course)} AS off,
            {sign} * (mean - expected_together) / nullif(sqrt(variance * {binomial} * (
                (1 + free * free - 2 * (1 - free) * sure) * inflation / window_weight
                + free * free * least((1 + echo) / (1 - echo), number_before) / weight_before)), 0) AS together
        FROM (
            SELECT *, {_presumed("greatest(short, long)", fraction=fraction)} AS sigma,
                {_presumed("short", fraction=fraction)} AS near, {RANGE_WORTH} * (history - 1) AS freedom,
                free * level_before + leaning * year_deviation + level AS expected_together,
                {_variance(fraction=fraction)}
            FROM (
                SELECT *, CASE WHEN {SEASONAL} THEN year_value ELSE level END AS expected,
                    CASE WHEN {SEASONAL} THEN year_weight ELSE past_weight END AS behind,
                    CASE WHEN NOT {SEASONAL} THEN winsorised WHEN years >= 8 THEN yearly END AS long,
                    {LEANING} AS leaning, 1 - {LEANING} AS free,
                    (squares_before - weight_before * level_before * level_before) * worth / {binomial} AS seen,
                    (number_before - 1) * worth AS freedom_seen
                FROM ({source}) AS alike {FENCE}
            ) AS expecting {FENCE}
        ) AS judged {FENCE}
    ) AS scored)"""


def _level(figures: str, weight: str, past: str) -> str:
    """Each figure beside the level of its past."""
    mean = f"sum({{}}) FILTER (WHERE {past}) OVER of_all"
    return f"""SELECT segment, month, value, {weight} AS weight,
        {mean.format(f"value * {weight}")} / {mean.format(weight)} AS level, {mean.format(weight)} AS past_weight
        FROM {figures} WINDOW of_all AS (PARTITION BY segment)"""


def _scores(source: str, binomial: str) -> str:
    """How far figures lie from their level, beside their neighbours and the same months of earlier years."""
    own = f"(value - level) * sqrt(weight / {binomial})"
    return f"""SELECT *, value - level AS apart, {own} AS score,
        lag({own}) OVER in_time AS before, lag({own}, 12) OVER in_time AS year_score,
        lag(value, 12) OVER in_time AS year_value, lag(weight, 12) OVER in_time AS year_weight,
        (lag(value, 12) OVER in_time + coalesce(lag(value, 24) OVER in_time, lag(value, 12) OVER in_time)) / 2 - level
            AS year_apart,
        CASE WHEN lag(value, 24) OVER in_time IS NULL THEN 1 ELSE 2 END AS like_months
        FROM ({source}) AS levelled WINDOW in_time AS (PARTITION BY segment ORDER BY month)"""


def _ranges(source: str, past: str, quiet: str) -> str:
    """What the past adds up to, and what lies before and after each month."""
    return f"""SELECT *,
        avg(abs(score - before)) FILTER (WHERE {past}) OVER of_all AS range,
        count(*) FILTER (WHERE {past}) OVER of_all AS history,
        sum(score * score) FILTER (WHERE {past}) OVER of_all AS squares,
        count(year_score) FILTER (WHERE {past}) OVER of_all AS years,
        avg(score * year_score) FILTER (WHERE {past}) OVER of_all AS echo_of_year,
        avg((score - year_score) ^ 2 / 2) FILTER (WHERE {past}) OVER of_all AS year_squares,
        sum(score * score) FILTER (WHERE {quiet}) OVER of_all AS quiet_squares,
        count(*) FILTER (WHERE {quiet}) OVER of_all AS quiet_number,
        sum(score * before) FILTER (WHERE {quiet}) OVER of_all AS quiet_products,
        sum(score * year_score) FILTER (WHERE {quiet}) OVER of_all AS quiet_year_products,
        count(year_score) FILTER (WHERE {quiet}) OVER of_all AS quiet_years,
        avg(weight) OVER of_all AS size,
        count(*) OVER of_all - count(*) OVER before_it AS ago,
        count(*) OVER before_it - 1 AS number_before,
        sum(weight) OVER before_it - weight AS weight_before,
        (sum(weight * apart) OVER before_it - weight * apart)
            / nullif(sum(weight) OVER before_it - weight, 0) AS level_before,
        sum(weight * apart * apart) OVER before_it - weight * apart * apart AS squares_before,
        sum(weight) OVER of_all - sum(weight) OVER before_it + weight AS window_weight,
        (sum(weight * value) OVER of_all - sum(weight * value) OVER before_it + weight * value)
            / (sum(weight) OVER of_all - sum(weight) OVER before_it + weight) AS mean,
        (sum(year_apart) OVER of_all - sum(year_apart) OVER before_it + year_apart)
            / (count(*) OVER of_all - count(*) OVER before_it + 1) AS year_deviation,
        (sum(year_value) OVER of_all - sum(year_value) OVER before_it + year_value)
            / (count(*) OVER of_all - count(*) OVER before_it + 1) AS year_mean
        FROM ({source}) AS scored
        WINDOW of_all AS (PARTITION BY segment),
            before_it AS (PARTITION BY segment ORDER BY month ROWS UNBOUNDED PRECEDING)"""


def _screened(source: str, past: str) -> str:
    """σ from neighbours, wild ranges left out once; from the level and from last year, wild deviations drawn in."""
    return f"""SELECT *, avg(abs(score - before)) FILTER (WHERE {past} AND abs(score - before) <= {SCREEN} * range)
            OVER of_all / {RANGE_TO_SIGMA} AS short,
        sqrt(sum(least(score * score, 4 * squares / (history - 1))) FILTER (WHERE {past}) OVER of_all
            / (history - 1)) AS winsorised,
        sqrt(avg(least((score - year_score) ^ 2 / 2, 4 * year_squares)) FILTER (WHERE {past}) OVER of_all) AS yearly
        FROM ({source}) AS ranging WHERE history >= {ENOUGH} WINDOW of_all AS (PARTITION BY segment)"""


def _likeness(source: str) -> str:
    """How neighbours, and the same months of years, resemble each other, shrunk to what is presumed."""
    return f"""SELECT *, least(0.95, greatest(0, sure + 12 * echo / (quiet_years + 12))) AS lean,
            1 + 2 * echo / (1 - echo) * (1 - (1 - echo ^ (ago + 1)) / ((ago + 1) * (1 - echo))) AS inflation,
            (1 - echo * echo) / (1 + echo * echo) AS worth
        FROM (SELECT *,
                least(0.8, greatest(0, (quiet_number * quiet_products / nullif(quiet_squares, 0) + 1.2)
                    / (quiet_number + 12))) AS echo,
                greatest(0, coalesce(quiet_years * greatest(-1, least(1, quiet_year_products * quiet_number
                    / nullif(quiet_squares * quiet_years, 0))) / (quiet_years + 12), 0)) AS sure
            FROM ({source}) AS screened WHERE ago < {WIDEST} {FENCE}) AS latest {FENCE}"""


def _variance(*, fraction: bool) -> str:
    """Variance of single figures before the window, and its degrees of freedom."""
    if not fraction:
        return "seen / freedom_seen AS variance, freedom_seen AS freedom_together"
    weighed = f"((seen + 4 * {PRESUMED.format('size')}) / (freedom_seen + 4))"
    return f"""greatest({weighed}, 1, seen / freedom_seen) AS variance,
        freedom_seen + CASE WHEN seen / freedom_seen > {weighed} THEN 0 ELSE 4 END AS freedom_together"""


def _presumed(sigma: str, *, fraction: bool) -> str:
    """σ of one figure; of proportions, weighed with what is presumed of them."""
    if not fraction:
        return sigma
    freedom = f"({RANGE_WORTH} * (history - 1))"
    return f"""greatest(1, {sigma}, sqrt((4 * {PRESUMED.format("weight")} + {freedom} * ({sigma}) ^ 2)
        / (4 + {freedom})))"""


def _moved(sign: int, *, fraction: bool) -> str:
    error = "sigma * sqrt(1 / weight + 1 / behind)"
    if fraction:
        null = "((value * weight + expected * behind) / (weight + behind))"
        error += f" * sqrt({null} * (1 - {null}))"
    return f"{sign} * (value - expected) / nullif({error}, 0)"


def _off(course: Course) -> str:
    bound = course.bound
    if bound is None:
        return "NULL::float8"
    unit = f" / sqrt({bound} * (1 - {bound}))" if course.fraction and 0 < bound < 1 else ""
    return f"{course.sign} * ({bound} - value) * sqrt(weight){unit} / nullif(near, 0)"
