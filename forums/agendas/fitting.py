"""What of an agenda fits into the time that a meeting has. Pure: what is known of items in, numbers out."""

from collections.abc import Iterable


def within(minutes: Iterable[tuple[int, int]], room: int) -> set[int]:
    """Of items with their minutes, in the order in which they take precedence: those that come before the time is used
    up. The first comes in any case; from the first that does not fit on, none does, so that nothing small overtakes
    what weighs more."""
    taken: set[int] = set()
    for item, lasts in minutes:
        room -= lasts
        if room < 0 and taken:
            break
        taken.add(item)
    return taken
