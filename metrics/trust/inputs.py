"""What is computed is trusted no further than what it is computed from, axis by axis."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from metrics.formulas.grammar import codes_read
from metrics.models import Definition, Measure
from metrics.trust.axes import Axis, Cost, Radar, Score
from metrics.trust.record import Cell, Key

ASKED_OF_INPUTS = Axis.ATTESTED
"""The axis on which nothing is asked of a computed figure itself."""


def inputs_behind(measures: Iterable[int]) -> dict[str, Measure]:
    """The measures that any of these is computed from, at any remove, by their codes; two queries."""
    derived = Definition.objects.approved().exclude(derivation="").values_list("measure", "measure__code", "derivation")
    of_code: dict[str, set[str]] = {}
    asked = set(measures)
    waiting: set[str] = set()
    for measure, code, derivation in derived:
        of_code.setdefault(code, set()).update(codes_read(derivation))
        if measure in asked:
            waiting.add(code)
    found: set[str] = set()
    while waiting:
        inputs = {each for code in waiting for each in of_code.get(code, ())}
        waiting = inputs - found
        found |= inputs
    return {each.code: each for each in Measure.objects.filter(code__in=found)}


def bounded(radars: Mapping[Key, Radar], cells: Iterable[Cell], inputs: Mapping[str, Measure]) -> dict[Key, Radar]:
    """Every radar, those of computed figures no better on any axis than those of their inputs."""
    derived = {(cell.measure, cell.period.start): cell.definition for cell in cells if cell.definition.is_derived}
    answer = {key: radar for key, radar in radars.items() if key not in derived}

    def of(key: Key) -> Radar | None:
        if key not in answer and key in derived:
            answer[key] = radars[key]  # what names itself, against the rule, ends here
            answer[key] = at_most(radars[key], _named(derived[key], key[1]))
        return answer.get(key)

    def _named(definition: Definition, start: date) -> list[tuple[str, Radar]]:
        named = [inputs[code] for code in codes_read(definition.derivation) if code in inputs]
        return [(each.name, radar) for each in named if (radar := of((each.pk, start)))]

    for key in derived:
        of(key)
    return {key: answer[key] for key in radars}


def at_most(radar: Radar, inputs: Sequence[tuple[str, Radar]]) -> Radar:
    """A figure's radar, on each axis no better than the worst of its inputs, which are named in what it costs."""
    if radar.awaited:
        return radar
    judged = [(name, each) for name, each in inputs if not each.awaited]
    return replace(radar, scores=tuple(
        _at_most(score, [(name, each.scores[at]) for name, each in judged]) for at, score in enumerate(radar.scores)
    ))  # fmt: skip


def _at_most(own: Score, inputs: Sequence[tuple[str, Score]]) -> Score:
    if own.share is None and own.axis is not ASKED_OF_INPUTS:
        return own
    worse = [(score.share, name, score) for name, score in inputs if score.share is not None and score.share < 1]
    if not worse:
        return own
    share, name, worst = min(worse, key=lambda each: each[:2])
    costs = own.costs + tuple(Cost(name, score.words) for _, name, score in worse)
    if own.share is not None and own.share <= share:
        return replace(own, costs=costs)
    return Score(own.axis, share, f"{name}: {worst.words}", costs)
