"""The reconciled view as its page shows it: journeys down, outcomes and functions across, beside the last review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from forums.journey_page import why
from forums.models import ViewSnapshot
from forums.reconciliation.lines import (
    Before,
    CaseLine,
    ClaimLine,
    OutcomeLine,
    most_urgent,
    weightiest,
    word_case,
    word_claim,
    word_left,
    word_month,
    word_outcome,
)
from forums.reconciliation.reconciled import reconciled_view
from forums.reconciliation.records import Claim, JourneyRow, Outcome, View
from forums.reconciliation.restated_since import restated_since
from forums.reconciliation.verdicts import Standing, Verdict, listed
from journeys.models import Journey
from metrics.figures.restatements import Restatement
from truthgov.badges import CLAIMS, Badge
from truthgov.figures import word_figure
from truthgov.knowledge import entry_on
from truthgov.models import Appointment, Function, Role
from truthgov.periods import Period

OUTCOMES_SHOWN, CLAIMS_SHOWN, CASES_SHOWN = 5, 4, 3


@dataclass(frozen=True, slots=True)
class Cell:
    """What a function claims on a journey: how many of its KPIs, and how the least of them stands."""

    function: str
    badge: Badge | None
    words: str


@dataclass(frozen=True, slots=True)
class Band:
    """A journey across the page. Equal bands look alike, so that one is rendered once."""

    code: str
    name: str
    verdict: Verdict
    owner: str
    words: str
    was: str
    """Its verdict at the last review, where it differs."""
    outcomes: tuple[OutcomeLine, ...]
    outcomes_left: int
    is_silent: bool
    """Outcomes stand on it, and the month has a figure of none."""
    claims: tuple[ClaimLine, ...]
    claims_left: int
    cases: tuple[CaseLine, ...]
    cases_left: str
    """How many more there are, in words; empty when all are shown."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ViewPage:
    view: View
    bands: list[Band]
    functions: list[str]
    other_cases: list[CaseLine]
    others_left: str
    cases_counted: int
    known_on: date | None
    frozen: ViewSnapshot | None
    """The view that a meeting froze for this month."""
    since: list[Restatement]
    """Of the figures it shows, those restated since."""
    review: ViewSnapshot | None
    """The last review before now, to compare with."""
    compared: bool


def view_page(period: Period, *, known_on: date | None, compared: bool) -> ViewPage:
    """The page for a month, as it stands or as known at the end of a day; a fixed number of queries."""
    entry = entry_on(known_on)
    view = reconciled_view(period, known_at=entry)
    reviews = ViewSnapshot.objects.select_related("meeting__forum")
    if entry is not None:
        reviews = reviews.filter(known_entry__lte=entry)
    frozen = reviews.filter(period_start=period.start).last()
    review = _review_before(period, reviews) if compared else None
    before = Before(review)
    functions = dict(Function.objects.values_list("code", "name"))
    named = sorted({functions.get(claim.function, claim.function) for claim in view.claims})
    owners = _owners(view.as_of)
    codes = {row.code for row in view.journeys}
    others = most_urgent(case for case in view.cases if case.journey not in codes)
    return ViewPage(
        view=view, functions=named,
        bands=[_band(row, view, functions, named, owners.get(row.code, ""), before) for row in view.journeys],
        other_cases=[word_case(case, view.as_of, before) for case in others[:CASES_SHOWN]],
        others_left=word_left(others[CASES_SHOWN:]), cases_counted=sum(case.count for case in view.cases),
        known_on=known_on, frozen=frozen, since=restated_since(frozen, known_at=entry),
        review=review, compared=compared,
    )  # fmt: skip


def _review_before(period: Period, reviews: QuerySet[ViewSnapshot]) -> ViewSnapshot | None:
    return reviews.filter(period_start__lt=period.start).order_by("period_start", "frozen_at").last()


def _owners(on: date) -> dict[str, str]:
    """Journey → who answers for it on a day."""
    held = Appointment.objects.in_force(on=on).filter(role=Role.JOURNEY_OWNER)
    names = dict(held.values_list("scope_id", "person__name"))
    return {code: names.get(scope, "") for code, scope in Journey.objects.values_list("code", "scope_id")}


def _band(row: JourneyRow, view: View, functions: dict[str, str], named: list[str], owner: str, before: Before) -> Band:
    claims = weightiest(claim for claim in view.claims if row.code in claim.journeys)
    shown, outcomes_left = _telling(row.outcomes)
    cases = most_urgent(case for case in view.cases if case.journey == row.code)
    return Band(
        code=row.code, name=row.name, verdict=row.verdict, owner=owner, words=_words(row), was=before.verdict(row),
        outcomes=tuple(word_outcome(outcome, before) for outcome in shown), outcomes_left=outcomes_left,
        is_silent=bool(row.outcomes) and not shown,
        claims=tuple(word_claim(claim, functions) for claim in claims[:CLAIMS_SHOWN]),
        claims_left=max(len(claims) - CLAIMS_SHOWN, 0),
        cases=tuple(word_case(case, view.as_of, before) for case in cases[:CASES_SHOWN]),
        cases_left=word_left(cases[CASES_SHOWN:]), cells=tuple(_cells(claims, functions, named)),
    )  # fmt: skip


def _telling(outcomes: Iterable[Outcome]) -> tuple[list[Outcome], int]:
    """What the target condition demands and what is off target, in that order; and how many others have a figure.

    Where there is nothing of the kind, the others are told instead.
    """
    told = [outcome for outcome in outcomes if outcome.required or outcome.value is not None]
    asked = [outcome for outcome in told if outcome.required or outcome.is_met is False] or told
    shown = sorted(asked, key=lambda outcome: (not outcome.required, outcome.is_met is not False))[:OUTCOMES_SHOWN]
    return shown, len(told) - len(shown)


def _words(row: JourneyRow) -> str:
    """The verdict in words: "failing since August: cancellations 44 %, target 30 %"."""
    if row.verdict is not Verdict.FAILING:
        return f"{row.verdict}: {reason}" if (reason := why(row)) else row.verdict
    off = [
        f"{each.name} {word_figure(each.value, each.unit)}, target {word_figure(each.target, each.unit)}"
        for each in row.failing
    ]
    doubted = f"; {listed([each.name for each in row.unknown])} unknown" if row.unknown else ""
    return f"failing since {word_month(row.failing[0].since)}: {'; '.join(off)}{doubted}"


def _cells(claims: list[Claim], functions: dict[str, str], named: list[str]) -> Iterable[Cell]:
    """What each function claims, by the claim that stands least; `claims` come in that order."""
    of_function: dict[str, list[Claim]] = {name: [] for name in named}
    for claim in claims:
        of_function[functions.get(claim.function, claim.function)].append(claim)
    for name, own in of_function.items():
        first: Standing | None = own[0].standing if own else None
        alike = sum(claim.standing is first for claim in own)
        words = f"{alike} of {len(own)} KPIs" if len(own) > 1 else own[0].name if own else ""
        yield Cell(name, CLAIMS[first] if first else None, words)
