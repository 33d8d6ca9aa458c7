"""Which of the figures that a decision leaned on were restated since. The decision itself stands as it was made."""

from forums.models import Decision
from metrics.figures.restatements import Restatement, given_anew


def given_anew_since(decision: Decision) -> list[Restatement]:
    """Of each that was restated, what it is now, in the order in which that came in; two queries."""
    return sorted(given_anew(decision.observations).values(), key=lambda each: each.number)
