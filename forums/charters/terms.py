"""What a charter says, before it is one: terms to propose, and how two versions differ. Presets: `presets`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from typing import Any, NamedTuple

from forums.charters.recurrence import Recurrence
from forums.models.right import BY_ITS_HOLDER, CELLS, Cell, DecisionType, Over, Way
from forums.models.seat import StandingSeat
from truthgov.dates import day
from truthgov.figures import counted
from truthgov.models import Role, Scope

TENTH_WORKING_DAY = "FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=10"
AN_EVEN_WEEK = date(2024, 1, 8)
"""What fortnights are counted from unless a charter says otherwise."""


class Step(NamedTuple):
    """A rung of the ladder: what is so many days late goes to a role."""

    to_role: str
    after_days: int

    def __str__(self) -> str:
        return f"after {counted(self.after_days, 'day')} to the {Role(self.to_role).label}"


class Seat(NamedTuple):
    """A standing seat: whoever holds a role over a scope brings what the domain says."""

    domain: str
    role: str
    scope: Scope

    def __str__(self) -> str:
        return f"{StandingSeat.Domain(self.domain).label} by the {Role(self.role).label} of {self.scope}"


@dataclass(frozen=True)
class Terms:
    """The rules of a forum from `starts_on`; see `Charter` for what each field means."""

    starts_on: date
    purpose: str
    quorum: int
    member_roles: tuple[str, ...]
    rights: Mapping[Cell, str]
    """Type of decision over a kind of scope → the role that takes it."""
    chair_role: str = Role.TRUTH_OWNER
    recurrence: str = TENTH_WORKING_DAY
    counted_from: date = AN_EVEN_WEEK
    meets_at: time = time(9)
    zone: str = ""
    on_day_off: str = "move"
    trust_needed: int = 0
    allows_remote: bool = True
    allows_delegates: bool = True
    governs: Scope | None = None
    ladder: tuple[Step, ...] = (Step(Role.SPONSOR, 10),)
    seats: tuple[Seat, ...] = ()
    ways: Mapping[str, Way] = field(default_factory=dict)
    """Type of decision → how it is taken; of a type that is not named, whoever holds the right decides."""
    left_open: Mapping[Cell, str] = field(default_factory=dict)
    """What is left to no forum → the reason."""

    def way_of(self, decision_type: str) -> Way:
        return self.ways.get(decision_type, BY_ITS_HOLDER)

    def own(self) -> dict[str, Any]:
        """What stands on the charter itself, and in no clause of it."""
        return {name: value for name, value in vars(self).items() if name not in CLAUSES}


CLAUSES = ("rights", "ways", "left_open", "seats", "ladder")
"""The terms that stand in rows of their own; all others stand on the charter itself."""
LEFT_TO = {
    DecisionType.SET_JOURNEY_PRIORITY: "portfolio", DecisionType.SERVICE_STANDARD: "portfolio",
    DecisionType.FUND: "portfolio", DecisionType.APPROVE_CHANGE: "change readiness",
}  # fmt: skip


def everywhere(roles: Mapping[DecisionType, str]) -> dict[Cell, str]:
    """Each type over every kind of scope, by one role."""
    return {Cell(str(kind), str(over)): role for kind, role in roles.items() for over in Over}


def left_open_by(rights: Mapping[Cell, str]) -> dict[Cell, str]:
    """What is to be said of every cell that these rights do not fill, where no other forum holds it."""
    homes = {cell: LEFT_TO.get(DecisionType(cell.decision_type), "steering") for cell in CELLS if cell not in rights}
    return {cell: f"Left to the {home} forum; until it is chartered, the sponsor settles it on escalation."
            for cell, home in homes.items()}  # fmt: skip


_STEERING_RIGHTS = everywhere({
    DecisionType.RESOLVE_CONTRADICTION: Role.TRUTH_OWNER,
    DecisionType.NAME_SOURCE_OF_RECORD: Role.TRUTH_OWNER,
    DecisionType.APPROVE_DEFINITION: Role.TRUTH_OWNER,
    DecisionType.SET_TARGET: Role.TRUTH_OWNER,
    DecisionType.POLICY: Role.TRUTH_OWNER,
    DecisionType.ESCALATE: Role.TRUTH_OWNER,
})  # fmt: skip
STEERING = Terms(
    starts_on=date.min,
    purpose="Resolve the contradictions between functions on one reconciled view of the customer, month by month.",
    quorum=3,
    member_roles=(Role.TRUTH_OWNER, Role.EXECUTIVE, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER),
    rights=_STEERING_RIGHTS,
    left_open=left_open_by(_STEERING_RIGHTS),
)
"""The monthly steering forum, ready to be proposed from a day on."""


def steering(starts_on: date, **changes: object) -> Terms:
    """The steering preset from `starts_on`, with what an organisation changes in it."""
    return replace(STEERING, starts_on=starts_on, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Change:
    """One rule that two versions of a charter word differently."""

    rule: str
    before: str
    after: str


def differences(before: Terms, after: Terms) -> list[Change]:
    """Rule by rule, what the later terms change; of rights and the like, each that differs."""
    changes: list[Change] = []
    for term in fields(Terms):
        old, new = getattr(before, term.name), getattr(after, term.name)
        if isinstance(old, Mapping):
            changes += _each(term.name, old, new)
        elif old != new:
            changes.append(Change(_named(term.name), worded(old), worded(new)))
    return changes


NAMES = {
    "starts_on": "holds from", "member_roles": "members", "rights": "right", "chair_role": "chair",
    "recurrence": "meets", "on_day_off": "on a day without meetings", "trust_needed": "trust demanded, in %",
    "allows_remote": "who joins from elsewhere counts", "allows_delegates": "delegates", "ladder": "what is late",
    "governs": "decides on matters of", "seats": "standing seats", "ways": "how",
}  # fmt: skip
"""What readers of a charter call its terms, where that is another word."""


NOT_SAID = {"rights": "not granted", "ways": str(BY_ITS_HOLDER), "left_open": "nothing"}


def _each(name: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> list[Change]:
    keys = list(dict.fromkeys([*old, *new]))
    nothing = NOT_SAID[name]
    return [
        Change(f"{_named(name)}: {_plain(key)}", worded(old.get(key, nothing)), worded(new.get(key, nothing)))
        for key in keys if old.get(key) != new.get(key)
    ]  # fmt: skip


def worded(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Step | Seat):
        return str(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str) and value.startswith("FREQ="):
        return str(Recurrence.parse(value))
    if isinstance(value, tuple):
        return ", ".join(worded(part) for part in value) or "none"
    return _plain(value if value is not None else "the organisation")


def _named(term: str) -> str:
    return NAMES.get(term, _plain(term))


def _plain(code: object) -> str:
    return str(code).replace("_", " ")
