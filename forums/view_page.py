"""The reconciled view as its page words it: journeys down, outcomes and functions across, beside the last review."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from forums.journey_page import why
from forums.models import ViewSnapshot
from forums.queue import word_age
from forums.reconciled import reconciled_view
from forums.restated_since import restated_since
from forums.verdicts import Standing, Verdict, listed
from forums.view_records import Claim, JourneyRow, OpenCase, Outcome, View
from journeys.models import Journey
from metrics.models import Contradiction
from metrics.restatements import Restatement
from truthgov import audit
from truthgov.badges import CLAIMS, SEVERITIES, VERDICTS, Badge
from truthgov.figures import Figure, word_figure
from truthgov.models import Appointment, Function, Role
from truthgov.periods import MONTHS, Period

CLAIMS_SHOWN = 6
OUTCOMES_SHOWN = 8
CASES_SHOWN = 5
STANDINGS = {
    True: replace(VERDICTS["working"], word="On target"),
    False: replace(VERDICTS["failing"], word="Off target"),
    None: VERDICTS["unknown"],
}


@dataclass(frozen=True)
class OutcomeLine:
    outcome: Outcome
    badge: Badge | None
    """How it stands; None where there is nothing to meet."""
    figure: Figure
    target: Figure | None
    since: str
    segments: str
    before: Figure | None
    """The figure at the last review, where it differs."""


@dataclass(frozen=True)
class ClaimLine:
    claim: Claim
    badge: Badge
    function: str
    figure: Figure
    target: Figure | None


@dataclass(frozen=True)
class CaseLine:
    case: OpenCase
    badge: Badge
    age: str
    owner: str
    is_new: bool
    """Opened after the last review."""


@dataclass(frozen=True)
class Cell:
    """What a function claims on a journey: how many of its KPIs, and how the least of them stands."""

    function: str
    standing: Standing | None
    badge: Badge | None
    words: str


@dataclass(frozen=True)
class Band:
    """A journey across the page."""

    row: JourneyRow
    owner: str
    words: str
    was: str
    """Its verdict at the last review, where it differs."""
    outcomes: list[OutcomeLine]
    outcomes_left: int
    claims: list[ClaimLine]
    claims_left: int
    cases: list[CaseLine]
    cases_left: str
    """How many more there are, in words; empty when all are shown."""
    cells: list[Cell]


@dataclass(frozen=True)
class ViewPage:
    view: View
    bands: list[Band]
    functions: list[str]
    other_cases: list[CaseLine]
    others_left: str
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
    view = reconciled_view(period, known_at=_entry_on(known_on))
    frozen = ViewSnapshot.objects.filter(period_start=period.start).select_related("meeting__forum").last()
    review = _review_before(period) if compared else None
    before = _Before(review)
    functions = dict(Function.objects.values_list("code", "name"))
    owners = _owners(view.as_of)
    bands = [_band(row, view, functions, owners, before) for row in view.journeys]
    codes = {row.code for row in view.journeys}
    others = _most_urgent(case for case in view.cases if case.journey not in codes)
    named = sorted({functions.get(claim.function, claim.function) for claim in view.claims})
    return ViewPage(
        view=view, bands=bands, functions=named,
        other_cases=[_case(case, view, before) for case in others[:CASES_SHOWN]],
        others_left=_left(others[CASES_SHOWN:]),
        known_on=known_on, frozen=frozen, since=restated_since(frozen), review=review, compared=compared,
    )  # fmt: skip


def _entry_on(day: date | None) -> int | None:
    """A day means the last entry made on it, in the organisation's zone."""
    if day is None:
        return None
    return audit.known_on(timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time())))


def _review_before(period: Period) -> ViewSnapshot | None:
    earlier = ViewSnapshot.objects.filter(period_start__lt=period.start).select_related("meeting__forum")
    return earlier.order_by("period_start", "frozen_at").last()


class _Before:
    """What the last review showed, by name; empty without one."""

    def __init__(self, review: ViewSnapshot | None) -> None:
        content: dict[str, Any] = review.content if review else {"journeys": [], "cases": []}
        self.is_known = review is not None
        self.verdicts = {row["code"]: row["verdict"] for row in content["journeys"]}
        self.figures = {each["measure"]: each["value"] for row in content["journeys"] for each in row["outcomes"]}
        self.cases = {case["pk"] for case in content["cases"]}

    def figure(self, outcome: Outcome) -> Figure | None:
        value = self.figures.get(outcome.measure)
        before = Decimal(value) if value is not None else None
        return word_figure(before, outcome.unit) if before is not None and before != outcome.value else None

    def verdict(self, row: JourneyRow) -> str:
        before = self.verdicts.get(row.code, "")
        return before if before != row.verdict else ""

    def is_new(self, case: OpenCase) -> bool:
        return self.is_known and case.pk not in self.cases


