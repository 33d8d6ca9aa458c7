"""The rules as simpler questions in SQL, asked beside those of `questions`: what a hurried reader of each kind writes.

Each looks at the latest month against the three years before, with no seasons, no over-dispersion, no persistence. They
find other things than the product does, and stand beside for whoever asks what questions are worth.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.organisation import Entry
from benchmarks.rivals.figures import TABLE, Asked
from metrics.assessment.looks import Look

NATURAL = "2.66"
"""Mean moving ranges from the mean to the limits of an XmR chart."""


def question(asked: Asked, looks: Sequence[Look]) -> str:
    """The simpler question of a rule; of one with several companions, beside the first."""
    return QUESTIONS[looks[0].kind](Simply(asked.entries, asked.source, asked.month), looks[0])


@dataclass(frozen=True)
class Simply:
    """What a question is about: the entries of both sides by number of their measure, the first source, the month."""

    entries: Mapping[int, Entry]
    source: int
    month: date

    def now(self, measure: int, source: int | None = None) -> str:
        """The figures of a measure in the month that is judged."""
        of = f"measure = {measure} AND source = {source or self.source}"
        return f"(SELECT * FROM {TABLE} WHERE {of} AND month = DATE '{self.month}')"

    def past(self, measure: int) -> str:
        """Three years of figures, each with how far it moved from the month before and the figure of a year before."""
        return f"""(SELECT segment, month, value, numerator, denominator,
            value - lag(value) OVER in_time AS moved, lag(value, 12) OVER in_time AS year_before
            FROM {TABLE} WHERE measure = {measure} AND source = {self.source} AND month <= DATE '{self.month}'
                AND month > DATE '{self.month}' - INTERVAL '3 years'
            WINDOW in_time AS (PARTITION BY segment ORDER BY month))"""

    def beyond(self, measure: int, sign: int) -> str:
        """Segments whose figure lies beyond its limit below (+1) or above (-1)."""
        latest, before = f"month = DATE '{self.month}'", f"month < DATE '{self.month}'"
        return f"""SELECT segment FROM {self.past(measure)} AS past GROUP BY segment
            HAVING {sign} * (max(value) FILTER (WHERE {latest}) - avg(value) FILTER (WHERE {before}))
                < -{NATURAL} * avg(abs(moved)) FILTER (WHERE {before})"""

    def looks_well(self, measure: int) -> str:
        """Segments in which a measure is on target, or, where it has none, better than a year before."""
        entry = self.entries[measure]
        target = entry.bound(0.8)
        if target is not None:
            return f"SELECT segment FROM {self.now(measure)} AS now WHERE {entry.sign} * (value - {target}) >= 0"
        return f"""SELECT segment FROM {self.past(measure)} AS past
            WHERE month = DATE '{self.month}' AND {entry.sign} * (value - year_before) > 0"""


def _claimed_but_worse(asked: Simply, look: Look) -> str:
    worse = asked.beyond(look.outcome, asked.entries[look.outcome].sign)
    return f"{worse} INTERSECT {asked.looks_well(look.kpi)}"


def _two_sources(asked: Simply, look: Look) -> str:
    one, other = look.sources or (0, 0)
    return f"""SELECT one.segment FROM {asked.now(look.kpi, one)} AS one JOIN {asked.now(look.kpi, other)} AS other
        USING (segment) WHERE abs(one.value - other.value) > 0.05 * abs(one.value)"""


def _more_promised(asked: Simply, look: Look) -> str:
    return f"""SELECT segment FROM {asked.now(look.kpi)} AS promised JOIN {asked.now(look.outcome)} AS kept
        USING (segment) WHERE promised.value > kept.value"""


def _among_segments(asked: Simply, look: Look) -> str:
    sign = asked.entries[look.outcome].sign
    return f"""SELECT segment FROM (SELECT segment, value, avg(value) OVER () AS mean, stddev(value) OVER () AS spread
        FROM {asked.now(look.outcome)} AS now) AS compared WHERE {sign} * (value - mean) < -3 * spread"""


def _hidden(asked: Simply, look: Look) -> str:
    hidden = asked.entries[look.outcome]
    return f"""SELECT segment FROM {asked.now(look.outcome)} AS part
        WHERE {hidden.sign} * (value - {hidden.bound(1.6)}) < 0 AND EXISTS ({asked.looks_well(look.kpi)})"""


def _broken(asked: Simply, look: Look) -> str:
    beyond = " UNION ".join(f"({asked.beyond(look.kpi, sign)})" for sign in (1, -1))
    if look.kpi == look.outcome:
        return beyond
    moved = " UNION ".join(f"({asked.beyond(look.outcome, sign)})" for sign in (1, -1))
    return f"({beyond}) EXCEPT ({moved})"


def _no_longer_serves(asked: Simply, look: Look) -> str:
    recent = f"kpi.month > DATE '{asked.month}' - INTERVAL '18 months'"
    return f"""SELECT kpi.segment FROM {asked.past(look.kpi)} AS kpi JOIN {asked.past(look.outcome)} AS outcome
            ON outcome.segment = kpi.segment AND outcome.month = kpi.month + INTERVAL '{look.lag} months'
        GROUP BY kpi.segment HAVING abs(corr(kpi.value, outcome.value) FILTER (WHERE {recent})) < 0.2
            AND abs(corr(kpi.value, outcome.value) FILTER (WHERE NOT {recent})) > 0.5"""


def _whole(asked: Simply, look: Look) -> str:
    return f"""SELECT segment FROM {asked.past(look.outcome)} AS past GROUP BY segment
        HAVING max(month) < DATE '{asked.month}' OR count(DISTINCT month) < count(*) OR min(denominator) < 0
            OR bool_or(numerator > denominator) OR count(value) < count(*)"""


QUESTIONS: Mapping[str, Callable[[Simply, Look], str]] = {
    "divergence": _claimed_but_worse,
    "handoff": _claimed_but_worse,
    "gaming": _claimed_but_worse,
    "source_disagreement": _two_sources,
    "overcommitment": _more_promised,
    "inconsistency": _among_segments,
    "mix": _hidden,
    "definition_break": _broken,
    "broken_link": _no_longer_serves,
    "integrity": _whole,
}
