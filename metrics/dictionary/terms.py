"""What a version of a definition says; about judging a figure without its prose, for pages of many measures. Pure."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from truthgov.figures import EXACTLY

TERMS = (
    "wording", "formula", "derivation", "direction", "decimals", "target", "red_threshold", "min_effect",
    "reliable_from", "source_tolerance", "restatement_threshold", "freshness_days", "roll_up", "unguarded_because",
)  # fmt: skip
"""What a version may change. Another unit or grain is another measure: figures could not be read on across it."""
FIXED = ("unit", "currency", "grain")


class Terms(NamedTuple):
    """The terms of one approved version, as `Definition` names them."""

    pk: int
    measure_id: int
    starts_on: date | None
    unit: str
    currency: str
    direction: str
    grain: str
    decimals: int
    target: Decimal | None
    reliable_from: Decimal | None
    retires: bool
    version: int
    roll_up: str
    changes_counting: bool
    bridge_factor: Decimal | None
    bridge_offset: Decimal

    @property
    def higher_is_better(self) -> bool:
        return self.direction == "higher"

    @property
    def worded_unit(self) -> str:
        """The unit in which figures are worded: a currency by its code."""
        return self.currency or self.unit

    def meets_target(self, value: Decimal | None) -> bool | None:
        """Does a figure stand at its target or on its good side? None without a figure or a target."""
        return meets_target(value, self.target, self.decimals, higher_is_better=self.higher_is_better)


def meets_target(
    value: Decimal | None, target: Decimal | None, decimals: int, *, higher_is_better: bool
) -> bool | None:
    """Does a figure stand at a target or on its good side, at so many decimals? None where one of them is missing.

    Halves are rounded as they are shown, and as the database rounds them: away from zero.
    """
    if value is None or target is None:
        return None
    last = Decimal(1).scaleb(-decimals)
    figure, bound = (each.quantize(last, ROUND_HALF_UP, EXACTLY) for each in (value, target))
    return figure >= bound if higher_is_better else figure <= bound
