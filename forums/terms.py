"""What a charter says, before it is one: terms to propose, the presets that come ready, and how two versions differ."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time

from forums.models.right import DecisionType
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
        Change(field.name.replace("_", " "), worded(old), worded(new))
        for field in fields(Terms)
        if (old := getattr(before, field.name)) != (new := getattr(after, field.name))
    ]


def worded(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{_plain(kind)}: {_plain(role)}" for kind, role in sorted(value.items()))
    if isinstance(value, tuple):
        return ", ".join(_plain(part) for part in value)
    return str(value)


def _plain(code: str) -> str:
    return str(code).replace("_", " ")
