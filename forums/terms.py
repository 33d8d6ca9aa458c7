"""What a charter says, before it is one: terms to propose, the presets that come ready, and how two versions differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time

from forums.models.right import BY_ITS_HOLDER, DecisionType, Way
from truthgov.models import Role


@dataclass(frozen=True)
class Terms:
    """The rules of a forum from `starts_on`; see `Charter` for what each field means."""

    starts_on: date
    purpose: str
    quorum: int
    member_roles: tuple[str, ...]
    rights: Mapping[str, str]
    """Type of decision → the role that takes it."""
    chair_role: str = Role.TRUTH_OWNER
    cadence: str = "monthly"
    cadence_day: int = 10
    meets_at: time = time(9)
    escalation_days: int = 10
    trust_needed: int = 0
    allows_remote: bool = True
    allows_delegates: bool = True
    ways: Mapping[str, Way] = field(default_factory=dict)
    """Type of decision → how it is taken; of a type that is not named, whoever holds the right decides."""

    def way_of(self, decision_type: str) -> Way:
        return self.ways.get(decision_type, BY_ITS_HOLDER)


GRANTED = ("rights", "ways")
"""The terms that stand on the rights of a charter; all others stand on the charter itself."""


STEERING = Terms(
    starts_on=date.min,
    purpose="Resolve the contradictions between functions on one reconciled view of the customer, month by month.",
    quorum=3,
    member_roles=(Role.TRUTH_OWNER, Role.EXECUTIVE, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER),
    rights={
        DecisionType.RESOLVE_CONTRADICTION: Role.TRUTH_OWNER,
        DecisionType.NAME_SOURCE_OF_RECORD: Role.TRUTH_OWNER,
        DecisionType.APPROVE_DEFINITION: Role.TRUTH_OWNER,
        DecisionType.SET_TARGET: Role.TRUTH_OWNER,
        DecisionType.POLICY: Role.TRUTH_OWNER,
        DecisionType.ESCALATE: Role.TRUTH_OWNER,
    },
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
    """Rule by rule, what the later terms change."""
    return [
        Change(term.name.replace("_", " "), worded(old), worded(new))
        for term in fields(Terms)
        if (old := getattr(before, term.name)) != (new := getattr(after, term.name))
    ]


def worded(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{_plain(kind)}: {_plain(role)}" for kind, role in sorted(value.items()))
    if isinstance(value, tuple):
        return ", ".join(_plain(part) for part in value)
    return str(value)


def _plain(code: str) -> str:
    return str(code).replace("_", " ")
