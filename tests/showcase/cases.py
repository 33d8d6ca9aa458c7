"""Contradictions in each of their states, with signals, a challenge, positions and what happened to them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.models import (
    Challenge,
    Contradiction,
    ContradictionEvent,
    Link,
    Position,
    Reading,
    Rule,
    Segment,
    Series,
    Signal,
)
from tests.showcase.figures import RECORD, instant
from tests.showcase.hotel import Hotel
from truthgov.actor import Actor
from truthgov.figures import word_figure
from truthgov.models import Person
from truthgov.periods import MONTHS

CRM = "CRM load with exact duplicates removed"
Kind, Severity, Status = Contradiction.Kind, Contradiction.Severity, Contradiction.Status
CLOCKWORK = Actor(clockwork="assessment")


@dataclass(frozen=True)
class Plan:
    """What to surface: parties by measure code, scope, when it was seen, and how bad it is."""

    kind: str
    measure: str
    other: str | None
    months: tuple[int, ...]
    severity: str
    rank: float
    why: str
    segment: str = "{}"
    journey: str = "Book-to-stay"
    customers: int | None = None
    value: str | None = None


PLANS = {
    "growth": Plan(
        Kind.DIVERGENCE, "HT.MKT.BOOKINGS_YOY", "HT.JRN.CANCEL", (4, 5, 6, 7, 8, 9, 10), Severity.CRITICAL, 3.6,
        "Cancellations stand 7 points above target, for seven months in a row, over 5,200 bookings a month.",
        customers=1900, value="589000",
    ),
    "revenue": Plan(
        Kind.DIVERGENCE, "HT.REV.BOOKED_YOY", "HT.JRN.CANCEL", (6, 7, 8), Severity.HIGH, 2.7,
        "Cancellations stand 13 points above target, for three months in a row.", customers=1400, value="434000",
    ),
    "secured": Plan(
        Kind.DIVERGENCE, "HT.SAL.SECURED", "HT.JRN.CANCEL", (6, 7, 8, 9), Severity.HIGH, 2.4,
        "City Hotel's cancellations stand 15 points above target, for four months in a row.",
        segment='{"hotel":"City Hotel"}', customers=1100, value="341000",
    ),
    "handoff": Plan(
        Kind.HANDOFF, "HT.REV.BOOKED", "HT.FIN.REALISED", (9, 10), Severity.MODERATE, 1.6,
        "A third of the booked revenue is not realised, for two months in a row.", value="395000",
    ),
    "sources": Plan(
        Kind.SOURCE_DISAGREEMENT, "HT.JRN.CANCEL", None, (8, 9, 10), Severity.LOW, 0.8,
        "The two sources differ by 3 to 6 points, three months in a row.",
    ),
    "repeat": Plan(
        Kind.DIVERGENCE, "HT.MKT.BOOKINGS_YOY", "HT.JRN.REPEAT", (1, 2), Severity.MODERATE, 1.2,
        "Returning guests stood 2 points below target, two months in a row.", journey="Return",
    ),
    "rooms": Plan(
        Kind.DIVERGENCE, "HT.REV.BOOKED_YOY", "HT.FO.AS_RESERVED", (3,), Severity.LOW, 0.4,
        "One month, 2 points below target.",
    ),
}  # fmt: skip


def surface_cases(hotel: Hotel) -> dict[str, Contradiction]:
    """Surface what `PLANS` says, and let some of it be answered, proved or declared a false alarm."""
    cases = {name: _surface(hotel, plan) for name, plan in PLANS.items()}
    _answer(hotel, cases["growth"])
    owner = hotel.truth_owner
    _move(cases["repeat"], Status.IN_REMEDY, "entered_remedy", date(2026, 3, 12), owner, "Invite guests at departure.")
    _move(cases["repeat"], Status.CLOSED, "closed", date(2026, 7, 8), None, "Quiet for 3 periods.")
    _move(cases["rooms"], Status.FALSE_ALARM, "false_alarm", date(2026, 4, 20), owner, "One wing was being renovated.")
    return cases


def _surface(hotel: Hotel, plan: Plan) -> Contradiction:
    opened = instant(date(2026, plan.months[1 if len(plan.months) > 1 else 0], 8))
    parties = _parties(hotel, plan)
    case = Contradiction.objects.create(
        kind=plan.kind, rule=_rule(plan, parties), journey=hotel.journeys[plan.journey],
        segment=Segment.objects.get(key=plan.segment), severity=plan.severity, severity_rank=plan.rank,
        severity_why=plan.why, exposure_customers=plan.customers,
        exposure_value=Decimal(plan.value) if plan.value else None, first_period=date(2026, plan.months[0], 1),
        last_period=date(2026, plan.months[-1], 1), opened_at=opened, changed_at=opened,
        statement=_sentence(hotel, plan, plan.months[-1]), **parties,
    )  # fmt: skip
    _note(case, "opened", None, "", on=opened.date())
    for month in plan.months:
        _signal(hotel, plan, case, month)
    return case


def _parties(hotel: Hotel, plan: Plan) -> dict[str, Any]:
    parties: dict[str, Any] = {"measure": hotel.measures[plan.measure]}
    if plan.other:
        return parties | {"other_measure": hotel.measures[plan.other]}
    pair = sorted((hotel.sources[RECORD], hotel.sources[CRM]), key=lambda source: source.pk)
    return parties | {"source": pair[0], "other_source": pair[1]}


def _rule(plan: Plan, parties: dict[str, Any]) -> Rule:
    if plan.other is None:
        return Rule.objects.get_or_create(
            kind=plan.kind, measure=parties["measure"], source=parties["source"], other_source=parties["other_source"]
        )[0]
    link = Link.objects.get(
        kind=plan.kind, from_measure=parties["measure"], to_measure=parties["other_measure"]
    )  # fmt: skip
    return Rule.objects.get_or_create(kind=plan.kind, link=link)[0]


def _signal(hotel: Hotel, plan: Plan, case: Contradiction, month: int) -> Signal:
    own, other = _figure(hotel, plan, plan.measure, month), _figure(hotel, plan, plan.other or plan.measure, month)
    cited = [own.observation_id, other.observation_id]
    return Signal.objects.create(
        contradiction=case, rule=case.rule, segment=case.segment, period_start=date(2026, month, 1), p_value=0.0004,
        effect=0.07, sentence=_sentence(hotel, plan, month), observations=cited, at=case.opened_at,
        evidence={
            "figures": {plan.measure: str(own.value), plan.other or CRM: str(other.value)},
            "limits": {"lower": "0.2512", "upper": "0.3631"}, "window": "November 2024 to the month before",
            "definition_versions": {plan.measure: 1}, "why": "On target while the outcome it serves is off target.",
        },
    )  # fmt: skip


def _figure(hotel: Hotel, plan: Plan, code: str, month: int) -> Reading:
    name = CRM if plan.other is None and code == plan.other else RECORD
    series = Series.objects.get(measure=hotel.measures[code], segment__key=plan.segment, source__name=name)
    return Reading.objects.get(series=series, period_start=date(2026, month, 1))


def _sentence(hotel: Hotel, plan: Plan, month: int) -> str:
    shown = []
    for code in (plan.measure, plan.other or plan.measure):
        definition = hotel.measures[code].definitions.get(version=1)
        figure = word_figure(_figure(hotel, plan, code, month).value, definition.currency or definition.unit)
        shown.append(f"{hotel.measures[code].name} {figure}")
    return f"{shown[0]} in {MONTHS[month - 1]} 2026, while {shown[1]}."


def _answer(hotel: Hotel, case: Contradiction) -> None:
    marketing = hotel.measures["HT.MKT.BOOKINGS_YOY"].function
    lead = hotel.leads["Marketing & Distribution"]
    owner_appointment = hotel.truth_owner.appointments.get()
    challenges = [
        Challenge.objects.create(
            contradiction=case, scope=scope, question=question, due_on=due, asked_by=hotel.truth_owner,
            appointment=owner_appointment, asked_at=instant(date(2026, 9, 15)),
        )
        for scope, question, due in (
            (marketing.scope, "Which channels bring the bookings that are cancelled?", date(2026, 9, 29)),
            (case.other_measure.journey.scope, "What do guests who cancel tell us?", date(2026, 10, 6)),
        )
    ]  # fmt: skip
    Position.objects.create(
        contradiction=case, challenge=challenges[0], scope=marketing.scope, taken_by=lead,
        appointment=lead.appointments.get(), taken_at=instant(date(2026, 9, 24)),
        claim="Demand is real: growth comes from new online channels, which cancel more by their nature.",
        evidence="Direct bookings cancel at 17 %, online travel agents at 41 %.",
    )  # fmt: skip
    _note(case, "challenged", hotel.truth_owner, challenges[0].question, on=date(2026, 9, 15))
    _note(case, "position_taken", lead, "", on=date(2026, 9, 24))


def _move(case: Contradiction, status: str, code: str, on: date, person: Person | None, reason: str) -> None:
    changes: dict[str, Any] = {"status": status, "changed_at": instant(on)}
    if status == Status.IN_REMEDY:
        changes["remedy_from"] = date(on.year, on.month + 1, 1)
    Contradiction.objects.filter(pk=case.pk).update(**changes)
    case.refresh_from_db()
    _note(case, code, person, reason, on=on)


def _note(case: Contradiction, code: str, person: Person | None, reason: str, *, on: date) -> None:
    actor = Actor(person=person) if person else CLOCKWORK
    ContradictionEvent.objects.create(
        contradiction=case, code=code, status=case.status, actor=actor.as_record(), person=person, reason=reason,
        at=instant(on),
    )  # fmt: skip
