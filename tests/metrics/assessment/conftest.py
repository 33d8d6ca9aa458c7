"""A KPI of Sales and the outcome it serves, with three years of quiet figures to judge the last months by."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

import pytest
from django.db import connection

from forums.motions.acts import Resolution
from forums.motions.motion import Act, Motion
from metrics.assessment import assess
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Contradiction, Link, Measure
from tests.factories.forums import in_session, item_about, steering_forum
from tests.factories.metrics import LinkFactory, SourceFactory, SourceOfRecordFactory, dimension, measure
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function, Mandate, Person
from truthgov.periods import Grain, Period

CLOCKWORK = Actor(clockwork="test")
SIZE = 2000
QUIET_MONTHS = 36
AUGUST = date(2026, 8, 1)
LAST_QUIET = Period.parse("2026-06", Grain.MONTH)
WOBBLE = (0.004, -0.003, 0.001, -0.005, 0.003, 0.000, 0.002, -0.002, 0.005, -0.004, 0.001)
GOOD, BAD = 0.93, 0.80
"""Shares of promises kept, above and below the target of 0.9."""

Push = Callable[..., None]


def quiet(level: float, count: int = QUIET_MONTHS) -> list[float]:
    """Figures that wobble about a level by chance alone."""
    return [level + WOBBLE[number % len(WOBBLE)] for number in range(count)]


@pytest.fixture
def claimed(sales: Function) -> Measure:
    """A KPI of Sales, far on the good side of its target."""
    return measure("sales.conversion", target="0.20", min_effect="0.02", reliable_from=50)


@pytest.fixture
def served(sales: Function) -> Measure:
    """The outcome that the KPI serves: the share of promises kept."""
    return measure("journey.kept", outcome=True, target="0.90", red_threshold="0.85", min_effect="0.03",
                   reliable_from=50)  # fmt: skip


@pytest.fixture
def link(claimed: Measure, served: Measure) -> Link:
    return LinkFactory(from_measure=claimed, to_measure=served)


@pytest.fixture
def push(claimed: Measure, served: Measure) -> Push:
    """`push(measure, [0.9, None, ...], first="2026-07")`: figures month by month; None is a gap."""
    SourceFactory(code="crm")
    SourceFactory(code="survey")
    dimension("channel", "web", "phone")

    def pushed(
        of: Measure, values: Sequence[float | None], *, first: str, segment: str = "", source: str = "crm",
        size: int = SIZE, reason: str = "",
    ) -> None:  # fmt: skip
        start = Period.parse(first, Grain.MONTH)
        rows = [
            {"measure": of.code, "period": start.shift(number).code, "segment": segment, "value": f"{value:.6f}",
             "numerator": f"{value * size:.3f}", "denominator": size}
            for number, value in enumerate(values) if value is not None
        ]  # fmt: skip
        ingest(Rows.of(rows), Delivery(channel="api", source=source, reason=reason), by=CLOCKWORK)

    return pushed


@pytest.fixture
def quiet_years(link: Link, push: Push) -> None:
    """Both sides quiet and on target up to June 2026, assessed."""
    for each in (link.from_measure, link.to_measure):
        SourceOfRecordFactory(measure=each, source=SourceFactory(code="crm"))
    first = LAST_QUIET.shift(1 - QUIET_MONTHS).code
    push(link.from_measure, quiet(0.25), first=first)
    push(link.to_measure, quiet(GOOD), first=first)
    assess()


@pytest.fixture
def go_bad(quiet_years: None, link: Link, push: Push) -> Callable[..., None]:
    """`go_bad(2)`: so many months in which the KPI holds and the outcome does not, from July 2026 on, assessed."""

    def gone_bad(months: int, *, first: str = "2026-07") -> None:
        push(link.from_measure, quiet(0.25, months), first=first)
        push(link.to_measure, quiet(BAD, months), first=first)
        assess()

    return gone_bad


@pytest.fixture
def decide(
    truth_owner: Person, sponsor: Person, mandate: Mandate, executive: Person, sales_lead: Person, delivery_lead: Person
) -> Callable[..., None]:
    """`decide(case, day)`: the steering forum decides, and the periods from a day on may prove the remedy.

    `decide(case, day, act)` for another act than a remedy, on that day.
    """

    def decided(case: Contradiction, remedy_from: date, act: Act | None = None) -> None:
        forum = steering_forum(truth_owner, sponsor, [sales_lead, delivery_lead, executive])
        with clock.at(datetime.combine(remedy_from, time(9), UTC)):
            item = item_about(in_session(forum), case)
            motion = Motion(act or Resolution(remedy_from), "We promise less.")
            item.decide(motion, by=Actor(person=truth_owner))
        connection.check_constraints()  # as its commit would
        case.refresh_from_db()

    return decided


@pytest.fixture
def in_remedy(go_bad: Callable[..., None], decide: Callable[..., None]) -> Contradiction:
    """July was bad, a forum decided, and from August on the figures may prove it."""
    with clock.at(datetime.combine(AUGUST, time(8), UTC)):
        go_bad(1)
    case = Contradiction.objects.get(kind="divergence")
    decide(case, AUGUST)
    return case


@pytest.fixture
def report(link: Link, push: Push) -> Callable[..., None]:
    """`report(0.9, None, first="2026-08")`: the outcome's next months; the KPI holds."""

    def reported(*values: float | None, first: str = "2026-08", reason: str = "") -> None:
        push(link.from_measure, quiet(0.25, len(values)), first=first, reason=reason)
        push(link.to_measure, values, first=first, reason=reason)
        assess()

    return reported
