"""Does a KPI serve the outcome it is linked to? What the figures show, lag by lag, in a drawing and in words."""

from bisect import bisect
from dataclasses import dataclass, field
from math import isfinite

from django.db.models import QuerySet

from forums.measures.charts import evidence_of
from forums.measures.pairs import Pairs
from forums.measures.processes import sign_of
from metrics.detection.relations import DOUBT, AtLag, Relation, around, relation
from metrics.detection.told.wording import how_often
from metrics.figures.courses import Course, courses
from metrics.models import Contradiction, Link, Rule, Segment
from metrics.rules.record import states_on
from truthgov import clock
from truthgov.periods import Grain, Period
from truthgov.svg import AtLag as DrawnLag
from truthgov.svg import Chart, Dot, Lags, Scatter, Svg, draw_lags, draw_scatter

LAGS = {Grain.DAY: 14, Grain.WEEK: 8, Grain.MONTH: 6, Grain.QUARTER: 4}
"""The farthest lag looked at, where the link does not expect a later one."""
DOTS = 400
"""Pairs drawn at most, the latest: more would hide each other. What is said rests on all of them."""
WIDE, PHONE = 460, 326


@dataclass(frozen=True, slots=True)
class LagRow:
    """One lag in words."""

    lag: int
    is_expected: bool
    rho: str
    interval: str
    known: int
    effective: str
    chance: str


@dataclass(frozen=True, slots=True)
class Between:
    """The relation in a stretch that is counted alike."""

    first: Period
    last: Period
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing for wide and for narrow screens."""

    wide: Svg
    narrow: Svg


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Everything the page of a link shows; `words` is empty while one of the two has no figures."""

    link: Link
    segments: list[Segment]
    segment: Segment | None
    rules: list[tuple[Rule, str]]
    cases: list[Contradiction]
    words: str = ""
    grain: str = ""
    lags: list[LagRow] = field(default_factory=list)
    drawn_lags: Drawn | None = None
    scatter: Drawn | None = None
    between: list[Between] = field(default_factory=list)
    chart: Chart | None = None

    @property
    def broken(self) -> list[Contradiction]:
        """Its live cases of a link that broke."""
        return [case for case in self.cases if case.kind == Contradiction.Kind.BROKEN_LINK and case.is_live]


def link_page(link: Link, asked: str) -> LinkPage:
    """The page of a link in the segment asked for by its key, or the first known of both; a fixed number of queries."""
    segments = sorted(_segments(link), key=lambda each: (len(each.values), each.key))
    segment = next((each for each in segments if each.key == asked), segments[0] if segments else None)
    page = LinkPage(link, segments, segment, _rules(link), _cases(link))
    if segment is None:
        return page
    kpi, outcome = courses([(link.from_measure_id, segment), (link.to_measure_id, segment)])
    if kpi is None or outcome is None or kpi.definition.grain != outcome.definition.grain:
        return page
    return _told(page, kpi, outcome)


def _told(page: LinkPage, kpi: Course, outcome: Course) -> LinkPage:
    link, both = page.link, Pairs.of(kpi, outcome)
    lags = range(max(LAGS[both.grain], link.lag_periods) + 1)
    grain, sign = both.grain.value, sign_of(kpi.definition) * sign_of(outcome.definition)
    found = relation(both.ours, both.theirs, lags, grain=grain, sign=sign)
    parts = around(both.ours, both.theirs, lags, both.broken, grain=grain, sign=sign) if both.broken else []
    return LinkPage(
        link, page.segments, page.segment, page.rules, page.cases,
        words=_named(found.words, link),
        grain=grain,
        lags=[_row(each, link) for each in found.at_lags],
        drawn_lags=_draw_lags(found, link, both.grain),
        scatter=_draw_scatter(kpi, outcome, link, both),
        between=[Between(both.period(each.first), both.period(each.end - 1), _named(each.words, link))
                 for each in parts],
        chart=_chart(link, kpi, outcome),
    )  # fmt: skip


def _segments(link: Link) -> QuerySet[Segment]:
    """Segments that figures of both come in for, the whole first."""
    known = Segment.objects.filter(series__measure=link.from_measure_id).filter(series__measure=link.to_measure_id)
    return known.distinct().order_by("key")


def _rules(link: Link) -> list[tuple[Rule, str]]:
    rules = list(link.rules.order_by("kind"))
    states = states_on(rules, clock.today())
    return [(rule, states[rule.pk]) for rule in rules]


def _cases(link: Link) -> list[Contradiction]:
    found = Contradiction.objects.filter(rule__link=link).by_severity()
    return list(found.select_related("measure", "other_measure", "source", "other_source", "segment")[:12])


def _named(words: str, link: Link) -> str:
    return words.replace("the outcome", link.to_measure.name)


def _row(each: AtLag, link: Link) -> LagRow:
    if not isfinite(each.rho):
        return LagRow(each.lag, each.lag == link.lag_periods, "–", "–", each.known, "–", "too few periods")
    interval = f"{each.lower:+.2f} to {each.upper:+.2f}" if isfinite(each.lower) else "–"
    return LagRow(
        each.lag, each.lag == link.lag_periods, f"{each.rho:+.2f}", interval, each.known, f"{each.effective:.0f}",
        how_often(each.p) if isfinite(each.p) else "–",
    )  # fmt: skip


def _draw_lags(found: Relation, link: Link, grain: Grain) -> Drawn:
    told = [
        DrawnLag(each.lag, _known(each.rho), _known(each.lower), _known(each.upper),
                 is_seen=each.p * len(found.at_lags) <= DOUBT, note=_note(each))
        for each in found.at_lags
    ]  # fmt: skip
    given = Lags("Rank correlation by lag", "Its figures follow as a table.", told, f"{grain}s", link.lag_periods)
    return Drawn(draw_lags(given, WIDE), draw_lags(given, PHONE))


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _note(each: AtLag) -> str:
    return f"Lag {each.lag}: {each.rho:+.2f}" if isfinite(each.rho) else f"Lag {each.lag}: too few periods"


def _draw_scatter(kpi: Course, outcome: Course, link: Link, both: Pairs) -> Drawn | None:
    lag, known = link.lag_periods, both.known(link.lag_periods)
    if not known:
        return None
    shown, edges = known[-DOTS:], [0, *both.broken]
    edges = [max(edge for edge in edges if edge <= shown[0]), *(edge for edge in edges if edge > shown[0])]
    dots = [
        Dot(float(both.ours[at]), float(both.theirs[at + lag]), both.word(at, lag), bisect(edges, at) - 1)
        for at in shown
    ]
    groups = [f"from {both.period(edge)}" if edge else "before" for edge in edges]
    later = f", {lag} period{'s' if lag > 1 else ''} later" if lag else ""
    told = f"The last {len(shown)} of {len(known)}" if len(known) > len(shown) else str(len(shown))
    given = Scatter(
        f"{link.to_measure.name} against {link.from_measure.name}", f"{told} periods, a dot each.",
        link.from_measure.name, kpi.definition.worded_unit, f"{link.to_measure.name}{later}",
        outcome.definition.worded_unit, dots, groups,
    )  # fmt: skip
    return Drawn(draw_scatter(given, WIDE), draw_scatter(given, PHONE, 280))


def _chart(link: Link, kpi: Course, outcome: Course) -> Chart | None:
    sides = [(link.from_measure.name, kpi), (link.to_measure.name, outcome)]
    return evidence_of(sides, f"{link.from_measure.name} and {link.to_measure.name}", signalled=())
