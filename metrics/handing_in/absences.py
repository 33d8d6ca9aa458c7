"""What is said in the place of a figure: that there is none for a period, and why."""

from metrics.handing_in.preview import Standing, unavailable
from metrics.handing_in.sheets import Cell, Sheet
from metrics.models import Absence
from truthgov import audit, clock
from truthgov.actor import Appointed
from truthgov.errors import InvalidInput, Refusal


def declare_unavailable(sheet: Sheet, cell: Cell, reason: str, *, by: Appointed) -> Absence:
    """Whoever delivers the figures of a sheet says that one of them cannot be had.

    Refusal where a figure is on record, or where just this has been said; InvalidInput without a reason.
    """
    line = unavailable(cell, reason.strip())
    if line.standing is Standing.UNCHANGED:
        raise Refusal("This has been said already, for the same reason.")
    if line.standing is Standing.REFUSED and cell.reading:
        raise Refusal(line.why)
    if line.standing is Standing.REFUSED:
        raise InvalidInput("An absence has its reason.", {"reason": line.why})
    with audit.act():
        absence = Absence.objects.create(
            measure=cell.measure, segment=cell.segment, period_start=sheet.period.start, reason=line.note,
            person=by.person, appointment=by.appointment, stated_at=clock.now(),
        )  # fmt: skip
        audit.record("figure.declared_unavailable", absence, by=by, measure=cell.measure.code, reason=line.note)
    return absence
