"""Did it work? Each measure that a decision was to move, before it and since, with the limits that held before."""

from dataclasses import dataclass
from datetime import date
from math import isfinite

import numpy as np

from forums.models import Decision, Expectation
from forums.registers.outcome import ENOUGH_AFTER, ENOUGH_BEFORE, Worked
from forums.registers.sequels import Compared, compare, totals_of
from truthgov import clock
from truthgov.figures import word_figure
from truthgov.labels import abbreviate
from truthgov.svg import Chart, Limits, Line, Panel
from truthgov.svg.series import as_decimal

SAID = {
    Worked.HELD: "It held: the figures since lie beyond what chance gives, for the better.",
    Worked.NO_EFFECT: "No effect: the figures since lie where chance alone puts them.",
    Worked.WORSE: "Worse: the figures since lie beyond what chance gives, for the worse.",
    Worked.TOO_EARLY: f"Too early: it takes {ENOUGH_BEFORE} figures before it and {ENOUGH_AFTER} since.",
}
HOLDING = {
    Worked.HELD: "It held: the target was met in every period since.",
    Worked.WORSE: "Worse: the target was missed since.",
    Worked.TOO_EARLY: f"Too early: it takes {ENOUGH_AFTER} periods since.",
}


@dataclass(frozen=True)
class Effect:
    """One expected measure: what came of it, in words and drawn (None while nothing was reported)."""

    expectation: Expectation
    worked: Worked
    words: str
    means: str = ""
    chart: Chart | None = None


def effects_of(decision: Decision, *, until: date) -> list[Effect]:
    """Of every measure that the decision named; a fixed number of queries."""
    expected = list(decision.expectations.select_related("measure"))
    totals = totals_of(sorted({each.measure_id for each in expected}), [decision], until)
    decided_on = clock.local_day(decision.decided_at)
    return [_effect(each, compare(each, decided_on, totals, until), decision) for each in expected]


def _effect(expectation: Expectation, compared: Compared | None, decision: Decision) -> Effect:
    if compared is None:
        return Effect(expectation, Worked.TOO_EARLY, "The measure has no definition in force.")
    said = HOLDING if expectation.way == Expectation.Way.HOLD else SAID
    return Effect(
        expectation, compared.worked, said[compared.worked], _means(compared), _chart(expectation, compared, decision)
    )


def _means(compared: Compared) -> str:
    """The means on either side, in the measure's unit."""
    told = [(name, _mean(values)) for name, values in (("Mean before", compared.course.before),
                                                       ("since", compared.course.after))]  # fmt: skip
    unit = compared.terms.worded_unit
    return ", ".join(f"{name} {word_figure(as_decimal(mean), unit)}" for name, mean in told if isfinite(mean))


def _mean(values: object) -> float:
    known = np.array(values, float)
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) else float("nan")


def _chart(expectation: Expectation, compared: Compared, decision: Decision) -> Chart | None:
    """From the first figure on; the limits of the time before are drawn on past the decision."""
    first = next((at for at, value in enumerate(compared.figures) if value is not None), None)
    if first is None:
        return None
    periods, terms, before = compared.periods[first:], compared.terms, len(compared.course.before)
    line = Line(expectation.measure.name, tuple(compared.figures[first:]))
    panel = Panel(expectation.measure.name, terms.worded_unit, (line,), terms.target, _limits(compared, first),
                  terms.direction)  # fmt: skip
    description = "Before and after the decision, with the limits that held before it. The figures follow as a table."
    return Chart(
        expectation.measure.name, description, tuple(map(str, periods)), tuple(map(abbreviate, periods)), (panel,), (),
        ((before - first, decision.wording),) if before >= first else (),
    )  # fmt: skip


def _limits(compared: Compared, first: int) -> Limits | None:
    """None where there were too few figures before to have any."""
    course = compared.course
    if np.isfinite(np.array(course.before, float)).sum() < ENOUGH_BEFORE:
        return None
    found, beyond = course.limits(), len(compared.periods) - len(course.before)
    lower, upper = (
        (*(float(each) if isfinite(each) else None for each in bound), *[float(np.nanmean(bound))] * beyond)[first:]
        for bound in (found.lower, found.upper)
    )
    return Limits(lower, upper, (found.centre,) * len(compared.periods[first:]))
