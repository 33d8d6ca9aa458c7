"""How a contradiction is named in a line."""

from metrics.models import Contradiction


def title_of(case: Contradiction) -> str:
    """Its parties, and the segment where it is a part: `Bookings growth against Cancellations (City Hotel)`."""
    other = case.other_measure.name if case.other_measure else "itself in another source" if case.source_id else ""
    parties = f"{case.measure.name} against {other}" if other else case.measure.name
    return f"{parties} ({case.segment})" if case.segment.values else parties
