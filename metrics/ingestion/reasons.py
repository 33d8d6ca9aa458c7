"""Why figures are given anew, as far as it is said: the row's reason, or else the delivery's. Pure."""

from metrics.ingestion.delivery import RowError, Rows
from truthgov.texts import LONGEST_TEXT


def reasons_of(rows: Rows, shared: str) -> list[str]:
    """The reason of each row, `shared` where it gives none; blanks say nothing."""
    return [reason.strip() or shared for reason in rows.reason]


def refusals(reasons: list[str], shared: str) -> dict[int, RowError]:
    """Rows whose reason is too long; all of them where it is the `shared` one."""
    if len(shared) > LONGEST_TEXT:
        return {row: _refusal(row, "The delivery's reason") for row in range(len(reasons))}
    return {row: _refusal(row, "The reason") for row, reason in enumerate(reasons) if len(reason) > LONGEST_TEXT}


def _refusal(row: int, which: str) -> RowError:
    return RowError(row, "reason_too_long", f"{which} is longer than {LONGEST_TEXT} characters; shorten it.")
