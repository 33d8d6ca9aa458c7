"""What stands on record of a derived measure."""

from datetime import date

from metrics.models import Reading

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def derived(code: str = "RATE", start: date = MAY, segment: str = "{}") -> tuple | None:
    """Value, numerator and denominator of a month; None where it is unknown."""
    found = Reading.objects.filter(series__measure__code=code, period_start=start, series__segment__key=segment)
    return found.values_list("value", "numerator", "denominator").first()
