"""What approving a version would touch is said before anybody approves it."""

from decimal import Decimal

from forums.measures.impact import Dependants, impact
from journeys.models import Journey
from metrics.figures.courses import Point
from metrics.models import Contradiction, Definition, Link, Measure, RequiredOutcome, Rule, TargetCondition
from metrics.models import Segment as Cut
from truthgov.periods import Grain, Period

BOOKING = Journey(name="Book to stay")
WON = Measure(code="sales.won", name="Share won")
STAYS = Measure(code="journey.stays", name="Stays", kind=Measure.Kind.JOURNEY_OUTCOME, journey=BOOKING)
OCTOBER = Period.parse("2026-10", Grain.MONTH)


def version(**terms: object) -> Definition:
    return Definition(measure=WON, direction=Definition.Direction.HIGHER, decimals=2, **terms)


def points(*values: str) -> list[Point]:
    now = version()
    return [Point(OCTOBER.shift(-at), now, value=Decimal(value)) for at, value in enumerate(values)]


def test_everything_that_relies_on_it_is_named_once():
    rely = Dependants(
        links=[Link(kind=Link.Kind.DIVERGENCE, from_measure=WON, to_measure=STAYS)] * 2,
        rules=[Rule(kind=Rule.Kind.DIVERGENCE)],
        required_by=[RequiredOutcome(condition=TargetCondition(journey=BOOKING), measure=STAYS)],
        contradictions=[Contradiction(measure=WON, other_measure=STAYS, segment=Cut(key="{}", values={}))],
        decisions=3,
        derived=[Definition(measure=Measure(code="sales.lost", name="Share lost"))],
    )
    told = dict(impact(version(), version(), [], rely))
    assert told["Links"] == "Share won serves Stays (2)"
    assert told["Computed from it"] == "Share lost"
    assert told["Rules judged anew"] == "divergence"
    assert told["Target conditions"] == "Book to stay"
    assert told["Journeys reached"] == "Book to stay (2)"
    assert told["Open cases"] == "Share won against Stays"
    assert told["Decisions that leaned on it"].startswith("3, ")


def test_another_target_is_tried_on_the_latest_figures():
    now, then = version(target=Decimal("0.3")), version(target=Decimal("0.5"))
    told = dict(impact(now, then, points("0.4", "0.6", "0.2"), Dependants([], [], [], [], 0)))
    assert told["Target"] == "Of the last 3 figures, 2 meet the target now, and 1 meets the target under this version."


def test_what_relies_on_nothing_touches_only_the_counting():
    told = impact(version(), version(changes_counting=True), [], Dependants([], [], [], [], 0))
    assert told == [
        ("Counting", "It counts differently: a break in every chart, and no comparison of figures across it.")
    ]
