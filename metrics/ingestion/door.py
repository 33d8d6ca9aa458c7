"""`ingest`: the one door, one transaction."""

from metrics.ingestion.delivery import Delivery, Outcome, Rows
from metrics.ingestion.landing import Landing
from truthgov import audit
from truthgov.actor import Actor
from truthgov.errors import InvalidInput


def ingest(rows: Rows, delivery: Delivery, *, by: Actor) -> Outcome:
    """Take a delivery in, whole or, where it is lenient, without its faulty rows; committed with the outermost act.

    A delivery that says nothing new writes nothing. Raises RowsRefused (strict deliveries), SourceDenied, and
    InvalidInput where there are no rows at all.
    """
    if not len(rows):
        raise InvalidInput("The delivery holds no rows; send at least one.")
    with audit.act() as act:
        landing = Landing(rows, delivery, by)
        landing.check()
        if landing.says_nothing_new():
            return landing.outcome()
        landing.note_oddities()
        landing.land()
        if not len(landing.figures):
            return landing.outcome()
        return landing.commit(act)
