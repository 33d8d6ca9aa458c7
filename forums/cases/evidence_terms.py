"""What each kind of contradiction calls the figures of its evidence; an empty name leaves a figure out."""

from collections.abc import Mapping
from types import MappingProxyType

from metrics.models import Contradiction

Kind = Contradiction.Kind
USUAL = {
    "kpi_value": "{kpi}",
    "value": "{outcome}",
    "average": "Mean over {window} periods",
    "reference": "Held against",
    "baseline": "Expected from the past",
    "upper": "Natural limits",
    "effect": "Worse by",
}
OF_A_PART = {"kpi_value": "{kpi}, as a whole", "value": "{outcome}, here"}
OWN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        Kind.SOURCE_DISAGREEMENT: {"reference": "", "baseline": "", "upper": ""},
        # The others are of all months looked at.
        Kind.INCONSISTENCY: OF_A_PART | {
            "kpi_value": "{kpi}, as a whole, in this period alone", "reference": "The rest", "baseline": "",
            "upper": "What chance allows here",
        },
        Kind.OVERCOMMITMENT: {
            "reference": "What may be promised", "baseline": "", "upper": "", "effect": "Too much by",
        },
        Kind.DEFINITION_BREAK: {
            "value": "", "reference": "Level before", "baseline": "", "upper": "What it kept within",
            "effect": "Stepped by",
        },
        Kind.BROKEN_LINK: {
            "reference": "", "baseline": "Rank correlation before", "upper": "95 % interval now",
            "effect": "Rank correlation now",
        },
        Kind.INTEGRITY: {
            "kpi_value": "{kpi}, first reported", "value": "{outcome}, as it stands", "reference": "Before that",
            "baseline": "", "upper": "", "effect": "Moved by",
        },
    }
)  # fmt: skip


def terms_of(kind: str, *, of_one: bool) -> Mapping[str, str]:
    """The names of a kind's figures; `of_one` says that both sides are one measure."""
    of_a_part = OF_A_PART if kind == Kind.MIX and of_one else {}
    return {**USUAL, **of_a_part, **OWN.get(kind, {})}
