"""Contradictions in each of their states, with signals, a challenge, positions and what happened to them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.models import Contradiction, Link, Reading, Rule, Segment, Series, Signal
from tests.showcase.figures import RECORD, instant
from tests.showcase.hotel import Hotel
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.figures import word_figure
from truthgov.periods import MONTHS

CRM = "CRM"
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
    """Surface what `PLANS` says, and let one be answered and one be declared a false alarm."""
    cases = {name: _surface(hotel, plan) for name, plan in PLANS.items()}
    _answer(hotel, cases["growth"])
    with clock.at(instant(date(2026, 4, 20))):
        cases["rooms"].declare_false_alarm(by=Actor(person=hotel.truth_owner), reason="One wing was being renovated.")
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
    with audit.act(), clock.at(opened):
        case.note("opened", by=CLOCKWORK, period_start=case.first_period)
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
    own, other = _figures(hotel, plan, month)
    cited = [own.observation_id, other.observation_id]
    return Signal.objects.create(
        contradiction=case, rule=case.rule, segment=case.segment, period_start=date(2026, month, 1), p_value=0.0004,
        effect=0.07, sentence=_sentence(hotel, plan, month), observations=cited, at=case.opened_at,
        evidence={
            "period": f"2026-{month:02d}",
            "figures": {"kpi_value": float(own.value), "value": float(other.value), "reference": 0.3, "effect": 0.07,
                        "baseline": 0.31, "lower": 0.2512, "upper": 0.3631, "p": 0.0004, "basis": "level",
                        "size": 4925.0, "run": 3.0},
            "window": {"from": "2024-11-01", "to": f"2026-{month:02d}-28"},
            "kpi": {"definition": own.definition_id, "version": 1},
            "outcome": {"definition": other.definition_id, "version": 1},
            "lag": 0,
            "weight": {"times_the_smallest_that_matters": 1.4, "periods_in_a_row": 3, "share": 1.0},
        },
    )  # fmt: skip


def _figures(hotel: Hotel, plan: Plan, month: int) -> tuple[Reading, Reading]:
    """Both sides' figures of a month: of two measures, or of one measure from two sources."""
    sides = ((plan.measure, RECORD), (plan.other or plan.measure, RECORD if plan.other else CRM))
    own, other = (
        Reading.objects.get(
            series=Series.objects.get(measure=hotel.measures[code], segment__key=plan.segment, source__name=name),
            period_start=date(2026, month, 1),
        )
        for code, name in sides
    )
    return own, other


def _sentence(hotel: Hotel, plan: Plan, month: int) -> str:
    told = []
    for code, figure in zip((plan.measure, plan.other or plan.measure), _figures(hotel, plan, month), strict=True):
        definition = hotel.measures[code].definitions.get(version=1)
        told.append(f"{hotel.measures[code].name} {word_figure(figure.value, definition.currency or definition.unit)}")
    by = "" if plan.other else f" by {CRM}"
    return f"{told[0]} in {MONTHS[month - 1]} 2026, while {told[1]}{by}."


def _answer(hotel: Hotel, case: Contradiction) -> None:
    """Both sides are asked in September; Marketing answers, the journey's owner has not yet."""
    owner = Actor(person=hotel.truth_owner)
    marketing, journey = hotel.measures["HT.MKT.BOOKINGS_YOY"].function, hotel.journeys["Book-to-stay"]
    with clock.at(instant(date(2026, 9, 15))):
        asked = case.challenge(
            scope=marketing.scope, question="Which channels bring the bookings that are cancelled?",
            due_on=date(2026, 9, 29), by=owner,
        )  # fmt: skip
        case.challenge(
            scope=journey.scope, question="What do guests who cancel tell us?", due_on=date(2026, 10, 6), by=owner
        )
    with clock.at(instant(date(2026, 9, 24))):
        case.take_position(
            scope=marketing.scope, stance="contested", challenge=asked,
            by=Actor(person=hotel.leads["Marketing & Distribution"]),
            claim="Demand is real: growth comes from new online channels, which cancel more by their nature.",
            evidence="Direct bookings cancel at 17 %, online travel agents at 41 %.",
        )  # fmt: skip
