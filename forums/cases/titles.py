"""How a contradiction is named in a line."""

from metrics.models import Contradiction


def title_of(case: Contradiction) -> str:
    """Its parties, and the segment where it is a part: `Bookings growth against Cancellations (City Hotel)`."""
    other = case.other_measure.name if case.other_measure else ""
    parties = name_parties(case.measure.name, other, between_sources=case.source_id is not None)
    return f"{parties} ({case.segment})" if case.segment.values else parties


def name_parties(measure: str, other: str, *, between_sources: bool) -> str:
    """What stands against what, by the measures' names."""
    against = other or ("itself in another source" if between_sources else "")
    return f"{measure} against {against}" if against else measure
