"""Who stands behind the demonstration's figures, month by month; some do not yet, and one did before a correction."""

from collections.abc import Sequence

from config.demo.cast import JOURNEY_OWNERS, LEADS, Cast, Part
from metrics.handing_in.attesting import attest, digest_of
from metrics.handing_in.due import sheets
from truthgov.periods import Grain, Period

MARKETING, _, GROUPS, RESERVATIONS, FRONT_OFFICE, FINANCE = LEADS
BOOK_TO_STAY, RETURN = JOURNEY_OWNERS
IN_TIME = (RESERVATIONS, FRONT_OFFICE, FINANCE, RETURN)
NOT_YET = (MARKETING, GROUPS, BOOK_TO_STAY)
"""They attest all but the last month; Revenue Management none, which costs its older figures their trust."""


def stand_behind(month: Period, cast: Cast, *, is_last: bool) -> None:
    """The figures of a month, and of its weeks, are attested by those who do so, as they are on record."""
    _attest(month, cast, IN_TIME if is_last else (*IN_TIME, *NOT_YET))
    for week in _weeks(month):
        _attest(week, cast, (*IN_TIME, *NOT_YET))


def _weeks(month: Period) -> list[Period]:
    """Those that end in a month: their figures come in with its own."""
    last = month.last(Grain.WEEK)
    return [week for back in range(5) if (week := last.shift(-back)).last_day >= month.start]


def _attest(period: Period, cast: Cast, parts: Sequence[Part]) -> None:
    shown = sheets([cast.scope_of(part) for part in parts], period.code)
    for part in parts:
        theirs = shown.get(cast.scope_of(part).pk)
        if theirs and theirs.standing:
            attest(theirs, seen=digest_of(theirs), by=cast.actor(part))
