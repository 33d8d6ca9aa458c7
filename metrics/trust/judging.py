"""How far a figure can be relied on, axis by axis: what the record says of it in, shares and sentences out. Pure."""

from collections.abc import Callable, Iterable
from decimal import ROUND_FLOOR, Decimal

from metrics.trust.account import Account, Source
from metrics.trust.axes import Axis, Cost, Radar, Score

ALL, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)
LAST_DIGIT = Decimal("0.0001")
WHOLE = "the whole"


def radar_of(account: Account) -> Radar:
    """Every axis of a figure, from what the record says of it."""
    awaited = ""
    if account.figure is None and account.today < account.due and not account.late_feeds and not account.unavailable:
        awaited = f"Not reported yet; promised by {account.due:%-d %B %Y}."
    return Radar(account.period, tuple(_score(axis, account, awaited) for axis in Axis), awaited)


def _score(axis: Axis, account: Account, awaited: str) -> Score:
    if awaited:
        return Score(axis, None, awaited)
    share, words, costs = JUDGES[axis](account)
    return Score(axis, None if share is None else floor(share), words, costs)


def floor(share: Decimal) -> Decimal:
    """A share between 0 and 1 to four digits, rounded down, so that only what is whole is 1."""
    return min(max(share, NONE), ALL).quantize(LAST_DIGIT, ROUND_FLOOR)


Judged = tuple[Decimal | None, str, tuple[Cost, ...]]


def fresh(account: Account) -> Judged:
    """A figure that came late is worth the days promised over the days it took; one that never came, nothing."""
    if account.late_feeds:
        costs = tuple(Cost(name, "this feed has not brought what it should have") for name in account.late_feeds)
        return NONE, f"No figure has come: {_listed(account.late_feeds)} is late.", costs
    if account.figure is None and account.unavailable:
        return NONE, account.unavailable, (Cost(str(account.period), account.unavailable),)
    if account.figure is None:
        words = f"No figure has come; it was promised by {account.due:%-d %B %Y}."
        return NONE, words, (Cost(str(account.period), "no figure has come"),)
    if account.arrived is None or not account.is_late or account.arrived <= account.due:
        return ALL, _in_time(account), ()
    days = (account.arrived - account.due).days
    taken = Decimal((account.arrived - account.period.end).days)
    words = f"It came {_counted(days, 'day')} late, on {account.arrived:%-d %B %Y}."
    return Decimal(account.promised_days) / taken, words, (Cost(str(account.period), words),)


def _in_time(account: Account) -> str:
    if account.arrived is None:
        return f"It came in time; promised by {account.due:%-d %B %Y}."
    if account.is_history:
        return f"It came with its history, on {account.arrived:%-d %B %Y}; nothing was promised before."
    return f"It came on {account.arrived:%-d %B %Y}; promised by {account.due:%-d %B %Y}."


def complete(account: Account) -> Judged:
    """The parts that are there over those expected, or the recent periods that have a figure: whichever is worse."""
    if account.figure is None:
        why = account.unavailable or "No figure has come."
        return NONE, why, (Cost(str(account.period), account.unavailable or "no figure has come"),)
    absent, gaps = account.absent, account.gaps
    of_parts = ALL - Decimal(len(absent)) / (account.expected + 1)
    of_periods = ALL - Decimal(len(gaps)) / (account.looked_back + 1)
    costs = tuple(Cost(name, "reported before, and not in this period") for name in absent)
    costs += tuple(Cost(str(period), "no figure has come") for period in gaps)
    told = [f"{_counted(len(absent), 'part')} that reported before: not reported yet"] if absent else []
    told += [f"{_counted(len(gaps), 'recent period')} without a figure"] if gaps else []
    words = "; ".join(told) or f"The whole and {_counted(account.expected, 'part')} are there."
    return min(of_parts, of_periods), _sentence(words), costs


