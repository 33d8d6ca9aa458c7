"""Two meetings of the steering forum: a remedy that the figures proved, and one that is on trial."""

from datetime import date

import numpy as np

from forums.motions.acts import Resolution
from forums.motions.motion import Expected, Motion, Undertaking
from metrics.detection.batch import Verdict
from metrics.models import Contradiction, Judgement
from metrics.models.rule import CELL
from tests.factories.forums import Steering, in_session, item_about, steering_forum
from tests.showcase.figures import instant
from tests.showcase.hotel import Hotel
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.lifecycle import advance
from truthgov.periods import Grain

OVERRIDE = "Both sources show the same direction."
CLOCKWORK = Actor(clockwork="assessment")


def decide_cases(hotel: Hotel, cases: dict[str, Contradiction]) -> None:
    """Decide on `repeat` in March, which closes in July, and on `revenue` in September."""
    steering = steering_forum(hotel.truth_owner, hotel.sponsor, [*hotel.leads.values(), *hotel.owners.values()])
    invite = Undertaking("Invite every departing guest by name", hotel.leads["Front Office"], date(2026, 4, 1))
    repeat = hotel.measures["HT.JRN.REPEAT"]
    _decide(
        steering, cases["repeat"], date(2026, 3, 10),
        Motion(Resolution(date(2026, 4, 1)), "Guests are invited back when they depart.", actions=(invite,),
               expects=(Expected(repeat),), review_on=date(2026, 7, 10), trust_override=OVERRIDE),
    )  # fmt: skip
    _prove(cases["repeat"], date(2026, 7, 8))
    lead = hotel.leads["Revenue Management"]
    terms = Undertaking("Ask a deposit for groups above ten rooms", lead, date(2026, 10, 15))
    cancel = hotel.measures["HT.JRN.CANCEL"]
    _decide(
        steering, cases["revenue"], date(2026, 9, 10),
        Motion(Resolution(date(2026, 10, 1)), "Booked revenue is reported net of expected cancellations.",
               actions=(terms,), expects=(Expected(cancel),), review_on=date(2026, 12, 10), trust_override=OVERRIDE),
    )  # fmt: skip


def _decide(steering: Steering, case: Contradiction, on: date, motion: Motion) -> None:
    with clock.at(instant(on)):
        meeting = in_session(steering, on)
        item_about(meeting, case).decide(motion, by=steering.chair)
        meeting.close(by=steering.chair)
    case.refresh_from_db()


def _prove(case: Contradiction, on: date) -> None:
    """The figures close the case, as the assessment does when its rule has stayed quiet."""
    for month in (4, 5, 6):
        Judgement.objects.create(
            rule=case.rule, period_start=date(2026, month, 1), kind=case.kind, grain=Grain.MONTH,
            packed=np.array([(case.segment_id, Verdict.QUIET, 0.4, 0.0)], CELL).tobytes(),
        )  # fmt: skip
    with clock.at(instant(on)), audit.act():
        advance(case, case.Status.IN_REMEDY, case.Status.CLOSED, changed_at=clock.now())
        case.note("proved", by=CLOCKWORK, reason="Quiet for 3 periods.")
