"""What the terms of a version or a link may say, whoever proposes it. Pure."""

from collections.abc import Mapping
from typing import Any

from metrics.models import MOST_DECIMALS, Definition
from metrics.models.definition import NEVER_ADDED
from truthgov.errors import InvalidInput
from truthgov.periods import Grain

RELATIVE = ("source_tolerance", "restatement_threshold")
"""Terms that are shares of a figure."""
LONGEST_LAG = {Grain.DAY: 730, Grain.WEEK: 104, Grain.MONTH: 24, Grain.QUARTER: 8}
"""Periods after which an effect may be expected at most, by grain: two years. A judgement leans on hardly more, so that
nothing can be learnt of what comes later."""


def require_bounds(terms: Mapping[str, Any]) -> None:
    """InvalidInput, by field: more decimals than a target has, a share above one, a sum of what does not add up."""
    if not 0 <= terms["decimals"] <= MOST_DECIMALS:
        raise InvalidInput(
            "Figures are compared at decimals that they have.", {"decimals": f"Choose 0 to {MOST_DECIMALS}."}
        )
    if odd := [name for name in RELATIVE if not 0 <= terms[name] <= 1]:
        message = "Choose 0 to 1; 5 % is 0.05."
        raise InvalidInput("Tolerance and threshold are shares of a figure.", dict.fromkeys(odd, message))
    if terms["roll_up"] == Definition.RollUp.SUM and terms["unit"] in NEVER_ADDED:
        raise InvalidInput(
            "Parts of this unit do not add up.", {"roll_up": "Choose numerators over denominators, the last, or none."}
        )


def lag_refused(lag: int, grain: Grain) -> str:
    """Why an effect is not expected so many periods later; empty where it may be."""
    longest = LONGEST_LAG[grain]
    return f"An effect is expected within two years: choose at most {longest} {grain}s." if lag > longest else ""
