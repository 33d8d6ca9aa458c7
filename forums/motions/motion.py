"""What is put to a meeting for decision: the act it carries, its wording, and what is to follow from it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from metrics.models import Measure
from truthgov.actor import Actor
from truthgov.models import Function, Person

if TYPE_CHECKING:
    from forums.models.decision import Decision


class Act(Protocol):
    """What a decision of a type does in the record the moment it is made."""

    @property
    def decision_type(self) -> str: ...

    def carry_out(self, decision: "Decision", *, by: Actor) -> None: ...


@dataclass(frozen=True)
class Undertaking:
    """An action to be given out with the decision."""

    title: str
    owner: Person
    due_on: date
    function: Function | None = None


@dataclass(frozen=True)
class Expected:
    """A measure the decision is expected to move: `better`, or `hold` its target."""

    measure: Measure
    way: str = "better"


@dataclass(frozen=True)
class Motion:
    """A decision before it is one. `force` asks for the truth owner's mandate and a written `reason`."""

    act: Act
    wording: str
    reason: str = ""
    force: bool = False
    expects: tuple[Expected, ...] = ()
    actions: tuple[Undertaking, ...] = ()
    review_on: date | None = None
    supersedes: "Decision | None" = None
    trust_override: str = ""
    """Why it is decided although the figures it leans on can be relied on less than is demanded."""
