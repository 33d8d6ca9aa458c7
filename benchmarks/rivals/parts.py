"""Parts held against the rest of their wholes, as SQL: does a whole hide one, does one stand apart from the others."""

from collections.abc import Sequence

from benchmarks.rivals.figures import DOUBT, FOUND, RANGE_TO_SIGMA, RANGE_WORTH, SCREEN, Asked, persistent, rarer, score
from benchmarks.rivals.showing import GUARD, shown
from metrics.assessment.looks import Look

PAST, WINDOW, FEWEST, AGREE = 36, 12, 6, 0.75
"""Months looked back on for a fall, months taken together, how many are needed, and what share of them must agree."""
DETAIL, CARRIES = 0.01, 0.1
WILSON = rarer(0.025)


def hidden(asked: Asked, looks: Sequence[Look]) -> str:
    """A whole on target hides a part: one that has fallen away, or, where a link says that it may, one that is off."""
    look = next(each for each in looks if not each.is_beside)
    if not look.of_whole:
        return _covered(asked, look)
    measure, beside = look.outcome, [each.kpi for each in looks if each.is_beside]
    off = f"""segment IN (SELECT segment FROM {asked.now(measure)} AND {asked.misses(measure)}
        AND {asked.meets(measure, "whole_value")} AND denominator >= {DETAIL} * whole_denominator
        AND whole_denominator > denominator AND {asked.is_read(measure)})"""
    earlier = f"month <= {asked.ago(GUARD)}"
    gaps = f"""SELECT *, avg(gap) FILTER (WHERE {earlier}) OVER of_all AS usual,
            count(*) FILTER (WHERE {earlier}) OVER of_all AS history
        FROM ({_gaps(asked, measure, f"{asked.figures(measure, PAST - 1)} AND {off}")}) AS gaps
        WINDOW of_all AS (PARTITION BY segment)"""
    fell = score("(gap - usual) / (chance * sigma * sqrt(1 + 1.0 / history))", f"({RANGE_WORTH} * (history - 1))")
    echoes = "".join(
        f"\n AND NOT EXISTS (SELECT FROM {shown(asked, each, among='segment = found.segment')} AS beside"
        f" WHERE ago < {GUARD} AND moved <= -{rarer(DOUBT)})"
        for each in beside
    )
    return f"""SELECT segment FROM (
            SELECT segment, max(whole) AS whole FROM (
                SELECT segment, whole, gap, usual, {asked.months_ago("month")} AS ago, {fell} AS fell
                FROM ({_spread(gaps, earlier, counted=asked.is_fraction(measure))}) AS spread
                WHERE NOT {earlier} AND history >= 12) AS tested
            GROUP BY segment HAVING {persistent("fell", FOUND, one_is_enough=False)}
                AND bool_or(ago = 0 AND {asked.matters(measure, "gap - usual")})) AS found
        WHERE NOT EXISTS (SELECT FROM {shown(asked, measure, among="segment = found.whole")} AS whole
            WHERE ago = 0 AND moved <= -{rarer(DOUBT)}){echoes}"""


def _covered(asked: Asked, look: Look) -> str:
    """A declared part: off target beyond what counting explains, a tenth of the whole, and behind it beyond chance."""
    measure, whole = look.outcome, look.kpi
    part, counted = asked.entries[measure], asked.is_fraction(measure)
    target, surely = part.bound(0.8), "true"
    if counted:
        surely = f"{part.sign} * ({wilson('value', 'denominator', WILSON, part.sign)} - {target}) < 0"
    claimed = f"SELECT segment FROM {asked.now(whole, look.lag)} AND {asked.meets(whole)} AND {asked.is_read(whole)}"
    off = f"""SELECT segment FROM {asked.now(measure)} AND {asked.misses(measure)} AND {surely}
        AND {asked.is_read(measure)}"""
    both = f"""(SELECT part.segment, part.month, part.value, part.denominator, part.segment AS whole,
            whole.value AS whole_value, whole.denominator AS whole_denominator
        FROM (SELECT * FROM {asked.figures(measure, PAST - 1)}) AS part
            JOIN (SELECT * FROM {asked.figures(whole, PAST - 1)}) AS whole USING (segment, month)
        ) AS known WHERE segment IN ({claimed} INTERSECT {off})"""
    gaps = f"""SELECT *, avg(gap) OVER of_all AS usual, count(*) OVER of_all AS history
        FROM ({_gaps(asked, measure, both)}) AS gaps WINDOW of_all AS (PARTITION BY segment)"""
    behind = score("gap / (chance * sigma)", f"({RANGE_WORTH} * (history - 1))")
    carries = f"size >= {CARRIES} * (size + rest_size)"
    return f"""SELECT segment FROM (
            SELECT segment, {asked.months_ago("month")} AS ago, {behind} AS behind,
                {part.sign} * (whole_value - value) AS effect, {carries} AS carries
            FROM ({_spread(gaps, "true", counted=counted, drifting=False)}) AS spread) AS tested
        GROUP BY segment HAVING {persistent("behind", FOUND / 2)}
            AND bool_or(ago = 0 AND carries AND {asked.matters(measure, "effect")})"""


