"""What is governed: two journeys with their stages and handoffs, the dictionary, and what each journey must hold."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.demo import ledger, moved
from config.demo.cast import JOURNEY_OWNERS, LEADS, TRUTH_OWNER, Cast, Part
from journeys.models import Journey
from metrics.dictionary.target_conditions import approve_target_condition
from metrics.dictionary_files import from_sheets
from metrics.dictionary_import import declare_dimensions, import_dictionary
from metrics.models import Measure, Source
from metrics.trust import DEMANDED
from truthgov.models import Function

FURTHER_SOURCES = ("CRM", "Reservations ledger", ledger.SOURCE)


@dataclass(frozen=True)
class Path:
    """A journey to lay out: stages with the function that carries each, what each hands over, what must hold."""

    name: str
    owner: Part
    description: str
    customers_per_month: int
    value_per_customer: Decimal
    stages: tuple[tuple[str, str], ...]
    handoffs: tuple[tuple[str, str], ...]
    """Between each stage and the next: what is promised, and what arrives."""
    outcomes: tuple[str, ...]


BOOK_TO_STAY = Path(
    name="Book-to-stay",
    owner=JOURNEY_OWNERS[0],
    description="From the moment a guest books until the stay: what was sold arrives, and the booking becomes a stay.",
    customers_per_month=4600,
    value_per_customer=Decimal(340),
    stages=(
        ("Attract", "Marketing & Distribution"),
        ("Price and sell", "Revenue Management"),
        ("Secure", "Group & Contract Sales"),
        ("Prepare", "Reservations"),
        ("Welcome", "Front Office"),
        ("Settle", "Finance"),
    ),
    handoffs=(
        ("Guests who intend to come", "Bookings, nearly half of which never become a stay"),
        ("A rate that holds", "Bookings priced for volume, many without a deposit"),
        ("Bookings that will be honoured", "Deposits that do not predict a stay"),
        ("The room type that was sold", "Rooms reassigned at the desk"),
        ("A stay as booked", "Revenue realised well below what was booked"),
    ),
    outcomes=("HT.JRN.CANCEL", "HT.FO.AS_RESERVED"),
)
RETURN = Path(
    name="Return",
    owner=JOURNEY_OWNERS[1],
    description="From the end of a stay to the next booking: guests come back to us.",
    customers_per_month=2900,
    value_per_customer=Decimal(340),
    stages=(
        ("Farewell", "Front Office"),
        ("Stay in touch", "Marketing & Distribution"),
        ("Book again", "Reservations"),
    ),
    handoffs=(
        ("A guest who was content", "An address, and little else"),
        ("A reason to come back", "A campaign like any other's"),
    ),
    outcomes=("HT.JRN.REPEAT",),
)
PATHS = (BOOK_TO_STAY, RETURN)


def lay(cast: Cast, *, starts_on: date) -> None:
    """Lay the ground: journeys, their owners, the dictionary, sources, dimensions and target conditions."""
    for path in PATHS:
        Journey.establish(path.name, by=cast.actor(TRUTH_OWNER))
    cast.appoint_journey_owners()
    for path in PATHS:
        _lay_out(path, cast)
    import_dictionary(
        from_sheets((moved.DATA / "measures.csv").read_text(), (moved.DATA / "links.csv").read_text()),
        proposed_by=cast[LEADS[1]],
        approved_by=cast[TRUTH_OWNER],
    )
    declare_dimensions(moved.dimensions(), by=cast.actor(TRUTH_OWNER))
    for name in FURTHER_SOURCES:
        Source.establish(name, by=cast.actor(TRUTH_OWNER))
    for path in PATHS:
        _require_outcomes(path, cast, starts_on)


def _lay_out(path: Path, cast: Cast) -> None:
    journey, by = Journey.objects.get(name=path.name), cast.actor(path.owner)
    journey.describe(
        description=path.description,
        customers_per_month=path.customers_per_month,
        value_per_customer=path.value_per_customer,
        by=by,
    )
    stages = [journey.add_stage(name, Function.objects.get(name=function), by=by) for name, function in path.stages]
    for earlier, later, (promise, arrival) in zip(stages, stages[1:], path.handoffs, strict=False):
        journey.add_handoff(earlier, later, promise=promise, arrival=arrival, by=by)


def _require_outcomes(path: Path, cast: Cast, starts_on: date) -> None:
    approve_target_condition(
        Journey.objects.get(name=path.name),
        dict.fromkeys(Measure.objects.filter(code__in=path.outcomes), DEMANDED),
        starts_on=starts_on,
        proposed_by=cast[path.owner],
        by=cast.actor(TRUTH_OWNER),
    )
