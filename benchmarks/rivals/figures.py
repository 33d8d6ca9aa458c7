"""What questions are asked of: a table of figures made for them, and how they name measures, months and chances."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist

from benchmarks.declaring import DECIMALS
from benchmarks.organisation import Entry
from truthgov.periods import Grain, Period

TABLE = "checked_figure"
FILL = f"""
    CREATE TABLE {TABLE} AS
        WITH nearest AS (
            SELECT DISTINCT ON (part.id) part.id AS part, whole.id AS whole
            FROM metrics_segment part JOIN metrics_segment whole
                ON part."values" @> whole."values" AND part.id <> whole.id
            ORDER BY part.id, (SELECT count(*) FROM jsonb_object_keys(whole."values")) DESC),
        figure AS (
            SELECT series.measure_id AS measure, series.source_id AS source, series.segment_id AS segment,
                reading.period_start AS month, reading.value::float8 AS value,
                reading.numerator::float8 AS numerator, reading.denominator::float8 AS denominator
            FROM metrics_reading reading JOIN metrics_series series ON series.id = reading.series_id)
        SELECT part.*, nearest.whole, whole.value AS whole_value, whole.denominator AS whole_denominator
        FROM figure part LEFT JOIN nearest ON nearest.part = part.segment
            LEFT JOIN figure whole ON (whole.measure, whole.source, whole.segment, whole.month)
                = (part.measure, part.source, nearest.whole, part.month)
        ORDER BY 1, 2, 3, 4;
    ALTER TABLE {TABLE} ADD PRIMARY KEY (measure, source, segment, month)
        INCLUDE (value, numerator, denominator, whole, whole_value, whole_denominator)
"""
"""Beside each figure stands that of the whole it is a part of, so that no question has to look for it."""

NORMAL = NormalDist()
RANGE_TO_SIGMA, SCREEN, RANGE_WORTH = 1.128, 3.268, 0.62
"""Of moving ranges: what σ they make, from how many mean ones on one is left out, and what a figure is worth."""
FOUND, DOUBT = 0.0027, 0.05
"""Chances from which something is found, and from which a claim is doubted or believed."""
ENOUGH = 12
"""Figures needed before a past says what is to be expected."""


@dataclass(frozen=True)
class Asked:
    """What questions are about: the entries of measures by their number, the first source, the month."""

    entries: Mapping[int, Entry]
    source: int
    month: date

    def ago(self, months: int) -> str:
        """A month so many before the one that is judged."""
        return f"DATE '{Period.containing(self.month, Grain.MONTH).shift(-months).start}'"

    def months_ago(self, month: str) -> str:
        """How many months before the judged one a month lies: 0 to 2, and 3 for all before."""
        return f"CASE {month} {' '.join(f'WHEN {self.ago(ago)} THEN {ago}' for ago in range(3))} ELSE 3 END"

    def is_fraction(self, measure: int) -> bool:
        """Whether a measure is a share of its denominators."""
        return self.entries[measure].unit == "fraction"

    def figures(self, measure: int, begin: int, end: int = 0, *, source: int | None = None) -> str:
        """The figures of a measure from so many months ago until so many: what follows FROM, with its WHERE."""
        return f"""{TABLE} WHERE measure = {measure} AND source = {source or self.source}
            AND month >= {self.ago(begin)} AND month <= {self.ago(end)}"""

    def now(self, measure: int, ago: int = 0, *, source: int | None = None) -> str:
        """The figures of a measure in one month, as `figures` tells them."""
        return f"""{TABLE} WHERE measure = {measure} AND source = {source or self.source}
            AND month = {self.ago(ago)}"""

    def misses(self, measure: int, value: str = "value", deviations: float = 0.8) -> str:
        """Whether a figure stands on the bad side of its target, or of its red threshold, at its decimals."""
        entry = self.entries[measure]
        bound = entry.bound(deviations)
        if bound is None:
            return "false"
        return f"({entry.sign} * ({value} - {bound}) < {-0.5 * 0.1 ** DECIMALS[entry.unit]:.6g})"

    def meets(self, measure: int, value: str = "value") -> str:
        """Whether it stands at its target or beyond; nothing does where there is none."""
        return f"(NOT {self.misses(measure, value)})" if self.entries[measure].has_target else "false"

    def matters(self, measure: int, effect: str) -> str:
        """Whether an effect is at least the smallest that matters."""
        entry = self.entries[measure]
        return f"({effect} >= {entry.spread / 2 if entry.has_target else 0.0:.6g})"

    def is_read(self, measure: int) -> str:
        """Whether enough stands behind a figure to read it."""
        return "denominator >= 30" if self.is_fraction(measure) else "true"


def score(t: str, freedom: str) -> str:
    """Student's t as the normal score that is as rare (D. L. Wallace 1959)."""
    return (
        f"sign({t}) * (8 * {freedom} + 1) / (8 * {freedom} + 3) * sqrt({freedom} * ln(1 + ({t}) * ({t}) / ({freedom})))"
    )


def rarer(chance: float) -> float:
    """The normal score from which a chance is smaller, one-sided."""
    return round(-NORMAL.inv_cdf(chance), 4)


def persistent(column: str, chance: float, *, one_is_enough: bool = True, zone: float = DOUBT) -> str:
    """Whether scores lie so far up, each month's `ago` known: the latest, two of three with it, or three of three."""
    each = chance / 3 if one_is_enough else chance / 2
    two, three = rarer(_two_of_three(each)), rarer(each ** (1 / 3))
    latest = f"bool_or(ago = 0 AND {column} >= {{}})"
    ways = [
        f"({latest.format(max(two, rarer(zone)))} AND count(*) FILTER (WHERE ago < 3 AND {column} >= {two}) >= 2)",
        f"({latest.format(max(three, rarer(zone)))} AND count(*) FILTER (WHERE ago < 3 AND {column} >= {three}) = 3)",
    ]
    if one_is_enough:
        ways.insert(0, latest.format(rarer(each)))
    return f"({' OR '.join(ways)})"


def _two_of_three(chance: float) -> float:
    """The chance of one month that makes two of three, or more, as likely as this."""
    low, high = 0.0, sqrt(chance)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if 3 * middle**2 - 2 * middle**3 < chance else (low, middle)
    return low
