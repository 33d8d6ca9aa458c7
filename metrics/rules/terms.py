"""What a version of a rule may say: parameters that mean something to its kind, within bounds."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from metrics.detection.kinds import KINDS
from metrics.dictionary.bounds import lag_refused
from metrics.models import Definition, Measure, Rule, RuleVersion
from metrics.models.rule import OF_ONE, OF_TWO
from truthgov.errors import InvalidInput, Refusal
from truthgov.periods import Grain

Kind, State = Rule.Kind, RuleVersion.State
OF_FIGURES = frozenset({"min_effect", "reliable_from", "periods_needed"})
MEANT: dict[str, frozenset[str]] = {
    Kind.DIVERGENCE: OF_FIGURES | {"lag_periods"},
    Kind.HANDOFF: OF_FIGURES | {"lag_periods", "tolerance"},
    Kind.SOURCE_DISAGREEMENT: frozenset({"reliable_from", "tolerance"}),
    Kind.OVERCOMMITMENT: OF_FIGURES | {"lag_periods", "tolerance"},
    Kind.INCONSISTENCY: OF_FIGURES,
    Kind.MIX: OF_FIGURES,
    Kind.GAMING: OF_FIGURES,
    Kind.DEFINITION_BREAK: frozenset({"min_effect", "reliable_from"}),
    Kind.BROKEN_LINK: frozenset({"lag_periods"}),
    Kind.INTEGRITY: frozenset(),
}
"""The parameters that mean something to each kind, beside the quiet periods that every one has."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a version says: how the rule stands, and parameters as in `RuleVersion`; None follows the dictionary."""

    state: str = State.ACTIVE.value
    quiet_periods: int = Rule.QUIET_PERIODS
    min_effect: Decimal | None = None
    reliable_from: Decimal | None = None
    tolerance: Decimal | None = None
    lag_periods: int | None = None
    periods_needed: int | None = None

    @classmethod
    def of(cls, version: RuleVersion) -> "Tuning":
        return cls(**{field.name: getattr(version, field.name) for field in fields(cls)})

    @classmethod
    def before_any(cls, rule: Rule) -> "Tuning":
        """How a rule judges before any version: at once where the dictionary made it, not yet where people did."""
        return cls(state=State.OFF.value if rule.begins_off else State.ACTIVE.value)

    def said(self) -> dict[str, Any]:
        """Its fields, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def require_shape(kind: str, measure: Measure, other: Measure | None) -> None:
    if kind not in KINDS or kind not in {*OF_ONE, *OF_TWO}:
        raise InvalidInput("No rule of this kind is made by hand.", {"kind": "Choose another kind."})
    if other is None and kind not in OF_ONE:
        raise InvalidInput("This kind looks at two measures.", {"other_measure": "Choose what it is held against."})
    if other is not None and (kind not in OF_TWO or other == measure):
        raise InvalidInput("This kind looks at one measure.", {"other_measure": "Leave it empty, or choose another."})
    grains = {grain_of(each) for each in (measure, other) if each}
    if len(grains) > 1:
        raise InvalidInput("Both measures have one grain.", {"other_measure": "Its figures come in other periods."})


def require_sense(kind: str, judged: Measure, tuning: Tuning, reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("A version of a rule has its reason.", {"reason": "Say why the rule is to judge like this."})
    said = {name for name, value in tuning.said().items() if value is not None} - {"state", "quiet_periods"}
    if foreign := sorted(said - MEANT[kind]):
        raise InvalidInput(
            "This says what its kind does not ask.", dict.fromkeys(foreign, "It means nothing to this kind of rule.")
        )
    bounds = {"quiet_periods": 1, "min_effect": 0, "reliable_from": 0, "tolerance": 0, "lag_periods": 0}
    faults = {
        name: f"Choose {least} or more."
        for name, least in bounds.items()
        if (value := getattr(tuning, name)) is not None and value < least
    }
    if tuning.min_effect == 0:
        faults["min_effect"] = "Choose more than 0, or leave it to the definition."
    if tuning.lag_periods and (refused := lag_refused(tuning.lag_periods, grain_of(judged))):
        faults["lag_periods"] = refused
    if tuning.periods_needed not in (None, 1, 2):
        faults["periods_needed"] = "A finding shows in 1 or in 2 of three periods."
    if faults:
        raise InvalidInput("A rule cannot judge like this.", faults)


def grain_of(measure: Measure) -> Grain:
    definition = Definition.objects.live().filter(measure=measure).first()
    if definition is None:
        raise Refusal(f"{measure} has no definition yet; nothing can be judged by it.")
    return Grain(definition.grain)
