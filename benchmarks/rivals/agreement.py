"""How far the questions find what the product finds, in the month that both have just judged."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from django.db import connections

from benchmarks.rivals.figures import Asked
from metrics.assessment.looks import Look
from metrics.detection.batch import Verdict
from metrics.models import Judgement

Question = Callable[[Asked, Sequence[Look]], str]
Found = Mapping[str, set[tuple[int, int]]]
"""Rule and segment of what is found, by kind."""


@dataclass(frozen=True)
class Agreement:
    """What is found of a kind, in so many rules and segments.

    `judged` counts what the product finds of each pair by itself, `standing` what of it stands once all pairs of the
    kind are counted, which no question about one rule can ask.
    """

    kind: str
    asked: int = 0
    judged: int = 0
    standing: int = 0
    both: int = 0
    both_standing: int = 0

    def and_also(self, other: "Agreement") -> "Agreement":
        """Both taken together, under the name of this one."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in self.__match_args__[1:]}
        return replace(self, **counts)


def agreements(asked: Asked, rules: Sequence[Sequence[Look]], question: Question) -> Iterator[Agreement]:
    """How far a way of asking agrees with the product: kind by kind, then in all."""
    answered, judged, standing = found_by(question, asked, rules), *_found_by_product(asked.month)
    each = [_compared(kind, answered[kind], judged[kind], standing[kind]) for kind in sorted({*answered, *judged})]
    yield from each
    yield reduce(Agreement.and_also, each, Agreement("all kinds"))


def found_by(question: Question, asked: Asked, rules: Sequence[Sequence[Look]]) -> Found:
    """What the questions of some rules find, each rule given by its looks."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    with connections["owner"].cursor() as cursor:
        for looks in rules:
            cursor.execute(question(asked, looks))
            found[looks[0].kind] |= {(looks[0].rule, segment) for (segment, *_) in cursor.fetchall()}
    return found


def _found_by_product(month: date) -> tuple[Found, Found]:
    """What the product has found in a month: of each pair by itself, and what of it stands."""
    by_itself: dict[str, set[tuple[int, int]]] = defaultdict(set)
    standing: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for judgement in Judgement.objects.filter(period_start=month, grain="month"):
        cells = judgement.cells
        for finds, verdicts in ((standing, [Verdict.FLAG]), (by_itself, [Verdict.FLAG, Verdict.NOT_CONTROLLED])):
            chosen = sum(cells["verdict"] == verdict for verdict in verdicts).astype(bool)
            finds[judgement.kind] |= {(judgement.rule_id, segment) for segment in cells["segment"][chosen].tolist()}
    return by_itself, standing


def _compared(kind: str, asked: set, judged: set, standing: set) -> Agreement:
    counts = len(asked), len(judged), len(standing), len(asked & judged), len(asked & standing)
    return Agreement(kind.replace("_", " "), *counts)
