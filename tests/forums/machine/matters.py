"""What the rules are told of: offices, rights, what is before the room, what was decided, what was taken above."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Office:
    """A role over a scope, held by somebody; `rank` says whose right is higher, `order` which seat is taken first."""

    holder: str
    role: str
    scope: str
    order: int

    @property
    def rank(self) -> int:
        return {"sponsor": 2, "truth_owner": 1}.get(self.role, 0)


@dataclass(frozen=True)
class Right:
    """Who takes a type of decision, and how: by themselves (`chair`), by `consent` or by a `majority`."""

    role: str
    rule: str = "chair"
    may_overrule: bool = False


@dataclass
class Asked:
    """A question before the room."""

    kind: str
    objections: dict[str, str] = field(default_factory=dict)
    """Who objected: `stands`, or how it ended."""
    ballots: dict[str, str] = field(default_factory=dict)
    carried: bool | None = None

    @property
    def part(self) -> set[str]:
        return {*self.objections, *self.ballots}


@dataclass
class Item:
    """A matter on the agenda: whose case it is, who takes no part in it, and what is asked of the room about it."""

    matter: str
    accused: str
    pending: bool = True
    recused: set[str] = field(default_factory=set)
    asked: Asked | None = None
    carried: int = 0


@dataclass
class Made:
    """A decision that stands on the record."""

    matter: str
    kind: str
    by: str
    office: Office
    forced: bool
    present: int
    recused: int
    stands: bool = True
    """Neither superseded by a later one nor overturned from above."""


@dataclass
class Raised:
    """A matter taken to the sponsor, and who answered."""

    matter: str
    answered_by: str = ""
