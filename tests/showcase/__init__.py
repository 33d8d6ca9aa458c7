"""The hotel with its figures and its cases, for tests of pages: real figures (see config/demo/data), invented people.

Dates are moved so that the last reported month is October 2026. It is built by rows where a test needs a state, and by
the product's own verbs where the state must come about by them.
"""

from dataclasses import dataclass

from metrics.models import Contradiction
from tests.showcase.cases import surface_cases
from tests.showcase.decisions import decide_cases
from tests.showcase.figures import report_figures
from tests.showcase.hotel import Hotel, found_hotel

__all__ = ["Hotel", "Showcase", "showcase"]


@dataclass(frozen=True)
class Showcase:
    """The hotel and its contradictions by a short name."""

    hotel: Hotel
    cases: dict[str, Contradiction]


def showcase() -> Showcase:
    """Found the hotel, report two years of its monthly figures, surface its contradictions, decide on two."""
    hotel = found_hotel()
    report_figures(hotel)
    cases = surface_cases(hotel)
    decide_cases(hotel, cases)
    return Showcase(hotel, cases)
