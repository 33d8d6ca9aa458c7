"""Short names for where room is scarce. Pure."""

from truthgov.periods import MONTHS, Grain, Period


def abbreviate(period: Period) -> str:
    """Name a period in the few characters that an axis has: "Oct 26", "W41", "5 Oct", "Q4 26"."""
    month, year = MONTHS[period.start.month - 1][:3], f"{period.start.year % 100:02d}"
    if period.grain is Grain.WEEK:
        return period.code.partition("-")[2]
    if period.grain is Grain.QUARTER:
        return f"{period.code.partition('-')[2]} {year}"
    return f"{period.start.day} {month}" if period.grain is Grain.DAY else f"{month} {year}"