def valid(account: Account) -> Judged:
    """Nothing where the whole cannot be true; else the rows that can be, over all rows."""
    if account.figure is None:
        return None, "There is no figure to judge.", ()
    if account.flaws:
        told = tuple(Cost(WHOLE, flaw) for flaw in account.flaws)
        return NONE, _sentence(f"The figure is {account.flaws[0]}"), told
    costs = tuple(Cost(name, flaw) for name, flaw in account.flawed_parts)
    rows = account.given + 1
    flawed = len({name for name, _ in account.flawed_parts})
    words = f"{_counted(flawed, 'part')} cannot be true." if flawed else f"{_counted(rows, 'row')} checked."
    return ALL - Decimal(min(flawed, rows)) / rows, words, costs


def consistent(account: Account) -> Judged:
    """Within the tolerance all; beyond it the tolerance over the difference, and never more than half."""
    if account.figure is None:
        return None, "There is no figure to compare.", ()
    told = [*_sources(account), *_totals(account)]
    if account.is_conflicting:
        told.append((HALF, Cost(WHOLE, "two submissions gave different figures at one instant")))
    if account.is_disputed and not told:
        told.append((HALF, Cost(WHOLE, "an open contradiction says that two sources disagree")))
    if not told:
        beside = _counted(len(account.others), "other source")
        return ALL, f"In agreement with {beside}." if account.others else "Nothing contradicts it.", ()
    share, cost = min(told, key=lambda each: each[0])
    words = cost.why if cost.what == WHOLE else f"{cost.what}: {cost.why}"
    return share, _sentence(words), tuple(cost for _, cost in told)


def stable(account: Account) -> Judged:
    """The recent periods counted as this one is, over all recent ones; a break that is declared costs nothing."""
    if account.alike >= account.compared:
        words = "Counted as in the periods before." if account.compared > 1 else "There is nothing before it."
        return ALL, f"The break in counting is declared: {account.declared}." if account.declared else words, ()
    words = f"Version {account.version} counts differently since {account.changed_on}, and no break is declared."
    return Decimal(account.alike) / account.compared, words, (Cost(f"version {account.version}", words),)


def attested(account: Account) -> Judged:
    """All or nothing, asked from the day after the deadline on; before it, where what was attested has changed."""
    if account.attested:
        return ALL, "Somebody stands behind it.", ()
    if account.attested is None or account.figure is None:
        return None, "No attestation is asked for.", ()
    if not account.owes_attestation:
        when = "It came with its history: no attestation is asked for." if account.is_history else (
            f"To be attested by {account.due:%-d %B %Y}."
        )  # fmt: skip
        return None, when, ()
    return NONE, "Nobody stands behind the figure as it is.", (Cost(WHOLE, "not attested as it stands"),)


JUDGES: dict[Axis, Callable[[Account], Judged]] = {
    Axis.FRESH: fresh,
    Axis.COMPLETE: complete,
    Axis.VALID: valid,
    Axis.CONSISTENT: consistent,
    Axis.STABLE: stable,
    Axis.ATTESTED: attested,
}


def _sources(account: Account) -> list[tuple[Decimal, Cost]]:
    """Sources beyond the tolerance, each with what its disagreement leaves."""
    return [
        (share, Cost(other.name, f"{_apart(other, account)} apart, {_percent(account.tolerance)} agreed"))
        for other in account.others
        if (share := _left(account.difference(other.value), account.tolerance)) < ALL
    ]


def _totals(account: Account) -> list[tuple[Decimal, Cost]]:
    return [
        (share, Cost(f"the parts by {total.by}", f"{_percent(off)} more or less than the whole"))
        for total in account.totals
        if (share := _left(off := account.difference(total.value), account.tolerance)) < ALL
    ]


def _apart(other: Source, account: Account) -> str:
    return _percent(account.difference(other.value))


def _left(difference: Decimal, tolerance: Decimal) -> Decimal:
    return ALL if difference <= tolerance else min(HALF, tolerance / difference)


def _percent(share: Decimal) -> str:
    return "all" if share >= 10 else f"{share * 100:.1f}".rstrip("0").rstrip(".") + " %"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}".rstrip(".") + "."
