"""`ingest`: the one door, one transaction."""

from django.db import transaction

from metrics import wake
from metrics.ingestion.delivery import Delivery, Impossible, Outcome, Rows, RowsRefused
from metrics.ingestion.landing import Landing
from metrics.models import RefusedFigure
from truthgov import audit
from truthgov.actor import Actor
from truthgov.errors import InvalidInput


def ingest(rows: Rows, delivery: Delivery, *, by: Actor) -> Outcome:
    """Take a delivery in, whole or, where it is lenient, without its faulty rows; committed with the outermost act.

    A delivery that says nothing new writes nothing, but what it said that cannot be so is remembered, also where all
    of it is refused. Raises RowsRefused (strict deliveries), SourceDenied, and InvalidInput where there are no rows at
    all. Who catches RowsRefused around an act of its own, which it undoes, has what was refused remembered anew.
    """
    if not len(rows):
        raise InvalidInput("The delivery holds no rows; send at least one.")
    try:
        with audit.act() as act:
            return _take_in(Landing(rows, delivery, by), act)
    except RowsRefused as refused:
        remember(refused.impossible)
        raise


def remember(impossible: Impossible | None) -> None:
    """Keep which figures were refused because they cannot be so."""
    if impossible and impossible.figures:
        transaction.on_commit(wake.assessment)
        RefusedFigure.objects.remember(impossible.figures, at=impossible.at)


def _take_in(landing: Landing, act: audit.Act) -> Outcome:
    landing.check()
    remember(landing.impossible)
    if landing.says_nothing_new():
        return landing.outcome()
    landing.note_oddities()
    landing.land()
    if not len(landing.figures):
        return landing.outcome()
    return landing.commit(act)
