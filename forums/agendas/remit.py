"""What of everything that stands is for one forum's agenda: what its charter lets it settle."""

from typing import TYPE_CHECKING

from forums.models.matter import place_of_case, place_of_measure
from forums.models.right import SETTLING, DecisionType
from metrics.models import Contradiction, Definition

if TYPE_CHECKING:
    from forums.models.charter import Charter

DEFINING = (DecisionType.APPROVE_DEFINITION, DecisionType.SET_TARGET)
CASES = ("journey", "measure__function", "measure__journey", "other_measure__function", "other_measure__journey")
"""What to select with cases, so that asking costs no query each."""


class Remit:
    """The rights of a charter, read once for all that stands."""

    def __init__(self, charter: "Charter") -> None:
        self.charter = charter
        self.held = {(right.decision_type, right.scope_kind) for right in charter.rights.all()}

    def has_case(self, case: Contradiction) -> bool:
        return self._holds(SETTLING, place_of_case(case))

    def has_definition(self, definition: Definition) -> bool:
        return self._holds(DEFINING, place_of_measure(definition.measure))

    def _holds(self, types: tuple[DecisionType, ...], place: tuple[str, int | None]) -> bool:
        kind, scope = place
        return self.charter.governs_id in (None, scope) and any((each, kind) in self.held for each in types)
