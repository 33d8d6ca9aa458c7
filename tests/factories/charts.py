"""A chart of evidence and a journey map, small enough to check by eye."""

from decimal import Decimal

from truthgov.svg import Chart, JourneyMap, Limits, Line, MapHandoff, MapStage, Mark, Panel

NAMES = tuple(f"Month {number}" for number in range(1, 7))


def evidence() -> Chart:
    claimed = Line("growth", (Decimal("0.5"), Decimal("0.4"), None, Decimal("0.3"), None, None), ((0, Mark.RESTATED),))
    lived = Line("cancelled", tuple(map(Decimal, ("0.3", "0.3", "0.35", "0.4", "0.44", "0.45"))), ((4, Mark.SIGNAL),))
    limits = Limits((None, 0.2, 0.2, 0.2, 0.2, 0.2), (None, 0.4, 0.4, 0.4, 0.4, 0.4), (None, *(0.3,) * 5))
    panels = (
        Panel("Bookings growth", "ratio", (claimed,), target=Decimal(0), better="higher"),
        Panel("Never became a stay", "fraction", (lived,), target=Decimal("0.3"), limits=limits, better="lower"),
    )
    return Chart("Growth against cancellations", "Both rise.", NAMES, NAMES, panels, highlighted=(4, 5))


def journey(name: str = "Book") -> JourneyMap:
    stages = (MapStage(name, "Marketing", "working"), MapStage("Stay", "Front Office", "failing", "44 %"))
    return JourneyMap("Book-to-stay", stages, (MapHandoff("The room type sold", broken=True),))
