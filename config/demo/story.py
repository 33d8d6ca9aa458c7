"""What the steering forum of the demonstration decided, month by month: invented, on the hotels' real figures."""

from dataclasses import dataclass

from config.demo.cast import JOURNEY_OWNERS, LEADS, Part
from metrics.models import Rule

MARKETING, REVENUE, GROUPS, RESERVATIONS, FRONT_OFFICE, FINANCE = LEADS
BOOK_TO_STAY, RETURN = JOURNEY_OWNERS
SOURCES, DIVERGENCE, HANDOFF = Rule.Kind.SOURCE_DISAGREEMENT, Rule.Kind.DIVERGENCE, Rule.Kind.HANDOFF
CITY, RESORT = {"hotel": "City Hotel"}, {"hotel": "Resort Hotel"}
WHOLE: dict[str, str] = {}
BOOKINGS, BOOKED, SECURED = "HT.MKT.BOOKINGS_YOY", "HT.REV.BOOKED_YOY", "HT.SAL.SECURED"
CANCELLED, REPEAT, AS_RESERVED = "HT.JRN.CANCEL", "HT.JRN.REPEAT", "HT.FO.AS_RESERVED"
BOOKED_VALUE, REALISED_VALUE = "HT.REV.BOOKED", "HT.FIN.REALISED"


def city(market_segment: str) -> dict[str, str]:
    return {**CITY, "market_segment": market_segment}


RECORD = "Property management system"
FOUND_LATE, FOUND_LATE_BECAUSE = 45, "A group contract was cancelled before arrival and entered weeks later."
"""Cancellations that a month already reviewed turns out to have had."""
FOUND_LATE_IN = (WHOLE, CITY, city("Groups"), {**CITY, "distribution_channel": "TA/TO"})
"""Where they count: a whole is what its parts come to."""


@dataclass(frozen=True)
class Task:
    """An action given out with a decision; `done` is the proof its owner shows two weeks later, if they do."""

    title: str
    owner: Part
    done: str = ""
    due_after_days: int = 30


@dataclass(frozen=True)
class Parties:
    """What stands against what; `other` is the other measure's code, or how the other source's name begins."""

    kind: str
    measure: str
    other: str
    segment: dict[str, str]


@dataclass(frozen=True)
class Chapter:
    """A case that one meeting decides. `months_ago` counts back from the last reported month.

    Cases in `also` have the same cause and follow the decision.
    """

    months_ago: int
    about: Parties
    wording: str
    also: tuple[Parties, ...] = ()
    asks: str = ""
    asked: Part | None = None
    claim: str = ""
    accepts: bool = False
    cause: str = ""
    expects: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    dissent: str = ""


