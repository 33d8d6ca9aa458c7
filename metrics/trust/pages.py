"""Trust as its pages show it: of a measure, of a function or a journey, and of everything, the worst first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from journeys.models import Journey
from metrics.dictionary.target_conditions import trust_needed
from metrics.models import Measure
from metrics.trust import Key, radars
from metrics.trust.axes import Axis, Radar
from metrics.trust.lines import Judged, TrustLine, asked_for, line_of_measure, line_of_scope, worst_first
from truthgov import clock
from truthgov.knowledge import entry_on
from truthgov.models import Function
from truthgov.periods import Grain, Period
from truthgov.svg import Line, Panel, Spoke, Svg, draw_multiples
from truthgov.svg import Radar as Drawing

LOOKED_BACK = 6
"""Periods of history, the one shown included, of a function or a journey; of a single measure twice as many."""


@dataclass(frozen=True, slots=True)
class TrustPanel:
    """Trust of a measure in short."""

    period: Period
    line: TrustLine
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class TrustPage:
    """Trust of one measure, function or journey in a period, with its history drawn."""

    period: Period
    line: TrustLine
    drawing: Drawing
    history: Svg
    history_narrow: Svg
    past: list[tuple[Period, TrustLine]]
    measures: list[TrustLine]

    @property
    def earlier(self) -> Period:
        return self.period.shift(-1)

    @property
    def later(self) -> Period | None:
        return following(self.period)


def trust_panel(measure: Measure, grain: Grain) -> TrustPanel:
    """The last complete period of a measure, for its own page."""
    period = Period.last_complete(clock.today(), grain)
    radar = radars([measure.pk], [period]).get((measure.pk, period.start))
    line = line_of_measure(measure, radar, trust_needed([measure.pk], on=period.last_day))
    return TrustPanel(period, line, drawing_of(line, period))


def following(period: Period) -> Period | None:
    """The next period, if it is over."""
    after = period.shift(1)
    return after if after.end <= clock.today() else None


def overview(month: Period, known_on: date | None = None) -> list[TrustLine]:
    """Every function and journey that has measures, the worst first; a fixed number of queries.

    Like each of these pages now or, with `known_on`, as known at the end of a day.
    """
    entry, measures = entry_on(known_on), list(Measure.objects.select_related("function", "journey"))
    found = _latest([measure.pk for measure in measures], [month], entry)
    needed = trust_needed([measure.pk for measure in measures], on=month.last_day, known_at=entry)
    told = []
    for scope, own in _scopes(measures):
        kind = "function" if isinstance(scope, Function) else "journey"
        address = reverse(f"metrics:{kind}_trust", args=[scope.code]) + asked_for(month, known_on)
        told.append(line_of_scope(scope.name, kind, address, _of_month(own, month, found), needed))
    return sorted(told, key=worst_first)


def measure_trust(measure: Measure, period: Period, known_on: date | None = None) -> TrustPage:
    """A measure in one period of its grain, with the periods before it."""
    entry, periods = entry_on(known_on), [period.shift(-back) for back in range(2 * LOOKED_BACK)]
    found = radars([measure.pk], periods, entry)
    needed = trust_needed([measure.pk], on=period.last_day, known_at=entry)
    past = [(each, line_of_measure(measure, found.get((measure.pk, each.start)), needed)) for each in periods]
    return _page(period, past, [])


def scope_trust(scope: Function | Journey, month: Period, known_on: date | None = None) -> TrustPage:
    """A function or a journey in a month: on each axis the worst of its measures, which follow, the worst first."""
    kind = "function" if isinstance(scope, Function) else "journey"
    entry, own = entry_on(known_on), list(Measure.objects.filter(**{kind: scope}))
    months = [month.shift(-back) for back in range(LOOKED_BACK)]
    found = _latest([measure.pk for measure in own], months, entry)
    needed = trust_needed([measure.pk for measure in own], on=month.last_day, known_at=entry)
    past = [
        (each, line_of_scope(scope.name, kind, "", _of_month(own, each, found), needed, known_on)) for each in months
    ]
    measures = [line_of_measure(*judged, needed, known_on) for judged in _of_month(own, month, found)]
    return _page(month, past, sorted(measures, key=worst_first))


def drawing_of(line: TrustLine, period: Period) -> Drawing:
    """The axes of a line on their spokes."""
    shares = [(row, row.score.share) for row in line.cells]
    spokes = tuple(
        Spoke(row.axis.capitalize(), None if share is None else float(share), row.told, row.needed / 100)
        for row, share in shares
    )
    return Drawing(f"Trust of {line.name}, {period}", spokes)


def _page(period: Period, past: list[tuple[Period, TrustLine]], measures: list[TrustLine]) -> TrustPage:
    line = past[0][1]
    return TrustPage(period, line, drawing_of(line, period), *_history(line, past), past, measures)


def _history(line: TrustLine, past: list[tuple[Period, TrustLine]]) -> tuple[Svg, Svg]:
    """The whole and each axis over the periods, the earliest first, on one scale, for wide and narrow screens."""
    in_order = [each for _, each in reversed(past)]
    courses = [("Worst axis", [_share(each.percent) for each in in_order])]
    for place, axis in enumerate(Axis):
        courses.append((axis.capitalize(), [each.cells[place].score.share for each in in_order]))
    panels = [
        Panel(name, "fraction", (Line(name, tuple(values)),), Decimal(line.needed) / 100) for name, values in courses
    ]
    title = f"Trust of {line.name} over {len(past)} periods"
    return draw_multiples(title, panels, 960, 4), draw_multiples(title, panels, 326, 2)


def _share(percent: int | None) -> Decimal | None:
    return None if percent is None else Decimal(percent) / 100


def _latest(measures: Collection[int], months: Iterable[Period], entry: int | None) -> dict[Key, Radar]:
    """The figures of these months: of each grain the last period that ends by a month's end."""
    return radars(measures, sorted({month.last(grain) for month in months for grain in Grain}), entry)


def _of_month(measures: Iterable[Measure], month: Period, found: dict[Key, Radar]) -> list[Judged]:
    last = [month.last(grain) for grain in Grain]
    judged = ((measure, found.get((measure.pk, period.start)), period) for measure in measures for period in last)
    return [(measure, radar) for measure, radar, period in judged if radar and radar.period == period]


def _scopes(measures: list[Measure]) -> list[tuple[Function | Journey, list[Measure]]]:
    """Functions with what they answer for or supply, journeys with their outcomes and KPIs."""
    held: dict[Function | Journey, list[Measure]] = {}
    for measure in measures:
        for scope in (measure.function, measure.journey):
            if scope:
                held.setdefault(scope, []).append(measure)
    return list(held.items())