def among_segments(asked: Asked, looks: Sequence[Look]) -> str:
    """A segment does worse than the rest of its whole: twelve months pooled, lastingly, and off its target."""
    measure = looks[0].outcome
    entry, fraction = asked.entries[measure], asked.is_fraction(measure)
    off = f"""segment IN (SELECT segment FROM {asked.now(measure)} AND {asked.misses(measure)}
        AND {entry.sign} * (whole_value - value) > 0 AND denominator >= {DETAIL} * whole_denominator
        AND whole_denominator > denominator AND {asked.is_read(measure)})"""
    weights = ("size", "rest_size") if fraction else ("1.0", "1.0")
    part, rest = (
        f"sum({value} * {weight}) OVER of_all / sum({weight}) OVER of_all"
        for value, weight in zip(("value", "rest"), weights, strict=True)
    )
    gaps = f"""SELECT *, avg(gap) OVER of_all AS usual, count(*) OVER of_all AS history, {part} AS part,
            {rest} AS others, row_number() OVER (PARTITION BY segment ORDER BY month) AS place
        FROM ({_gaps(asked, measure, f"{asked.figures(measure, WINDOW - 1)} AND {off}")}) AS gaps
        WINDOW of_all AS (PARTITION BY segment)"""
    pooled = f"{entry.sign} * (max(others) - max(part))"
    error, apart = "max(sigma) / sqrt(count(*))", "true"
    if fraction:
        level = "((max(part) * sum(size) + max(others) * sum(rest_size)) / (sum(size) + sum(rest_size)))"
        error = f"max(sigma) * sqrt({level} * (1 - {level}) * (1 / sum(size) + 1 / sum(rest_size)))"
        apart = _newcombe(entry.sign)
    single = f"3 * max(sigma) * max(chance) FILTER (WHERE month = {asked.ago(0)})"
    least = f"greatest({entry.spread / 2}, {single})"
    return f"""SELECT segment FROM ({_spread(gaps, "true", counted=fraction)}) AS spread
        GROUP BY segment HAVING count(*) >= {FEWEST} AND {pooled} >= {least}
            AND {asked.misses(measure, "max(part)")} AND count(*) FILTER (WHERE gap > 0) >= {AGREE} * count(*)
            AND avg(gap) FILTER (WHERE 2 * place <= history) > 0 AND avg(gap) FILTER (WHERE 2 * place > history) > 0
            AND {score(f"({pooled}) / ({error})", f"({RANGE_WORTH} * (count(*) - 1))")} >= {rarer(FOUND)} AND {apart}"""


def _gaps(asked: Asked, measure: int, figures: str) -> str:
    """How far parts lie behind the rest of their wholes, and how far counting alone carries that."""
    sign, fraction = asked.entries[measure].sign, asked.is_fraction(measure)
    rest = "(whole_value * whole_denominator - value * denominator) / (whole_denominator - denominator)"
    chance = "1.0"
    if fraction:
        each = "(1 / denominator + 1 / (whole_denominator - denominator))"
        chance = f"nullif(sqrt(whole_value * (1 - whole_value) * {each}), 0)"
    return f"""SELECT segment, whole, month, value, whole_value, denominator AS size,
            whole_denominator - denominator AS rest_size, {rest} AS rest,
            {sign} * ({rest} - value) AS gap, {chance} AS chance
        FROM {figures} AND whole_denominator > denominator"""


def _spread(gaps: str, past: str, *, counted: bool, drifting: bool = True) -> str:
    """σ of a gap in units of chance, from neighbours and from deviations drawn in; no less than what counting gives."""
    about = "(gap - usual) / chance"
    sigma = "greatest(short, long)" if drifting else "short"
    return f"""SELECT *, {f"greatest(1, {sigma})" if counted else sigma} AS sigma FROM (
        SELECT *, avg(range) FILTER (WHERE {past} AND range <= {SCREEN} * mean_range) OVER of_all / {RANGE_TO_SIGMA}
                AS short,
            sqrt(sum(least(({about}) ^ 2, 4 * squares / (history - 1))) FILTER (WHERE {past}) OVER of_all
                / (history - 1)) AS long
        FROM (SELECT *, avg(range) FILTER (WHERE {past}) OVER of_all AS mean_range,
                sum(({about}) ^ 2) FILTER (WHERE {past}) OVER of_all AS squares
            FROM (SELECT *, abs({about} - lag({about}) OVER (PARTITION BY segment ORDER BY month)) AS range
                FROM ({gaps}) AS gaps) AS moving WINDOW of_all AS (PARTITION BY segment)) AS ranging
        WINDOW of_all AS (PARTITION BY segment)) AS screened"""


def _newcombe(sign: int) -> str:
    """Whether the interval of the difference, from the score intervals of both, lies wholly on the bad side."""
    low, high = ("part", "others") if sign > 0 else ("others", "part")
    sizes = {"part": "(sum(size) / max(sigma) ^ 2)", "others": "(sum(rest_size) / max(sigma) ^ 2)"}
    upper = wilson(f"max({low})", sizes[low], rarer(FOUND), 1)
    lower = wilson(f"max({high})", sizes[high], rarer(FOUND), -1)
    return f"max({high}) - max({low}) > sqrt((max({low}) - {upper}) ^ 2 + (max({high}) - {lower}) ^ 2)"


def wilson(share: str, size: str, z: float, side: int) -> str:
    """A limit of the score interval of a share of so many cases."""
    return f"""(({share} + {z * z / 2:.5f} / {size} + {side * z}
        * sqrt({share} * (1 - {share}) / {size} + {z * z / 4:.5f} / ({size} * {size}))) / (1 + {z * z:.5f} / {size}))"""