CHAPTERS = (
    Chapter(
        months_ago=4,
        about=Parties(SOURCES, CANCELLED, "CRM", WHOLE),
        wording="Source of record for cancellations: the property management system. The CRM drops rows that look "
        "alike but are different guests; its figure stays on display.",
        asked=MARKETING,
        asks="Your CRM shows a fifth fewer cancellations than the property management system. Which are missing?",
        claim="The CRM drops exact duplicates. We now see that these are separate bookings with equal attributes.",
        accepts=True,
        cause="Wrong in the source",
    ),
    Chapter(
        months_ago=4,
        about=Parties(DIVERGENCE, BOOKED, CANCELLED, CITY),
        also=(
            Parties(DIVERGENCE, BOOKINGS, CANCELLED, CITY),
            Parties(DIVERGENCE, SECURED, CANCELLED, CITY),
        ),
        wording="City Hotel: from next month, rates that can be cancelled free of charge ask for a card guarantee, and "
        "Revenue Management reports booked revenue net of expected cancellations.",
        asked=REVENUE,
        asks="Booked revenue at the City Hotel is far above last year while every second booking is cancelled. What do "
        "you claim?",
        claim="We sold what the market offered at better rates. Guests decide on cancelling after they booked.",
        cause="Targets pull apart",
        expects=(CANCELLED,),
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
        about=Parties(HANDOFF, "HT.MKT.BOOKINGS", AS_RESERVED, RESORT),
        also=(
            Parties(DIVERGENCE, BOOKED, AS_RESERVED, RESORT),
            Parties(HANDOFF, "HT.MKT.BOOKINGS", AS_RESERVED, city("Offline TA/TO")),
        ),
        wording="Resort Hotel: no room type is sold beyond its count; Front Office reports each reassignment.",
        expects=(AS_RESERVED,),
        tasks=(
            Task(
                "Close room types at their physical count in all channels",
                RESERVATIONS,
                done="Allotments reset with all partners; no type oversold in three audits.",
            ),
        ),
    ),
    Chapter(
        months_ago=3,
        about=Parties(SOURCES, "HT.MKT.BOOKINGS", "CRM", WHOLE),
        wording="Source of record for bookings: the property management system, for the same reason as cancellations.",
    ),
    Chapter(
        months_ago=3,
        about=Parties(HANDOFF, BOOKED_VALUE, REALISED_VALUE, city("Groups")),
        wording="City Hotel groups: contracts release unused rooms sixty days before arrival, not seven.",
        expects=("HT.FIN.REALISATION",),
        tasks=(Task("Release dates in all new group contracts", GROUPS, due_after_days=60),),
    ),
    Chapter(
        months_ago=2,
        about=Parties(DIVERGENCE, BOOKINGS, REPEAT, city("Online TA")),
        also=(
            Parties(DIVERGENCE, BOOKINGS, REPEAT, city("Groups")),
            Parties(DIVERGENCE, BOOKINGS, REPEAT, {**CITY, "distribution_channel": "TA/TO"}),
            Parties(DIVERGENCE, BOOKINGS, REPEAT, {**RESORT, "market_segment": "Groups"}),
        ),
        wording="Guests of online agencies are written to within a week of their stay, with a direct offer.",
        asked=RETURN,
        asks="Bookings through online agencies grow; hardly a guest returns. What would bring them back?",
        claim="We hold an address for one guest in three. Without the others no offer can work.",
        expects=(REPEAT,),
        tasks=(Task("Direct offer within a week of departure", MARKETING, due_after_days=45),),
    ),
    Chapter(
        months_ago=1,
        about=Parties(DIVERGENCE, SECURED, CANCELLED, WHOLE),
        also=(Parties(DIVERGENCE, BOOKINGS, CANCELLED, WHOLE), Parties(DIVERGENCE, BOOKED, CANCELLED, WHOLE)),
        wording="A deposit counts as securing a booking only when it is kept on cancellation; Group & Contract Sales "
        "proposes a new definition at the next meeting.",
        asked=GROUPS,
        asks="Bookings secured by deposit are cancelled more often than others. What does the deposit secure?",
        claim="Agencies block rooms with deposits that we refund by custom. The measure counts them all the same.",
        accepts=True,
        cause="Counted differently",
        expects=(CANCELLED,),
        tasks=(Task("Propose a definition of a secured booking", GROUPS, due_after_days=25),),
    ),
    Chapter(
        months_ago=0,
        about=Parties(HANDOFF, BOOKED_VALUE, REALISED_VALUE, {**RESORT, "market_segment": "Online TA"}),
        also=(
            Parties(HANDOFF, BOOKED_VALUE, REALISED_VALUE, {**RESORT, "market_segment": "Corporate"}),
            Parties(HANDOFF, BOOKED_VALUE, REALISED_VALUE, {**RESORT, "distribution_channel": "Corporate"}),
        ),
        wording="Resort Hotel: the budget plans with realised revenue; booked revenue is never reported alone.",
        expects=("HT.FIN.REALISATION",),
        tasks=(Task("Plan next year's Resort Hotel budget on realised revenue", FINANCE, due_after_days=40),),
    ),
)
STILL_ASKED = (
    Chapter(
        months_ago=0,
        about=Parties(HANDOFF, BOOKED_VALUE, REALISED_VALUE, CITY),
        wording="",
        asked=REVENUE,
        asks="Finance realises three fifths of the revenue that you report as booked. Which of the two is the "
        "figure we should plan with?",
    ),
    Chapter(
        months_ago=0,
        about=Parties(SOURCES, CANCELLED, "Reservations ledger", WHOLE),
        wording="",
        asked=BOOK_TO_STAY,
        asks="The reservations ledger leaves no-shows out, the property management system does not. Which do we mean?",
    ),
)
"""Challenges that are open when the demonstration begins."""
FALSE_ALARMS = (
    (
        Parties(DIVERGENCE, SECURED, CANCELLED, {**RESORT, "market_segment": "Corporate"}),
        "One company moved its conference by a week; its rooms were booked anew and stayed in.",
    ),
)
"""What the truth owner declared a false alarm, after the second month, and why."""
ANSWERS: dict[str, str] = {
    Rule.Kind.INCONSISTENCY: "A total in its limits excuses no part: show the failing segment beside it every month.",
    HANDOFF: "We plan with what was realised. Whoever hands over brings the cause to the forum in writing.",
    Rule.Kind.BROKEN_LINK: "A KPI that stopped moving with its outcome is no evidence for it. Propose another one.",
}
ANSWER = "The forum settles this itself; I ask the chair for a decision, and not for another month."
"""What the sponsor answers, by the kind of case, and of any other kind, to what was carried over once too often."""
NOT_YET_ANSWERED = Rule.Kind.GAMING
"""Of the latest meeting's escalations, those that the sponsor still owes when the demonstration begins."""
