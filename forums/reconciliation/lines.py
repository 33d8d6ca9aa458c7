"""The lines of the reconciled view as its page words them: whole phrases, so that a template only sets them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from forums.cases.queue import word_age
from forums.models import ViewSnapshot
from forums.reconciliation.records import Claim, JourneyRow, OpenCase, Outcome
from forums.reconciliation.verdicts import Standing
from metrics.models import Contradiction
from truthgov.badges import CLAIMS, SEVERITIES, VERDICTS, Badge
from truthgov.figures import Figure, word_figure
from truthgov.periods import MONTHS

STANDINGS = {
    True: replace(VERDICTS["working"], word="On target"),
    False: replace(VERDICTS["failing"], word="Off target"),
    None: VERDICTS["unknown"],
}
ORDER = (Standing.NOT_CLAIMABLE, Standing.OFF_TARGET, Standing.CLAIMABLE, Standing.NOTHING)
"""What a reader needs to see first: a claim that does not stand."""


class Before:
    """What the last review showed, by name; empty without one."""

    def __init__(self, review: ViewSnapshot | None) -> None:
        content: dict[str, Any] = review.content if review else {"journeys": [], "cases": []}
        self.is_known = review is not None
        self.verdicts = {row["code"]: row["verdict"] for row in content["journeys"]}
        self.figures = {each["measure"]: each["value"] for row in content["journeys"] for each in row["outcomes"]}
        self.cases = {number for case in content["cases"] for number in (case["pk"], *case.get("siblings", ()))}

    def figure(self, outcome: Outcome) -> str:
        """The outcome's figure then, where it reads otherwise."""
        value = self.figures.get(outcome.measure)
        if value is None:
            return ""
        before, now = (word_figure(each, outcome.unit).text for each in (Decimal(value), outcome.value))
        return before if before != now else ""

    def verdict(self, row: JourneyRow) -> str:
        """The journey's verdict then, where it differs."""
        before: str = self.verdicts.get(row.code, "")
        return before if before != row.verdict else ""

    def is_new(self, case: OpenCase) -> bool:
        return self.is_known and not self.cases.intersection((case.pk, *case.siblings))


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    code: str
    name: str
    badge: Badge | None
    """How it stands; None where there is nothing to meet."""
    figure: Figure
    words: str
    doubt: str
    restated: bool
    segments: str


def word_outcome(outcome: Outcome, before: Before) -> OutcomeLine:
    """An outcome with its target, since when it misses it, and where."""
    is_judged = outcome.judged and outcome.target is not None
    then = before.figure(outcome)
    told = (
        f"target {word_figure(outcome.target, outcome.unit)}" if outcome.target is not None else "no target",
        "" if outcome.required else "not part of the target condition",
        outcome.rolled_up,
        "" if outcome.judged else "shown, not judged by month",
        f"off target since {word_month(outcome.since)}" if outcome.since else "",
        f"{then} at the last review" if then else "",
    )
    segments = [f"{each.segment} {word_figure(each.value, outcome.unit)}" for each in outcome.failing_segments]
    return OutcomeLine(
        code=outcome.measure, name=outcome.name, badge=STANDINGS[outcome.is_met] if is_judged else None,
        figure=word_figure(outcome.value, outcome.unit), words=_told(told), doubt=outcome.doubt,
        restated=outcome.restated, segments=", ".join(segments),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimLine:
    code: str
    name: str
    badge: Badge
    figure: Figure
    words: str
    doubt: str


def word_claim(claim: Claim, functions: dict[str, str]) -> ClaimLine:
    """A KPI with its function, its target, and why it may be claimed or not."""
    target = f"target {word_figure(claim.target, claim.unit)}" if claim.target is not None else ""
    why = "" if claim.standing is Standing.OFF_TARGET else claim.why  # its badge says so
    words = _told((functions.get(claim.function, claim.function), target, why))
    figure = word_figure(claim.value, claim.unit)
    return ClaimLine(claim.measure, claim.name, CLAIMS[claim.standing], figure, words, claim.doubt)


def weightiest(claims: Iterable[Claim]) -> list[Claim]:
    """What does not stand before what does."""
    return sorted(claims, key=lambda claim: (ORDER.index(claim.standing), claim.function, claim.measure))


@dataclass(frozen=True, slots=True)
class CaseLine:
    """`where` and `siblings` (the queue's filter for all of them) are empty for a case by itself."""

    pk: int
    title: str
    status: str
    badge: Badge
    words: str
    where: str
    count: int
    siblings: str


def word_case(case: OpenCase, on: date, before: Before) -> CaseLine:
    """A contradiction with its siblings: how old, who answers, in which segments."""
    age, *named = word_age(case.opened_on, on), *case.segments
    told = (
        f"{age} the oldest" if case.siblings else age,
        f"{case.answers} answers",
        f"came back {case.recurrences}×" if case.recurrences else "",
        "new since the last review" if before.is_new(case) else "",
    )
    asked = {"state": "all", "q": " ".join(case.measures), "kind": case.kind, "journey": case.journey}
    return CaseLine(
        pk=case.pk, title=case.title, status=case.status, badge=SEVERITIES[case.severity], words=_told(told),
        where=f"in {case.count} segments, worst first: {'; '.join(named)}" if case.siblings else "",
        count=case.count, siblings=urlencode(asked) if case.siblings else "",
    )  # fmt: skip


def most_urgent(cases: Iterable[OpenCase]) -> list[OpenCase]:
    """What nobody has decided yet before what is in remedy, each from the most severe on."""
    return sorted(cases, key=lambda case: case.status != Contradiction.Status.OPEN)


def word_left(cases: Iterable[OpenCase]) -> str:
    """How many are not shown, by their state: "8 more: 2 open, 6 in remedy"."""
    counts = {Contradiction.Status.OPEN.value: 0, Contradiction.Status.IN_REMEDY.value: 0}
    for case in cases:
        counts[case.status] += case.count
    parts = [f"{count} {status.replace('_', ' ')}" for status, count in counts.items() if count]
    return f"{sum(counts.values())} more: {', '.join(parts)}" if parts else ""


def word_month(start: date | None) -> str:
    return f"{MONTHS[start.month - 1]} {start.year}" if start else ""


def _told(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)
