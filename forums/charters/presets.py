"""The three charters that come ready: monthly steering, fortnightly portfolio, weekly change readiness."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

from forums.charters.terms import STEERING, Step, Terms, everywhere, left_open_by
from forums.models import Cell, DecisionRule, DecisionType, Forum, Over, Way
from truthgov.models import Role

OWNED = {Over.ORGANISATION: Role.TRUTH_OWNER, Over.FUNCTION: Role.FUNCTION_LEAD, Over.JOURNEY: Role.JOURNEY_OWNER}
"""By kind of scope, who answers for it."""
PORTFOLIO_RIGHTS = everywhere({
    DecisionType.SET_JOURNEY_PRIORITY: Role.TRUTH_OWNER,
    DecisionType.FUND: Role.TRUTH_OWNER,
    DecisionType.ESCALATE: Role.TRUTH_OWNER,
}) | {Cell(str(DecisionType.SERVICE_STANDARD), str(over)): role for over, role in OWNED.items()}  # fmt: skip
PORTFOLIO = Terms(
    starts_on=date.min,
    purpose="Put journeys in order, fund what moves their outcomes, and set the standards that they hold.",
    quorum=3,
    member_roles=(Role.TRUTH_OWNER, Role.EXECUTIVE, Role.JOURNEY_OWNER),
    rights=PORTFOLIO_RIGHTS,
    recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    meets_at=time(10),
    ladder=(Step(Role.SPONSOR, 14),),
    ways={str(DecisionType.SET_JOURNEY_PRIORITY): Way(DecisionRule.MAJORITY)},
    left_open=left_open_by(PORTFOLIO_RIGHTS),
)
CHANGE_RIGHTS = everywhere({DecisionType.ESCALATE: Role.TRUTH_OWNER}) | {
    Cell(str(DecisionType.APPROVE_CHANGE), str(over)): role for over, role in OWNED.items()
}
CHANGE = Terms(
    starts_on=date.min,
    purpose="Let a change reach customers only when those who must carry it are ready for it.",
    quorum=3,
    member_roles=(Role.TRUTH_OWNER, Role.FUNCTION_LEAD, Role.JOURNEY_OWNER),
    rights=CHANGE_RIGHTS,
    recurrence="FREQ=WEEKLY;INTERVAL=1;BYDAY=TH",
    meets_at=time(9, 30),
    ladder=(Step(Role.TRUTH_OWNER, 3), Step(Role.SPONSOR, 7)),
    ways={str(DecisionType.APPROVE_CHANGE): Way(DecisionRule.CONSENT)},
    left_open=left_open_by(CHANGE_RIGHTS),
)
PRESETS: Mapping[str, Terms] = {
    Forum.Kind.STEERING: STEERING, Forum.Kind.PORTFOLIO: PORTFOLIO, Forum.Kind.CHANGE: CHANGE,
}  # fmt: skip


def preset(kind: str, starts_on: date, **changes: object) -> Terms:
    """The preset of a kind of forum from a day on, with what an organisation changes in it."""
    return replace(PRESETS[kind], starts_on=starts_on, **changes)  # type: ignore[arg-type]


def draft_of(forum: Forum, today: date, asked: str = "") -> Terms:
    """What the editor starts from: the preset asked for, the terms in force, or the preset of the forum's kind."""
    charter = forum.charters.in_force(on=today)
    if charter and asked not in PRESETS:
        return replace(charter.terms(), starts_on=today)
    return preset(asked if asked in PRESETS else forum.kind, today)
