"""What became of decisions: the figures of the measures they expected to move, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from forums.models.decision import Decision, Expectation
from forums.reconciliation.totals import Totals
from forums.registers.outcome import Course, Worked, judge, judge_holding, together
from metrics.dictionary.terms import Terms
from metrics.figures.known import Known
from metrics.models import Definition
from truthgov import clock
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period

LOOKED_BACK = 24
"""Periods before a decision that its limits are made of."""

Sequel = tuple[str, str]
"""How it came out, and in words."""


@dataclass(frozen=True)
class Compared:
    """One expected measure before and after a decision: `periods` with their figures, the one it was taken in among
    them, and what came of it."""

    terms: Terms
    course: Course
    worked: Worked
    periods: list[Period]
    figures: list[Decimal | None]


def sequels(decisions: Sequence[Decision], until: date, *, known_at: int | None = None) -> dict[int, Sequel]:
    """Did each decision work, by the figures of periods that end by `until`? Four queries, however many decisions.

    The periods after a decision are those that begin once it was taken.
    """
    expected = [expectation for decision in decisions for expectation in decision.expectations.all()]
    measures = sorted({expectation.measure_id for expectation in expected})
    totals = totals_of(measures, decisions, until, known_at=known_at)
    return {decision.pk: _sequel(decision, totals, until) for decision in decisions}


def totals_of(
    measures: Sequence[int], decisions: Sequence[Decision], until: date, *, known_at: int | None = None
) -> Totals:
    """The figures of measures from before the earliest of some decisions up to a day."""
    totals = Totals(measures, Moment.of(known_at))
    if measures:
        earliest = min(clock.local_day(decision.decided_at) for decision in decisions)
        totals.load(measures, Period.containing(earliest, Grain.MONTH).shift(-LOOKED_BACK).start, until)
    return totals


def _sequel(decision: Decision, totals: Totals, until: date) -> Sequel:
    judged = {
        expectation.measure.name: _judged(expectation, clock.local_day(decision.decided_at), totals, until)
        for expectation in decision.expectations.all()
    }
    worked, words = together(judged)
    return worked.value, words


def _judged(expectation: Expectation, decided_on: date, totals: Totals, until: date) -> Worked:
    compared = compare(expectation, decided_on, totals, until)
    return compared.worked if compared else Worked.TOO_EARLY


def compare(expectation: Expectation, decided_on: date, totals: Totals, until: date) -> Compared | None:
    """The figures before a decision beside those after it; None while the measure is not defined."""
    measure = expectation.measure_id
    terms = totals.terms(measure, until)
    if terms is None:
        return None
    current = Period.containing(decided_on, Grain(terms.grain))
    earlier, later = [current.shift(-number) for number in range(LOOKED_BACK, 0, -1)], _after(current, until)
    before, after = _figures(measure, earlier, totals), _figures(measure, later, totals)
    course = _course(before, after, terms)
    if expectation.way == Expectation.Way.HOLD:
        worked = judge_holding([terms.meets_target(figure.value if figure else None) for figure in after])
    else:
        worked = judge(course)
    return Compared(
        terms, course, worked, [*earlier, current, *later],
        [figure.value if figure else None for figure in (*before, totals.figure(measure, current.start), *after)],
    )  # fmt: skip


def _after(current: Period, until: date) -> list[Period]:
    """The periods that begin after the one a decision fell in, and end by a day."""
    periods, following = [], current.shift(1)
    while following.last_day <= until:
        periods.append(following)
        following = following.shift(1)
    return periods


def _figures(measure: int, periods: list[Period], totals: Totals) -> list[Known | None]:
    return [totals.figure(measure, period.start) for period in periods]


def _course(before: list[Known | None], after: list[Known | None], terms: Terms) -> Course:
    is_share = terms.unit == Definition.Unit.FRACTION and all(
        figure.denominator for figure in before if figure is not None
    )
    return Course(
        before=[_float(figure.value if figure else None) for figure in before],
        after=[_float(figure.value if figure else None) for figure in after],
        higher_is_better=terms.higher_is_better,
        numerators=[_float(figure.numerator if figure else None) for figure in before] if is_share else None,
        denominators=[_float(figure.denominator if figure else None) for figure in before] if is_share else None,
    )


def _float(value: object) -> float:
    return float("nan") if value is None else float(value)  # type: ignore[arg-type]