def _owners(on: date) -> dict[str, str]:
    """Journey → who answers for it on a day."""
    held = Appointment.objects.in_force(on=on).filter(role=Role.JOURNEY_OWNER)
    names = dict(held.values_list("scope_id", "person__name"))
    return {code: names.get(scope, "") for code, scope in Journey.objects.values_list("code", "scope_id")}


def _band(row: JourneyRow, view: View, functions: dict[str, str], owners: dict[str, str], before: _Before) -> Band:
    claims = _weightiest(claim for claim in view.claims if row.code in claim.journeys)
    shown = _telling(row.outcomes)
    cases = _most_urgent(case for case in view.cases if case.journey == row.code)
    names = sorted({functions.get(claim.function, claim.function) for claim in view.claims})
    return Band(
        row=row, owner=owners.get(row.code, ""), words=_words(row), was=before.verdict(row),
        outcomes=[_outcome(outcome, before) for outcome in shown[:OUTCOMES_SHOWN]],
        outcomes_left=max(len(shown) - OUTCOMES_SHOWN, 0),
        claims=[_claim(claim, functions) for claim in claims[:CLAIMS_SHOWN]],
        claims_left=max(len(claims) - CLAIMS_SHOWN, 0),
        cases=[_case(case, view, before) for case in cases[:CASES_SHOWN]], cases_left=_left(cases[CASES_SHOWN:]),
        cells=[_cell(name, [claim for claim in claims if functions.get(claim.function) == name]) for name in names],
    )  # fmt: skip


def _most_urgent(cases: Iterable[OpenCase]) -> list[OpenCase]:
    """What nobody has decided yet before what is in remedy, each from the most severe on."""
    return sorted(cases, key=lambda case: case.status != Contradiction.Status.OPEN)


def _left(cases: list[OpenCase]) -> str:
    """How many are not shown, by their state: "8 more: 2 open, 6 in remedy"."""
    is_open = sum(case.status == Contradiction.Status.OPEN for case in cases)
    parts = [f"{count} {state}" for count, state in ((is_open, "open"), (len(cases) - is_open, "in remedy")) if count]
    return f"{len(cases)} more: {', '.join(parts)}" if cases else ""


def _telling(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those with something to say, what the target condition demands first."""
    told = [outcome for outcome in outcomes if outcome.required or outcome.value is not None]
    return sorted(told, key=lambda outcome: not outcome.required)


def _words(row: JourneyRow) -> str:
    """The verdict in words: "failing since August: cancellations 44 %, target 30 %"."""
    if row.verdict is not Verdict.FAILING:
        return f"{row.verdict}: {reason}" if (reason := why(row)) else row.verdict
    off = [
        f"{each.name} {word_figure(each.value, each.unit)}, target {word_figure(each.target, each.unit)}"
        for each in row.failing
    ]
    doubted = f"; {listed([each.name for each in row.unknown])} unknown" if row.unknown else ""
    return f"failing since {_month(row.failing[0].since)}: {'; '.join(off)}{doubted}"


ORDER = (Standing.NOT_CLAIMABLE, Standing.OFF_TARGET, Standing.CLAIMABLE, Standing.NOTHING)
"""What a reader needs to see first: a claim that does not stand."""


def _weightiest(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: (ORDER.index(claim.standing), claim.function, claim.measure))


def _cell(function: str, claims: list[Claim]) -> Cell:
    if not claims:
        return Cell(function, None, None, "")
    first = _weightiest(claims)[0].standing
    alike = sum(claim.standing is first for claim in claims)
    return Cell(function, first, CLAIMS[first], f"{alike} of {len(claims)} KPIs" if len(claims) > 1 else claims[0].name)


def _claim(claim: Claim, functions: dict[str, str]) -> ClaimLine:
    target = word_figure(claim.target, claim.unit) if claim.target is not None else None
    name = functions.get(claim.function, claim.function)
    return ClaimLine(claim, CLAIMS[claim.standing], name, word_figure(claim.value, claim.unit), target)


def _outcome(outcome: Outcome, before: _Before) -> OutcomeLine:
    is_judged = outcome.judged and outcome.target is not None
    segments = [f"{each.segment} {word_figure(each.value, outcome.unit)}" for each in outcome.failing_segments]
    return OutcomeLine(
        outcome=outcome, badge=STANDINGS[outcome.is_met] if is_judged else None,
        figure=word_figure(outcome.value, outcome.unit),
        target=word_figure(outcome.target, outcome.unit) if outcome.target is not None else None,
        since=_month(outcome.since) if outcome.since else "", segments=", ".join(segments),
        before=before.figure(outcome),
    )  # fmt: skip


def _month(start: date | None) -> str:
    return f"{MONTHS[start.month - 1]} {start.year}" if start else ""


def _case(case: OpenCase, view: View, before: _Before) -> CaseLine:
    age = word_age(case.opened_on, view.as_of)
    return CaseLine(case, SEVERITIES[case.severity], age, case.answers, before.is_new(case))
