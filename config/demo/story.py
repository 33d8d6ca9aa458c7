"""What the steering forum of the demonstration decided, month by month: invented, on the hotels' real figures."""

from dataclasses import dataclass

from config.demo.cast import JOURNEY_OWNERS, LEADS, Part
from metrics.models import Rule

MARKETING, REVENUE, GROUPS, RESERVATIONS, FRONT_OFFICE, FINANCE = LEADS
BOOK_TO_STAY, RETURN = JOURNEY_OWNERS
CITY, RESORT, WHOLE = {"hotel": "City Hotel"}, {"hotel": "Resort Hotel"}, {}


@dataclass(frozen=True)
class Task:
    """An action given out with a decision; `done` is the proof its owner shows two weeks later, if they do."""

    title: str
    owner: Part
    done: str = ""
    due_after_days: int = 30


@dataclass(frozen=True)
class Chapter:
    """A case that one meeting decides. `months_ago` counts back from the last reported month."""

    months_ago: int
    kind: str
    measure: str
    other: str
    """The other measure's code, or how the other source's name begins."""
    segment: dict[str, str]
    wording: str
    asks: str = ""
    asked: Part | None = None
    claim: str = ""
    expects: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    dissent: str = ""


CHAPTERS = (
    Chapter(
        months_ago=4,
        kind=Rule.Kind.SOURCE_DISAGREEMENT,
        measure="HT.JRN.CANCEL",
        other="CRM load",
        segment=WHOLE,
        wording="Source of record for cancellations: the property management system. The CRM load drops rows that look "
        "alike but are different guests; its figure stays on display.",
        asked=MARKETING,
        asks="Your CRM shows a fifth fewer cancellations than the property management system. Which are missing?",
        claim="The CRM drops exact duplicates. We now see that these are separate bookings with equal attributes.",
    ),
    Chapter(
        months_ago=4,
        kind=Rule.Kind.DIVERGENCE,
        measure="HT.REV.BOOKED_YOY",
        other="HT.JRN.CANCEL",
        segment=CITY,
        wording="City Hotel: from next month, rates that can be cancelled free of charge ask for a card guarantee, and "
        "Revenue Management reports booked revenue net of expected cancellations.",
        asked=REVENUE,
        asks="Booked revenue at the City Hotel is far above last year while every second booking is cancelled. What do "
        "you claim?",
        claim="We sold what the market offered at better rates. Guests decide on cancelling after they booked.",
        expects=("HT.JRN.CANCEL",),
        tasks=(
            Task(
                "Card guarantee on all flexible City Hotel rates",
                REVENUE,
                done="Rate plans changed in the booking engine; 31 of 31 flexible plans ask for a card.",
            ),
            Task("Show booked revenue net of expected cancellations in the monthly pack", FINANCE, due_after_days=140),
        ),
        dissent="A card guarantee will cost us bookings that our competitors gladly take.",
    ),
    Chapter(
        months_ago=3,
        kind=Rule.Kind.HANDOFF,
        measure="HT.MKT.BOOKINGS",
        other="HT.FO.AS_RESERVED",
        segment=RESORT,
        wording="Resort Hotel: no room type is sold beyond its count; Front Office reports each reassignment.",
        expects=("HT.FO.AS_RESERVED",),
        tasks=(
            Task(
                "Close room types at their physical count in all channels",
                RESERVATIONS,
                done="Allotments reset with all partners; no type oversold in three audits.",
            ),
        ),
    ),
    Chapter(
        months_ago=2,
        kind=Rule.Kind.DIVERGENCE,
        measure="HT.MKT.BOOKINGS_YOY",
        other="HT.JRN.REPEAT",
        segment={"hotel": "City Hotel", "market_segment": "Online TA"},
        wording="Guests of online agencies are written to within a week of their stay, with a direct offer.",
        asked=RETURN,
        asks="Bookings through online agencies grow; hardly a guest returns. What would bring them back?",
        claim="We hold an address for one guest in three. Without the others no offer can work.",
        expects=("HT.JRN.REPEAT",),
        tasks=(Task("Direct offer within a week of departure", MARKETING, due_after_days=45),),
    ),
    Chapter(
        months_ago=1,
        kind=Rule.Kind.DIVERGENCE,
        measure="HT.SAL.SECURED",
        other="HT.JRN.CANCEL",
        segment=CITY,
        wording="A deposit counts as securing a booking only when it is kept on cancellation; Group & Contract Sales "
        "proposes a new definition at the next meeting.",
        asked=GROUPS,
        asks="Bookings secured by deposit are cancelled more often than others. What does the deposit secure?",
        claim="Agencies block rooms with deposits that we refund by custom. The measure counts them all the same.",
        expects=("HT.JRN.CANCEL",),
        tasks=(Task("Propose a definition of a secured booking", GROUPS, due_after_days=25),),
    ),
)
STILL_ASKED = (
    Chapter(
        months_ago=0,
        kind=Rule.Kind.HANDOFF,
        measure="HT.REV.BOOKED",
        other="HT.FIN.REALISED",
        segment=CITY,
        wording="",
        asked=REVENUE,
        asks="Finance realises little more than half of the revenue that you report as booked. Which of the two is the "
        "figure we should plan with?",
    ),
    Chapter(
        months_ago=0,
        kind=Rule.Kind.SOURCE_DISAGREEMENT,
        measure="HT.MKT.BOOKINGS",
        other="CRM load",
        segment=WHOLE,
        wording="",
        asked=MARKETING,
        asks="You count over a thousand bookings fewer than the property management system. Why?",
    ),
)
"""Challenges that are open when the demonstration begins."""
